import { StreamSource } from "@chatferry/source-stream"
import { Redacted } from "effect"

const files = StreamSource.files({ inputs: ["./exports/channels.json.gz", "./exports/more"] })

const api = StreamSource.api({
  apiKey: "key",
  apiSecret: Redacted.make("secret"),
  channels: "all",
  users: "none",
  directory: "./stream-exports"
})

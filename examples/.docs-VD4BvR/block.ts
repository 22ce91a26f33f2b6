import { SendbirdSource } from "@chatferry/source-sendbird"
import { Redacted } from "effect"

const archives = SendbirdSource.archives({ inputs: ["./exports/users.zip", "./exports/messages"] })

const api = SendbirdSource.api({
  applicationId: "00000000-0000-4000-8000-000000000000",
  apiToken: Redacted.make("the master or a secondary token"),
  from: "2020-01-01T00:00:00Z",
  to: "2025-01-01T00:00:00Z",
  directory: "./sendbird-exports"
})

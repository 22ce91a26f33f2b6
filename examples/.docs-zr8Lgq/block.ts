import { Migration } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { StreamSource } from "@chatferry/source-stream"

const migration = Migration.run({
  id: "stream-to-stream",
  source: StreamSource.files({ inputs: ["./export.json.gz"] }),
  sink: StreamImportSink.make({ directory: "./out", dialect: "jsonl", distinctChannels: "member_ids" })
})

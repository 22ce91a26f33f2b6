import { StreamImportSink } from "@chatferry/sink-stream-import"

const sink = StreamImportSink.make({ directory: "./out", dialect: "jsonl" })

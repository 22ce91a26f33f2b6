// Exports of three kinds into two outputs.
import { Migration, Sink, Source } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { MAX_BYTES } from "./cases.ts"

export const migration = (input: string, out: string, corrections: string | undefined) =>
  Migration.run({
    id: "exports",
    source: Source.concat(
      "exports",
      [
        SendbirdSource.archives({ inputs: [`${input}/sendbird`], maxElementBytes: MAX_BYTES }),
        StreamSource.files({ inputs: [`${input}/stream`], maxElementBytes: MAX_BYTES }),
        NdjsonSource.make({ inputs: `${input}/ndjson`, maxLineBytes: MAX_BYTES })
      ],
      { ids: "shared" }
    ),
    sink: Sink.tee([
      StreamImportSink.make({ directory: `${out}/stream`, dialect: "jsonl" }),
      NdjsonSink.make({ directory: `${out}/ndjson` })
    ]),
    policy: { checkpointRecords: 1500, errorBudget: { percent: 100 } },
    stateDirectory: `${out}/state`,
    corrections
  })

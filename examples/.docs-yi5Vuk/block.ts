import { Migration, Source } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem } from "effect"

const source = SendbirdSource.archives({ inputs: "sendbird-export" })
const migrate = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  // A copy of rejects.ndjson in which lines have been corrected.
  const lines = (yield* fs.readFileString("corrected.ndjson")).trimEnd().split("\n")
  const read = yield* Effect.forEach(
    lines,
    (line) => source.rejected?.(line) ?? Effect.die("it reads no rejects")
  )
  const corrected = Source.fromEntities(
    "corrected",
    read.flatMap(({ records }) => records)
  )
  return yield* Migration.run({
    id: "sendbird-to-stream-corrected",
    source: Source.concat("export and corrections", [source, corrected]),
    sink: StreamImportSink.make({ directory: "stream-import-corrected", dialect: "jsonl" })
  })
})

const report = await migrate.pipe(Effect.provide(NodeServices.layer), Effect.runPromise)
console.log(report.rejected)

import { Migration, Sink } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

// A small export with one of each oddity; reviewers read the golden files.
it.live("a small export becomes exactly the files under test/golden", ({ expect }) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* Migration.run({
      id: "golden",
      source: SendbirdSource.archives({ inputs: [`${import.meta.dirname}/fixtures/sendbird-small`] }),
      sink: Sink.tee([
        StreamImportSink.make({ name: "jsonl", directory: `${folder}/out/jsonl`, dialect: "jsonl" }),
        StreamImportSink.make({
          name: "json-array",
          directory: `${folder}/out/json-array`,
          dialect: "json-array"
        }),
        NdjsonSink.make({ directory: `${folder}/out/ndjson` })
      ]),
      stateDirectory: `${folder}/state`
    })
    yield* fs.copyFile(`${folder}/state/golden/rejects.ndjson`, `${folder}/out/rejects.ndjson`)
    const names = (yield* fs.readDirectory(`${folder}/out`, { recursive: true })).toSorted()
    let count = 0
    for (const name of names) {
      if ((yield* fs.stat(`${folder}/out/${name}`)).type !== "File") continue
      count++
      const text = yield* fs.readFileString(`${folder}/out/${name}`)
      yield* Effect.promise(() => expect(text).toMatchFileSnapshot(`golden/sendbird-small/${name}`))
    }
    assert.strictEqual(count, 14)
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)

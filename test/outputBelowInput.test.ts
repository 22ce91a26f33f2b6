import { Migration, type Source, SourceError } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Stream } from "effect"

const broken = new SourceError.CorruptInput({
  location: "x",
  problem: "the disk is gone",
  hint: "Try again."
})

/** The same source, which fails after some batches. */
const failing = <R>(source: Source.Source<R>): Source.Source<R> =>
  SourceHarness.changed(source, ({ read }) => ({
    read: (partition, position) =>
      Stream.concat(Stream.take(read(partition, position), 3), Stream.fail(broken))
  }))

it.live("a migration with output and state below its input resumes like any other", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const input = `${folder}/export`
    yield* SendbirdExport.writeFolders(input, { seed: 5, messages: 2000 })
    const run = (location: string, isFailing: boolean) => {
      const source = SendbirdSource.archives({ inputs: [input], batchRecords: 100 })
      return Migration.run({
        id: "below",
        source: isFailing ? failing(source) : source,
        sink: NdjsonSink.make({ directory: `${location}/out` }),
        stateDirectory: `${location}/state`,
        policy: { checkpointRecords: 100 }
      })
    }
    const published = (location: string) =>
      Effect.gen(function* () {
        const names = (yield* fs.readDirectory(`${location}/out`)).toSorted()
        return yield* Effect.forEach(names, (name) =>
          Effect.map(fs.readFileString(`${location}/out/${name}`), (text) => [name, text])
        )
      })
    yield* run(`${folder}/beside`, false)
    yield* Effect.flip(run(input, true))
    assert.isTrue(yield* fs.exists(`${input}/state/below/checkpoint.json`))
    assert.isFalse(yield* fs.exists(`${input}/out/manifest.json`))
    yield* run(input, false)
    assert.deepStrictEqual(yield* published(input), yield* published(`${folder}/beside`))
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)

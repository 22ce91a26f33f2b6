import { Migration, Sink, Source } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

const USER = `{"_tag":"user","id":"u"}\n`

const sources = [
  {
    name: "sendbird-archives",
    of: (input: string) => SendbirdSource.archives({ inputs: input, name: "sendbird-archives" })
  },
  {
    name: "stream-exports",
    of: (input: string) => StreamSource.files({ inputs: [input], name: "stream-exports" })
  },
  { name: "ndjson", of: (input: string) => NdjsonSource.make({ inputs: [input], name: "ndjson" }) },
  {
    name: "all",
    of: (input: string) =>
      Source.filterKinds(Source.concat("all", [NdjsonSource.make({ inputs: [input] })], { ids: "shared" }), [
        "user"
      ])
  }
]

it.layer(NodeServices.layer)("a migration that would write into its input", (it) => {
  it.effect.each(sources)("fails before anything is written: $name", ({ name, of }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const input = `${root}/input`
      yield* SendbirdExport.writeFolders(input, { seed: 5, messages: 10 })
      yield* fs.symlink(input, `${root}/link`)
      const before = (yield* fs.readDirectory(root, { recursive: true })).toSorted()
      for (const output of [input, `${root}/./input/`, `${root}/link`]) {
        const sink = Sink.tee([
          NdjsonSink.make({ directory: `${root}/other`, name: "other" }),
          NdjsonSink.make({ directory: output })
        ])
        const job = { id: "same", source: of(input), sink, stateDirectory: `${root}/state` }
        const error = yield* Effect.flip(Migration.run(job))
        assert.strictEqual("reason" in error ? error.reason._tag : "", "InvalidConfig")
        assert.strictEqual(
          error.message,
          `migration same: sink: the output ${output} of other+ndjson (directory) is also the input ${input} of ${name} (inputs), which could not be read again after an interruption. Choose another output folder`
        )
      }
      yield* fs.symlink(root, `${root}/up`)
      const sink = NdjsonSink.make({ directory: `${root}/out` })
      const job = { id: "input", source: of(input), sink, stateDirectory: `${root}/up` }
      assert.strictEqual(
        (yield* Effect.flip(Migration.run(job))).message,
        `migration input: stateDirectory: the state folder ${root}/up/input is also the input ${input} of ${name} (inputs), which could not be read again after an interruption. Choose another state folder`
      )
      yield* fs.remove(`${root}/up`)
      assert.deepStrictEqual((yield* fs.readDirectory(root, { recursive: true })).toSorted(), before)
    })
  )

  it.effect("may write next to the files it reads, if it reads them by name", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${root}/people.ndjson`, USER)
      const source = NdjsonSource.make({ inputs: [`${root}/people.ndjson`] })
      const job = { id: "beside", source, stateDirectory: `${root}/state` }
      for (let times = 0; times < 2; times++) {
        yield* Migration.run({ ...job, sink: NdjsonSink.make({ directory: root }) })
      }
      assert.strictEqual(yield* fs.readFileString(`${root}/user.ndjson`), USER)
    })
  )
})

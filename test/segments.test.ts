import { Migration, Start } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

/** More than 2 MiB of users, which are one segment. */
const users = (prefix: string) =>
  JSON.stringify(
    Array.from({ length: 3000 }, (_, i) => ({
      type: "user",
      data: { id: `${prefix}-${i}`, name: `User ${i}`, about: "-".repeat(700) }
    }))
  )

const content = { "a.json": users("a"), "b.json": users("b"), "c.json": users("c") }

const migrate = (inputs: string, out: string) =>
  Effect.gen(function* () {
    const starts: Array<Start.Start> = []
    const outcome = yield* Effect.result(
      Migration.run({
        id: "segments",
        source: StreamSource.files({ inputs }),
        sink: NdjsonSink.make({ directory: `${out}/ndjson` }),
        stateDirectory: `${out}/state`
      }).pipe(
        Effect.provideService(Start.Listener, (start) =>
          Effect.sync(() => {
            starts.push(start)
          })
        )
      )
    )
    return { outcome, starts }
  })

it.layer(NodeServices.layer)("a migration of several segments that fails at a damaged file", (it) => {
  it.effect.each([
    {
      name: "folder",
      path: "",
      damage: (text: string) => text.slice(0, 2_000_000),
      written: (files: SourceHarness.Files) => files
    },
    {
      name: "zip archive",
      path: "/all.zip",
      // The whole entry has one checksum, so nothing of it may have been read.
      damage: (text: string) => text.replace("}},{", "}};{"),
      written: (files: SourceHarness.Files) => ({ "all.zip": SourceHarness.zipOf(files) })
    }
  ])("resumes behind the segments before it once the file is fixed: $name", ({ damage, path, written }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const out = yield* fs.makeTempDirectoryScoped()
      const right = yield* SourceHarness.folderOf(written(content))
      const damaged = { ...content, "b.json": damage(content["b.json"]) }
      const inputs = yield* SourceHarness.folderOf(written(damaged))
      const broken = yield* migrate(inputs + path, out)
      assert.include(String(broken.outcome), "b.json")
      for (const name of yield* fs.readDirectory(right))
        yield* fs.copyFile(`${right}/${name}`, `${inputs}/${name}`)
      const { outcome, starts } = yield* migrate(inputs + path, out)
      assert(outcome._tag === "Success", String(outcome))
      const [start] = starts
      assert(start?._tag === "resuming")
      assert.isAtLeast(start.records, 3000)
      assert.strictEqual(outcome.success.sinks[0]?.ledger.kinds.user.read, 9000)

      const undisturbed = yield* fs.makeTempDirectoryScoped()
      yield* migrate(right + path, undisturbed)
      const usersIn = (at: string) => fs.readFileString(`${at}/ndjson/user.ndjson`)
      assert.strictEqual(yield* usersIn(out), yield* usersIn(undisturbed))
    })
  )
})

/** Migrations as values, and what runs them. */
import { Migration, type Source } from "@chatferry/core"
import { Executor } from "@chatferry/core/run"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { folders, stopped, whole } from "../inputs.ts"
import * as LinesSink from "../LinesSink.ts"

const make = ({ out, state }: Effect.Success<typeof folders>, source: Source.Source, buckets?: number) =>
  Migration.make({
    id: "test",
    source,
    sink: LinesSink.make(out),
    policy: { checkpointRecords: 5 },
    buckets,
    stateDirectory: state
  })

it.layer(NodeServices.layer)("a migration that is a value", (it) => {
  it.effect("is run by an executor as by Migration.run, to the same bytes", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [one, two] = [yield* folders, yield* folders]
      const first = yield* Executor.local().run(make(one, whole))
      const second = yield* Migration.run(make(two, whole))
      assert.deepStrictEqual(first.sinks[0]?.files, second.sinks[0]?.files)
      assert.strictEqual(
        yield* fs.readFileString(`${one.out}/manifest.json`),
        yield* fs.readFileString(`${two.out}/manifest.json`)
      )
    })
  )

  it.effect("is not resumed with another number of buckets, and lists the number in its manifest", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* Effect.exit(Executor.local().run(make(here, stopped, 3)))
      const { message } = yield* Effect.flip(Executor.local().run(make(here, whole, 4)))
      assert.include(message, "sink lines: buckets was 3 and is 4 now")
      yield* Executor.local().run(make(here, whole, 3))
      const manifest = yield* fs.readFileString(`${here.out}/manifest.json`)
      assert.deepStrictEqual((JSON.parse(manifest) as { readonly sink: object }).sink, {
        name: "lines",
        buckets: 3
      })
    })
  )

  it.effect("is rejected with too many buckets", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(Executor.local().run(make(yield* folders, whole, 257)))
      assert.include(message, "buckets must be a whole number from 1 to 256")
    })
  )
})

/** How many buckets a run has that does not set their number. */
import { Migration, type Sink, Source, SourceError } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, type Path, Stream } from "effect"
import { type Folders, folders } from "../inputs.ts"
import * as LinesSink from "../LinesSink.ts"
import * as RoutedSink from "../sinks/RoutedSink.ts"
import { entities } from "../sinks/sessions.ts"

const GB = 1e9

interface Input {
  /** The size of the second of two partitions; the first one has 1 GB. */
  readonly bytes: number | undefined
  /** The second partition cannot be read. */
  readonly isDamaged?: boolean
}

const source = ({ bytes, isDamaged = false }: Input): Source.Source =>
  Source.make({
    name: "sized",
    kinds: new Set(["user", "message"]),
    open: Effect.succeed({
      fingerprint: {},
      partitions: Effect.succeed([
        { id: "first", fingerprint: "same", bytes: GB },
        { id: "second", fingerprint: isDamaged ? "damaged" : "whole", ...(bytes !== undefined && { bytes }) }
      ]),
      read: ({ id }) =>
        id === "second" && isDamaged
          ? Stream.fail(SourceError.damagedFile(id, "the file is damaged"))
          : Stream.succeed({
              records: id === "first" ? entities : [],
              rejected: [],
              position: 1,
              bytes: 1,
              location: id,
              readDigest: id
            })
    })
  })

interface Given {
  readonly sink?: Sink.Sink<FileSystem.FileSystem | Path.Path>
  readonly buckets?: number
}

const run = ({ out, state }: Folders, input: Input, given: Given = {}) =>
  Migration.run({
    id: "test",
    source: source(input),
    sink: RoutedSink.make(out),
    stateDirectory: state,
    ...given
  })

const bucketsOf = ({ out }: Folders) =>
  Effect.gen(function* () {
    const manifest = yield* (yield* FileSystem.FileSystem).readFileString(`${out}/manifest.json`)
    return (JSON.parse(manifest) as { readonly sink: { readonly buckets?: number } }).sink.buckets
  })

it.layer(NodeServices.layer)("the number of buckets", (it) => {
  it.effect(
    "is one for each GB of input, from 8 to 256, and 8 for a source that does not know its size",
    () =>
      Effect.gen(function* () {
        const cases = [
          [0, 8],
          [7 * GB, 8],
          [7 * GB + 1, 9],
          [11 * GB, 12],
          [5000 * GB, 256],
          [undefined, 8]
        ] as const
        for (const [bytes, expected] of cases) {
          const here = yield* folders
          yield* run(here, { bytes })
          assert.strictEqual(yield* bucketsOf(here), expected, `${bytes} bytes`)
        }
      })
  )

  it.effect("is the setting if there is one, and 1 for a sink that is not divided by buckets", () =>
    Effect.gen(function* () {
      const [here, there] = [yield* folders, yield* folders]
      yield* run(here, { bytes: 11 * GB }, { buckets: 3 })
      assert.strictEqual(yield* bucketsOf(here), 3)
      yield* run(there, { bytes: 11 * GB }, { sink: LinesSink.make(there.out) })
      assert.isUndefined(yield* bucketsOf(there))
    })
  )

  it.effect("stays what the run began with when the rest of the input is repaired", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Effect.flip(run(here, { bytes: 11 * GB, isDamaged: true }))
      yield* run(here, { bytes: 30 * GB })
      assert.strictEqual(yield* bucketsOf(here), 12)
    })
  )
})

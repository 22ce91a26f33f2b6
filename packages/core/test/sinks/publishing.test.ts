/** Outputs made from pieces, by runs that fail at any call and are resumed. */
import { Sink, SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import { Faults } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem } from "effect"
import * as RoutedSink from "./RoutedSink.ts"
import {
  completion,
  contents,
  entities,
  finish,
  folders,
  opened,
  published,
  reasonOf,
  type Services
} from "./sessions.ts"

/** Makes runs that only need to be published. */
const ended = (make: (out: string) => Sink.Sink<Services>, buckets: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const first = yield* folders
    let receipt: Sink.Receipt | undefined
    const save = (given: Sink.Receipt) =>
      Effect.sync(() => {
        receipt = given
      })
    yield* opened(make(first.out), first, { buckets }, (session) =>
      Effect.gen(function* () {
        yield* session.write(entities)
        yield* save(yield* session.commit)
        yield* session.end(save)
      })
    )
    // A copy of the state is rejected while the original exists.
    const state = `${first.state}-moved`
    yield* fs.rename(first.state, state)
    return Effect.gen(function* () {
      const at = yield* folders
      yield* fs.copy(first.out, at.out)
      yield* fs.copy(state, at.state)
      const again = opened(make(at.out), at, { buckets, receipt }, (session) => session.publish(completion))
      return { at, again }
    })
  })

/** One of the pieces gets another name. */
const renamed = (through: boolean) => (out: string) =>
  RoutedSink.make(out, {
    publish: (output: Phase.Output) =>
      Effect.gen(function* () {
        const file = yield* output.join(RoutedSink.MESSAGES, {
          file: "copy.ndjson",
          ...(through && { through: (bytes) => bytes })
        })
        const others = [yield* output.join(RoutedSink.INDEX), yield* output.join(RoutedSink.USERS)]
        return yield* output.publish({ files: [file, ...others] })
      })
  })

const SINKS: ReadonlyArray<readonly [string, number, (out: string) => Sink.Sink<Services>]> = [
  ["each piece, and one of them in capitals", 1, (out) => RoutedSink.make(out)],
  ["each piece, and one of them in capitals", 3, (out) => RoutedSink.make(out)],
  ["a piece under another name", 1, renamed(false)],
  ["a piece through something, under another name", 1, renamed(true)]
]

const CALLS: ReadonlyArray<{ readonly call: Faults.Call; readonly step: number }> = [
  { call: "rename", step: 1 },
  { call: "write", step: 5 },
  { call: "open", step: 11 },
  { call: "sync", step: 9 }
]

it.layer(NodeServices.layer)("an output", (it) => {
  it.effect.each(SINKS)(
    "of %s gives the same bytes after a failure at any call (%i buckets)",
    ([, buckets, make]) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { files: expected } = yield* published(make, entities, { buckets })
        const another = yield* ended(make, buckets)
        for (const { call, step } of CALLS) {
          for (let nth = 1; ; nth += step) {
            const { again, at } = yield* another
            const faulty = Faults.fileSystem(fs, { fail: { calls: [call], nth } })
            const exit = yield* Effect.exit(
              Effect.provideService(again, FileSystem.FileSystem, faulty.fileSystem)
            )
            if (faulty.failed() === undefined) break
            if (Exit.isFailure(exit)) yield* again
            assert.deepStrictEqual(yield* contents(at.out), expected)
            // Once more, as after a kill before the report.
            yield* again
            assert.deepStrictEqual(yield* contents(at.out), expected)
          }
        }
      })
  )

  it.effect("is rejected if a joined piece has changed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folders
      const path = `${at.state}/pieces/messages.1.messages.ndjson`
      const reason = yield* reasonOf(
        opened(RoutedSink.make(at.out), at, { buckets: 3 }, (session) =>
          Effect.gen(function* () {
            yield* session.write(entities)
            yield* session.commit
            yield* session.end(() => Effect.void)
            const bytes = yield* fs.readFile(path)
            yield* fs.writeFile(path, bytes.with(5, (bytes[5] ?? 0) ^ 1))
            return yield* session.publish(completion)
          })
        ).pipe(Effect.catchTag("PlatformError", Effect.die))
      )
      const problem = "does not have the content that was written"
      assert.deepStrictEqual(reason, new SinkError.StagedDataDamaged({ path, problem }))
      assert.notInclude(Object.keys(yield* contents(at.out)), "manifest.json")
    })
  )

  it.effect("is not made from the piece with the same name", () =>
    Effect.gen(function* () {
      const make = (out: string) =>
        RoutedSink.make(out, {
          publish: (output) =>
            Effect.flatMap(output.join(RoutedSink.MESSAGES, { through: (bytes) => bytes }), (file) =>
              output.publish({ files: [file] })
            )
        })
      const exit = yield* Effect.exit(published(make, entities))
      assert(Exit.isFailure(exit))
      assert.include(
        String(exit.cause),
        "publish makes messages.ndjson of the piece of that name, which needs another name"
      )
    })
  )

  it.effect("of a sink without a folder has no files", () =>
    Effect.gen(function* () {
      const at = yield* folders
      const sink: Sink.Sink<Services> = {
        name: "nowhere",
        fields: Sink.allOf(["user"]),
        fingerprint: {},
        divide: () => ({
          phases: [
            { name: "calls", after: [], parts: 1, open: () => Effect.succeed({ write: () => Effect.void }) }
          ],
          publish: (output) => output.publish()
        })
      }
      const summaries = yield* opened(sink, at, {}, (session) => finish(session, entities))
      assert.deepInclude(summaries[0], { sink: "nowhere", directory: null, files: [] })
    })
  )
})

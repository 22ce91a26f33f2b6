/** Sinks of several phases: later phases, killed runs and errors. */
import { type Exclusion, type Sink, SinkError } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem } from "effect"
import * as RoutedSink from "./RoutedSink.ts"
import {
  contents,
  entities,
  finish,
  type Folders,
  folders,
  opened,
  published,
  reasonOf,
  write
} from "./sessions.ts"

const linesOf = (files: Readonly<Record<string, string>>, name: string) =>
  (files[name] ?? "").split("\n").filter((line) => line !== "")

const crash = new SinkError.SinkError({
  sink: "test",
  reason: new SinkError.WriteFailed({ path: "test", cause: "crash" })
})

/** Keeps receipts, and fails at the one with a given number. */
const keeping = (receipts: Array<Sink.Receipt>, failAt = Number.POSITIVE_INFINITY) => {
  let saved = 0
  return (receipt: Sink.Receipt) =>
    Effect.suspend(() => {
      if (saved++ === failAt) return Effect.fail(crash)
      receipts.push(receipt)
      return Effect.void
    })
}

/** More than one writer gets at once. */
const STORED = 20

it.layer(NodeServices.layer)("a sink of several phases", (it) => {
  it.effect.each([1, 2, 7, STORED])("writes the same records with %i buckets", (buckets) =>
    Effect.gen(function* () {
      const { files, summaries } = yield* published(RoutedSink.make, entities, { buckets })
      const messages = entities.flatMap((one) => (one._tag === "message" ? [one] : []))
      const written = linesOf(files, RoutedSink.MESSAGES).map(
        (line) => JSON.parse(line) as { readonly message: string }
      )
      assert.deepStrictEqual(
        written.map((one) => one.message).toSorted(),
        messages.map(({ id }): string => id).toSorted()
      )
      assert.strictEqual(files[RoutedSink.LOUD], files[RoutedSink.MESSAGES]?.toUpperCase())
      assert.deepStrictEqual(
        linesOf(files, RoutedSink.USERS),
        entities.flatMap((one) => (one._tag === "user" ? [JSON.stringify(one)] : []))
      )
      const lone = messages.filter((one) => one.userId === undefined)
      const rows = linesOf(files, RoutedSink.INDEX)
      assert.strictEqual(rows.length, messages.length + lone.length)
      assert.deepStrictEqual(
        rows.slice(0, lone.length),
        lone.map(({ id }) => JSON.stringify({ from: "read", row: id }))
      )
      assert.strictEqual(rows.filter((row) => row.startsWith('{"from":"messages"')).length, messages.length)
      const [summary] = summaries
      assert.include(summary?.ledger.kinds.message, { read: messages.length, written: messages.length })
      assert.include(summary?.ledger.kinds.user, { read: 24, written: 24 })
      assert.include(JSON.parse(files["manifest.json"] ?? "").sink, { messages: messages.length })
    })
  )

  it.effect.each([1, 7, STORED])(
    "gives the same bytes after a kill at any receipt, with %i buckets",
    (buckets) =>
      Effect.gen(function* () {
        const all: Array<Sink.Receipt> = []
        const whole = yield* folders
        yield* opened(RoutedSink.make(whole.out), whole, { buckets }, (session) =>
          finish(session, entities, keeping(all))
        )
        const expected = yield* contents(whole.out)
        assert.strictEqual(all.length, buckets === STORED ? 5 + STORED : 5)
        // Each of many buckets is like the others.
        const isAsked = (i: number) => i > 0 && (i < 4 || i % 5 === 0 || i > all.length - 4)
        for (const failAt of Array.from(all.keys()).filter(isAsked)) {
          const at = yield* folders
          const receipts: Array<Sink.Receipt> = []
          const exit = yield* Effect.exit(
            opened(RoutedSink.make(at.out), at, { buckets }, (session) =>
              finish(session, entities, keeping(receipts, failAt))
            )
          )
          assert.isTrue(Exit.isFailure(exit))
          yield* opened(RoutedSink.make(at.out), at, { buckets, receipt: receipts.at(-1) }, (session) =>
            finish(session, [])
          )
          assert.deepStrictEqual(yield* contents(at.out), expected)
        }
      })
  )

  it.effect("does not repeat a task that has ended", () =>
    Effect.gen(function* () {
      const at = yield* folders
      const receipts: Array<Sink.Receipt> = []
      // The commit, the end of reading, the first bucket of the index, and then the end of the process.
      yield* Effect.exit(
        opened(RoutedSink.make(at.out), at, { buckets: 2 }, (session) =>
          finish(session, entities, keeping(receipts, 3))
        )
      )
      const openings: Array<string> = []
      const sink = RoutedSink.make(at.out, {
        onOpen: (phase, part) => void openings.push(`${phase}/${part}`)
      })
      yield* opened(sink, at, { buckets: 2, receipt: receipts.at(-1) }, (session) => finish(session, []))
      assert.deepStrictEqual(openings, ["index/1", "users/0"])
    })
  )

  it.effect.each([2, STORED])(
    "resumes at a receipt, without what was written later (%i buckets)",
    (buckets) =>
      Effect.gen(function* () {
        const { files } = yield* published(RoutedSink.make, entities, { buckets })
        for (const at of [0, 1, 50, entities.length]) {
          const here = yield* folders
          const receipt = yield* opened(RoutedSink.make(here.out), here, { buckets }, (session) =>
            Effect.gen(function* () {
              yield* write(session, entities.slice(0, at))
              const reached = yield* session.commit
              yield* write(session, entities.toReversed())
              yield* session.commit
              return reached
            })
          )
          yield* opened(RoutedSink.make(here.out), here, { buckets, receipt }, (session) =>
            finish(session, entities.slice(at))
          )
          assert.deepStrictEqual(yield* contents(here.out), files)
        }
      })
  )

  it.effect("does not get records that belong to exclusions", () =>
    Effect.gen(function* () {
      const isOut = (id: string) => Number(id.replace(/\D+/u, "")) % 4 === 0
      const left = entities.filter((one) => one._tag !== "message" || !isOut(one.id))
      const filter: Exclusion.Filter = {
        request: () => undefined,
        digest: () => "digest",
        apply: (records) => ({
          records: records.filter((one) => one._tag !== "message" || !isOut(one.id)),
          dropped: records.flatMap((one) =>
            one._tag === "message" && isOut(one.id) ? [{ kind: one._tag, reason: "left-out" }] : []
          )
        })
      }
      const expected = yield* published(RoutedSink.make, left, { buckets: 7 })
      const actual = yield* published(RoutedSink.make, entities, { buckets: 7, filter })
      for (const name of [RoutedSink.MESSAGES, RoutedSink.INDEX, RoutedSink.USERS, RoutedSink.LOUD])
        assert.strictEqual(actual.files[name], expected.files[name])
      const [summary] = actual.summaries
      const dropped = entities.length - left.length
      assert.deepStrictEqual(summary?.ledger.kinds.message.dropped, { "left-out": dropped })
      assert.strictEqual(summary?.ledger.kinds.message.read, left.length - 24 + dropped)
    })
  )

  it.effect("closes the files of a part that has ended", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const count = Effect.map(fs.readDirectory("/proc/self/fd"), (names) => names.length)
      const at = yield* folders
      const before = yield* count
      const after = yield* opened(RoutedSink.make(at.out), at, { buckets: STORED }, (session) =>
        Effect.gen(function* () {
          yield* write(session, entities)
          yield* session.commit
          yield* session.end(() => Effect.void)
          return yield* count
        })
      )
      assert.isAtMost(after - before, 2)
    })
  )

  it.effect("does not take exclusions if a writer that does comes after reading", () =>
    Effect.gen(function* () {
      const at = yield* folders
      const takes = yield* opened(RoutedSink.make(at.out), at, {}, (session) =>
        Effect.succeed(session.takesExclusions)
      )
      assert.isFalse(takes)
    })
  )

  it.effect("is rejected if any staged file has changed, at any receipt", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const buckets = STORED
      for (const failAt of [1, 2, STORED, STORED + 4]) {
        const at = yield* folders
        const receipts: Array<Sink.Receipt> = []
        yield* Effect.exit(
          opened(RoutedSink.make(at.out), at, { buckets }, (session) =>
            finish(session, entities, keeping(receipts, failAt))
          )
        )
        const again = reasonOf(
          opened(RoutedSink.make(at.out), at, { buckets, receipt: receipts.at(-1) }, (session) =>
            finish(session, [])
          )
        )
        for (const path of kept(at, receipts.at(-1))) {
          const bytes = yield* fs.readFile(path)
          const middle = Math.floor(bytes.length / 2)
          yield* fs.writeFile(path, bytes.with(middle, (bytes[middle] ?? 0) ^ 1))
          assert.deepStrictEqual(
            yield* again,
            new SinkError.StagedDataDamaged({ path, problem: "does not have the content that was written" })
          )
          yield* fs.writeFile(path, bytes.subarray(0, middle))
          assert.deepStrictEqual(
            yield* again,
            new SinkError.StagedDataDamaged({ path, problem: `has ${middle} bytes, but had ${bytes.length}` })
          )
          yield* fs.remove(path)
          assert.deepStrictEqual(yield* again, new SinkError.StagedDataDamaged({ path, problem: "is gone" }))
          yield* fs.writeFile(path, bytes)
        }
      }
    })
  )
})

// internal

/** Some files of a receipt, of all kinds. */
const kept = ({ out, state }: Folders, receipt: Sink.Receipt | undefined) => {
  const { routed } = receipt as {
    readonly routed: { readonly files: Readonly<Record<string, { readonly bytes: number }>> }
  }
  const keys = Object.entries(routed.files).flatMap(([key, { bytes }]) => (bytes === 0 ? [] : key))
  assert.isAbove(keys.length, 0)
  return keys
    .filter((_, i) => i < 2 || i % 7 === 0 || i > keys.length - 3)
    .map((key) => {
      const [first = "", second = "", third = "", ...rest] = key.split("/")
      if (first === "to") return `${state}/rows/${second}.${third}.${rest.join(".")}.ndjson`
      return first === "users" ? `${out}/${third}.part` : `${state}/pieces/${first}.${second}.${third}`
    })
}

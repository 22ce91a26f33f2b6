import { hostname } from "node:os"
import {
  Consequence,
  Entity,
  Ids,
  Ledger,
  Migration,
  MigrationError,
  Report,
  Sink,
  SinkError,
  Source,
  SourceError,
  Timestamp,
  Transform
} from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, FileSystem, Option, Path, Schema, Stream } from "effect"
import * as LinesSink from "./LinesSink.ts"

const Marker = Schema.fromJsonString(Schema.Struct({ run: Schema.String }))

const message = (n: number): Entity.Entity<"message"> => ({
  _tag: "message",
  id: Ids.MessageId.make(`m${n}`),
  channelId: Ids.ChannelId.make(`c${n % 7}`),
  type: "regular",
  text: `text ${n}`,
  createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
})

const user = (id: string): Entity.Entity<"user"> => ({ _tag: "user", id: Ids.UserId.make(id), name: id })

/** Two partitions of 50 messages in batches of `size`; every tenth record is rejected. */
const exported = (size: number, failAt?: number, fingerprints = ["a", "b"]): Source.Source =>
  Source.make({
    name: "exported",
    kinds: new Set(["message"]),
    open: Effect.succeed({
      fingerprint: {},
      partitions: Effect.succeed([
        { id: "a", bytes: 50, fingerprint: fingerprints[0] ?? "" },
        { id: "b", bytes: 50, fingerprint: fingerprints[1] ?? "" }
      ]),
      read: (partition, position) => {
        const start = Option.getOrElse(position, () => 0) as number
        const starts = Array.from({ length: Math.ceil((50 - start) / size) }, (_, i) => start + i * size)
        return Stream.fromIterable(starts).pipe(
          Stream.rechunk(1),
          Stream.mapEffect((from) =>
            from === failAt && partition.id === "b"
              ? Effect.fail(
                  new SourceError.CorruptInput({ location: "b:25", problem: "broken", hint: "Fix it." })
                )
              : Effect.succeed(batch(partition.id, from, Math.min(50, from + size)))
          )
        )
      }
    })
  })

const batch = (partition: string, from: number, to: number): Source.Batch => {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i)
  return {
    records: numbers.filter((n) => n % 10 !== 0).map((n) => message(partition === "a" ? n : n + 1000)),
    rejected: numbers
      .filter((n) => n % 10 === 0)
      .map((n) => ({
        kind: "message",
        code: "invalid_time",
        message: "created_at",
        location: `${partition}:${n}`,
        original: { n }
      })),
    notes: { seen: to - from },
    position: to,
    bytes: to - from,
    location: `${partition}:${to}`
  }
}

interface Folders {
  readonly out: string
  readonly state: string
}

const folders = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* fs.makeTempDirectoryScoped()
  return { out: path.join(root, "out"), state: path.join(root, "state") }
})

const run = (
  { out, state }: Folders,
  options: {
    readonly source?: Source.Source
    readonly hooks?: LinesSink.Hooks
    readonly sink?: Sink.Sink<FileSystem.FileSystem | Path.Path>
    readonly transforms?: ReadonlyArray<Transform.Transform>
    readonly policy?: Migration.Policy
  } = {}
) =>
  Migration.run({
    id: "test",
    source: options.source ?? exported(5),
    sink: options.sink ?? LinesSink.make(out, options.hooks),
    transforms: options.transforms ?? [],
    policy: { checkpointRecords: 10, ...options.policy },
    stateDirectory: state
  })

/** All files of a run that users read. */
const result = ({ out, state }: Folders) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(out)).toSorted()
    const contents = yield* Effect.forEach(names, (name) => fs.readFileString(`${out}/${name}`))
    const rejects = yield* fs.readFileString(`${state}/test/rejects.ndjson`)
    return { names, contents, rejects }
  })

const undisturbed = Effect.gen(function* () {
  const at = yield* folders
  yield* run(at)
  return yield* result(at)
})

const reasonOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => {
    assert.instanceOf(error, MigrationError.MigrationError)
    return error.reason
  })

it.layer(NodeServices.layer)("Migration.run", (it) => {
  it.effect("writes every record once, sets rejects aside and balances its ledger", () =>
    Effect.gen(function* () {
      const at = yield* folders
      const report = yield* run(at)
      assert.strictEqual(report.status, "completed_with_rejects")
      assert.strictEqual(report.rejected, 10)
      const ledger = report.sinks[0]?.ledger ?? Ledger.empty
      assert.deepStrictEqual(ledger.kinds.message, {
        read: 100,
        written: 90,
        synthesised: {},
        merged: {},
        dropped: {},
        rejected: { invalid_time: 10 }
      })
      assert.deepStrictEqual(ledger.notes, { seen: 100 })
      const { contents, names, rejects } = yield* result(at)
      assert.deepStrictEqual(names, ["lines.ndjson", "manifest.json"])
      assert.strictEqual(contents[0]?.split("\n").length, 91)
      assert.strictEqual(
        rejects.split("\n")[0],
        '{"stage":"source","source":"exported","kind":"message","code":"invalid_time","message":"created_at","location":"a:0","original":{"n":0}}'
      )
    })
  )

  it.effect("gives the same bytes when it crashes at any write and is run again", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      for (let at = 1; at <= 20; at++) {
        const here = yield* folders
        const hooks = { onWrite: (n: number) => (n === at ? Effect.fail(LinesSink.crash) : Effect.void) }
        assert.isTrue(Exit.isFailure(yield* Effect.exit(run(here, { hooks }))))
        yield* run(here)
        assert.deepStrictEqual(yield* result(here), expected, `crash at write ${at}`)
      }
    })
  )

  it.effect("gives the same bytes when it crashes after publishing and is run again", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      const here = yield* folders
      assert.isTrue(
        Exit.isFailure(yield* Effect.exit(run(here, { hooks: { onFinish: Effect.fail(LinesSink.crash) } })))
      )
      yield* run(here)
      assert.deepStrictEqual(yield* result(here), expected)
    })
  )

  it.effect("gives the same bytes for any batch size and checkpoint interval", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      for (const [size, checkpointRecords, readAhead] of [
        [1, 1, 1],
        [7, 1000, 16],
        [50, 3, 2]
      ] as const) {
        const here = yield* folders
        yield* run(here, { source: exported(size), policy: { checkpointRecords, readAhead } })
        assert.deepStrictEqual(yield* result(here), expected)
      }
    })
  )

  it.effect("does not flush again after a failed flush, because the sink's content is then unknown", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      const here = yield* folders
      let flushes = 0
      const onFlush = Effect.suspend(() => (++flushes === 3 ? Effect.fail(LinesSink.crash) : Effect.void))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(run(here, { hooks: { onFlush } }))))
      assert.strictEqual(flushes, 3)
      yield* run(here)
      assert.deepStrictEqual(yield* result(here), expected)
    })
  )

  it.effect("commits written data when it is interrupted, and resumes from there", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      const here = yield* folders
      const stuck = SourceHarness.changed(exported(5), ({ read }) => ({
        read: (partition, position) =>
          partition.id === "a"
            ? read(partition, position)
            : Stream.concat(Stream.take(read(partition, position), 3), Stream.never)
      }))
      const thirteen = yield* Deferred.make<void>()
      const hooks = {
        onWrite: (count: number) =>
          count === 13 ? Effect.asVoid(Deferred.succeed(thirteen, undefined)) : Effect.void
      }
      const policy = { checkpointRecords: 1_000_000 }
      const fiber = yield* Effect.forkChild(run(here, { source: stuck, hooks, policy }))
      yield* Deferred.await(thirteen)
      yield* Fiber.interrupt(fiber)
      const fs = yield* FileSystem.FileSystem
      const checkpoint = JSON.parse(
        (yield* fs.readFileString(`${here.state}/test/checkpoint.json`)).split("\n")[0] ?? ""
      ) as {
        readonly segmentsDone: ReadonlyArray<unknown>
        readonly position: number
      }
      assert.deepStrictEqual([checkpoint.segmentsDone.length, checkpoint.position], [1, 15])
      yield* run(here)
      assert.deepStrictEqual(yield* result(here), expected)
    })
  )

  it.effect("keeps the data read before a broken file and resumes once it is fixed", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      const here = yield* folders
      const error = yield* Effect.flip(run(here, { source: exported(5, 25) }))
      assert.strictEqual(error.message, "exported: broken at b:25. Fix it.")
      yield* run(here)
      assert.deepStrictEqual(yield* result(here), expected)
    })
  )

  it.effect(
    "does not resume if a partition that it has read has changed, but accepts changes of later ones",
    () =>
      Effect.gen(function* () {
        const fixed = exported(5, undefined, ["a", "fixed"])
        const [here, whole] = [yield* folders, yield* folders]
        yield* run(whole, { source: fixed })
        yield* Effect.exit(run(here, { source: exported(5, 0) }))
        const reason = yield* reasonOf(run(here, { source: exported(5, undefined, ["other", "b"]) }))
        assert.include(reason, { _tag: "CheckpointRejected", why: "changed" })
        yield* run(here, { source: fixed })
        assert.deepStrictEqual(yield* result(here), yield* result(whole))
      })
  )

  it.effect("does not run a finished migration again, and fails if its output is missing", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const first = yield* run(here)
      const again = yield* run(here, { hooks: { onWrite: () => Effect.die("must not write") } })
      assert.deepStrictEqual(again, first)
      const fs = yield* FileSystem.FileSystem
      yield* fs.remove(`${here.out}/lines.ndjson`)
      assert.strictEqual((yield* reasonOf(run(here)))._tag, "OutputMissing")
    })
  )

  it.effect("fails if the output of a finished migration has other bytes, or lacks its manifest", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* run(here)
      for (const name of ["lines.ndjson", "manifest.json"]) {
        const file = `${here.out}/${name}`
        const text = yield* fs.readFileString(file)
        yield* fs.writeFileString(file, text.replace("message", "massage"))
        assert.include(yield* reasonOf(run(here)), { _tag: "OutputMissing", path: file })
        yield* fs.remove(file)
        assert.include(yield* reasonOf(run(here)), { _tag: "OutputMissing", path: file })
        yield* fs.writeFileString(file, text)
        yield* run(here)
      }
    })
  )

  it.effect("rewrites the report of a finished migration only if it is damaged or missing", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* run(here)
      const file = `${here.state}/test/report.json`
      const text = yield* fs.readFileString(file)
      for (const damaged of [text.replace("completed", "\0".repeat(9)), "", undefined]) {
        yield* damaged === undefined ? fs.remove(file) : fs.writeFileString(file, damaged)
        yield* run(here)
        assert.strictEqual(yield* fs.readFileString(file), text)
      }
      const { mtime } = yield* fs.stat(file)
      yield* run(here)
      assert.deepStrictEqual((yield* fs.stat(file)).mtime, mtime)
    })
  )

  it.effect(
    "is not finished under another id, and reports the location of the rejects after its state was moved",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const here = yield* folders
        const report = yield* run(here)
        const moved = { ...here, state: `${here.state}2` }
        yield* fs.rename(here.state, moved.state)
        const rejects = `${moved.state}/test/rejects.ndjson`
        assert.deepStrictEqual(yield* run(moved), { ...report, rejects })
        yield* fs.makeDirectory(here.state)
        yield* fs.rename(`${moved.state}/test`, `${moved.state}/other`)
        const sink = LinesSink.make(here.out)
        const options = {
          id: "other",
          source: Source.fromEntities("s", []),
          sink,
          stateDirectory: moved.state
        }
        const { message } = yield* Effect.flip(Migration.run(options))
        assert.include(message, "its id was test and is other now")
      })
  )

  it.effect("does not reuse a finished migration for another input", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* run(here)
      const reason = yield* reasonOf(run(here, { source: exported(5, undefined, ["a", "other"]) }))
      assert.include(reason, { _tag: "CheckpointRejected", why: "changed" })
    })
  )

  it.effect("does not accept a source whose partitions share an id", () =>
    Effect.gen(function* () {
      const one = Source.fromEntities("same", [user("a")])
      const twice = SourceHarness.changed(one, (reader) => ({
        partitions: Effect.map(reader.partitions, (partitions) => [...partitions, ...partitions])
      }))
      assert.include(yield* reasonOf(run(yield* folders, { source: twice })), {
        _tag: "InvalidConfig",
        setting: "source"
      })
    })
  )

  it.effect("blocks a second run in the same process until the first has ended", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const inside = yield* Deferred.make<void>()
      const proceed = yield* Deferred.make<void>()
      const hooks = {
        onWrite: (count: number) =>
          count === 1
            ? Effect.andThen(Deferred.succeed(inside, undefined), Deferred.await(proceed))
            : Effect.void
      }
      const first = yield* Effect.forkChild(run(here, { hooks }))
      yield* Deferred.await(inside)
      assert.include(yield* reasonOf(run(here)), {
        _tag: "AlreadyRunning",
        holder: `process ${process.pid} on ${hostname()}`
      })
      yield* Deferred.succeed(proceed, undefined)
      const report = yield* Fiber.join(first)
      assert.deepStrictEqual(yield* run(here), report)
    })
  )

  it.effect("counts a record that several sinks reject once, and names the sink in each line", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const rejecting = (name: string) => LinesSink.make(`${here.out}/${name}`, { rejects: true }, name)
      const source = Source.fromEntities("memory", [user("a"), user("b")])
      const sink = Sink.tee([rejecting("one"), rejecting("two")])
      const report = yield* run(here, { source, sink, policy: { allowEmpty: true } })
      assert.strictEqual(report.rejected, 2)
      const fs = yield* FileSystem.FileSystem
      const lines = (yield* fs.readFileString(report.rejects)).trimEnd().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => (JSON.parse(line) as { readonly sink: string }).sink),
        ["one", "one", "two", "two"]
      )
    })
  )

  it.effect.each([
    {
      name: "a changed input",
      why: "changed",
      change: (text: string) => text,
      source: Source.fromEntities("other", [user("u")])
    },
    {
      name: "a flipped byte",
      why: "damaged",
      change: (text: string) => text.replace('"position"', '"Position"'),
      source: exported(5)
    },
    {
      name: "a truncated file",
      why: "damaged",
      change: (text: string) => text.slice(0, 40),
      source: exported(5)
    }
  ])("does not accept a checkpoint with $name", ({ change, source, why }) =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Effect.exit(run(here, { source: exported(5, 25) }))
      const fs = yield* FileSystem.FileSystem
      const path = `${here.state}/test/checkpoint.json`
      const text = yield* fs.readFileString(path)
      yield* fs.writeFileString(path, change(text))
      const reason = yield* reasonOf(run(here, { source }))
      assert.strictEqual(reason._tag, "CheckpointRejected")
      assert.strictEqual(reason._tag === "CheckpointRejected" ? reason.why : undefined, why)
      // The unfinished output is unchanged.
      assert.isTrue(yield* fs.exists(`${here.out}/lines.ndjson.part`))
    })
  )

  it.effect("names an input that has changed or disappeared since it was read to its end", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Effect.exit(run(here, { source: exported(5, 25) }))
      const other = yield* Effect.flip(run(here, { source: exported(5, undefined, ["A", "b"]) }))
      assert.include(other.message, "source exported: input a has changed since it was read.")
      const without = SourceHarness.changed(exported(5), () => ({ partitions: Effect.succeed([]) }))
      const gone = yield* Effect.flip(run(here, { source: without }))
      assert.include(gone.message, "source exported: input a is missing; input b is missing.")
    })
  )

  it.effect(
    "lets the source retrace segments read to their end, by the read digest of their last batch",
    () =>
      Effect.gen(function* () {
        const expected = yield* undisturbed
        const here = yield* folders
        const asked: Array<readonly [id: string, readDigest: unknown]> = []
        const trailing = (failAt?: number, isChanged = false): Source.Source => {
          return SourceHarness.changed(exported(5, failAt), ({ read }) => ({
            read: (partition, position) =>
              Stream.map(read(partition, position), (batch) => ({
                ...batch,
                readDigest: { to: batch.position }
              })),
            retrace: (partition, readDigest) => {
              asked.push([partition.id, readDigest])
              return isChanged
                ? Effect.fail(SourceError.changedContent(partition.id, "a/file.json"))
                : Effect.void
            }
          }))
        }
        yield* Effect.exit(run(here, { source: trailing(25) }))
        assert.deepStrictEqual(asked, [])
        const error = yield* Effect.flip(run(here, { source: trailing(undefined, true) }))
        assert.strictEqual(
          error.message,
          `exported: cannot resume in partition a: content of a/file.json that was already read has changed. Restore the input, or remove the folder ${here.state}/test (its state) and the folder ${here.out} (its unfinished output) to start again.`
        )
        yield* Effect.exit(run(here, { source: trailing(40) }))
        yield* run(here, { source: trailing() })
        assert.deepStrictEqual(asked, [
          ["a", { to: 50 }],
          ["a", { to: 50 }],
          ["a", { to: 50 }]
        ])
        assert.deepStrictEqual(yield* result(here), expected)
      })
  )

  it.effect("keeps the read digest of a partition whose last batch came before a stop", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const readDigests: Array<unknown> = []
      const source = (isFirst: boolean) =>
        SourceHarness.changed(exported(50), ({ read }) => ({
          // A partition that is stopped after its last batch gives no batch when it is resumed.
          read: (partition, position) =>
            Stream.concat(
              Stream.map(read(partition, position), (batch) => ({
                ...batch,
                readDigest: `${partition.id}!`
              })),
              isFirst && partition.id === "b"
                ? Stream.fail(SourceError.damagedFile("b", "it is"))
                : Stream.empty
            ),
          retrace: (_, readDigest) => Effect.sync(() => void readDigests.push(readDigest))
        }))
      yield* Effect.exit(run(here, { source: source(true) }))
      const stopped = run(here, { source: source(false), hooks: { onFinish: Effect.die("stopped") } })
      yield* Effect.exit(stopped)
      readDigests.length = 0
      yield* run(here, { source: source(false) })
      assert.deepStrictEqual(readDigests, ["a!", "b!"])
    })
  )

  it.effect("does not accept a checkpoint after a change of transforms or sink settings", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Effect.exit(run(here, { source: exported(5, 25) }))
      const keepAll = Transform.filter("keep-all", () => true)
      assert.strictEqual((yield* reasonOf(run(here, { transforms: [keepAll] })))._tag, "CheckpointRejected")
      const sink = { ...LinesSink.make(here.out), fingerprint: { layout: "changed" } }
      assert.strictEqual((yield* reasonOf(run(here, { sink })))._tag, "CheckpointRejected")
    })
  )

  it.effect(
    "stops if more records are rejected than the budget allows, and continues with a larger budget",
    () =>
      Effect.gen(function* () {
        const expected = yield* undisturbed
        const here = yield* folders
        const reason = yield* reasonOf(run(here, { policy: { errorBudget: { atLeast: 3, percent: 1 } } }))
        assert.include(reason, { _tag: "BudgetExceeded", rejected: 4, allowed: 3 })
        // However often it is started, it reads nothing more.
        for (let i = 0; i < 3; i++) {
          const again = yield* reasonOf(run(here, { policy: { errorBudget: { atLeast: 3, percent: 1 } } }))
          assert.deepStrictEqual({ ...again }, { ...reason })
        }
        yield* run(here)
        assert.deepStrictEqual(yield* result(here), expected)
      })
  )

  it.effect("does not resume if the rejects are missing, truncated or changed, and names the file", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* reasonOf(run(here, { policy: { errorBudget: { atLeast: 3, percent: 1 } } }))
      const path = `${here.state}/test/rejects.ndjson`
      const changed = (yield* fs.readFileString(path)).replace("code", "c0de")
      for (const [damage, problem] of [
        [fs.writeFileString(path, changed), "the rejects have been changed"],
        [fs.truncate(path, 10), "rejects are missing: the file has 10 bytes"],
        [fs.remove(path), "the rejects are gone"]
      ] as const) {
        yield* damage
        for (let i = 0; i < 2; i++) {
          const reason = yield* reasonOf(run(here))
          assert.include(reason, { _tag: "CheckpointRejected", why: "damaged", path })
          assert.include(reason.message, problem)
        }
      }
    })
  )

  it.effect("runs regardless of the content of a lock that no process holds", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const fs = yield* FileSystem.FileSystem
      yield* fs.makeDirectory(`${here.state}/test`, { recursive: true })
      yield* fs.writeFileString(`${here.state}/test/lock`, String(process.ppid))
      yield* fs.writeFileString(`${here.state}/test/lock.owner`, "\0\0\0")
      yield* run(here)
    })
  )

  it.effect("resumes a run that was killed before its first checkpoint, in its own output", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const expected = yield* undisturbed
      const here = yield* folders
      const kept = yield* fs.makeTempDirectoryScoped()
      const move = (from: string, to: string) =>
        Effect.orDie(
          Effect.andThen(fs.copy(`${from}/out`, `${to}/out`), fs.copy(`${from}/state`, `${to}/state`))
        )
      const root = here.out.slice(0, -"/out".length)
      const hooks = { onWrite: () => Effect.andThen(move(root, kept), Effect.fail(LinesSink.crash)) }
      yield* Effect.flip(run(here, { hooks }))
      yield* move(kept, root)
      assert.isFalse(yield* fs.exists(`${here.state}/test/checkpoint.json`))
      assert.isTrue(yield* fs.exists(`${here.out}/unfinished.json`))
      yield* run(here)
      assert.deepStrictEqual(yield* result(here), expected)
    })
  )

  it.effect("does not write over the unfinished output of another migration, and names both", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* Effect.exit(run(here, { source: exported(5, 25) }))
      const runId = (yield* Schema.decodeEffect(Marker)(
        yield* fs.readFileString(`${here.out}/unfinished.json`)
      )).run
      const there = { ...(yield* folders), out: here.out }
      const error = yield* Effect.flip(run(there))
      assert.include(
        error.message,
        `holds the unfinished output of migration test, run ${runId}; this is migration test, run `
      )
      // Without its marker, the other output is not overwritten either.
      yield* fs.remove(`${here.out}/unfinished.json`)
      const before = yield* result(here)
      assert.include((yield* Effect.flip(run(there))).message, "already holds a file lines.ndjson.part")
      assert.deepStrictEqual(yield* result(here), before)
    })
  )

  it.effect("stops without a commit if another process has taken over its state folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      const owner = `${here.state}/test/lock.owner`
      const hooks = {
        onFlush: Effect.orDie(
          fs.writeFileString(
            owner,
            JSON.stringify({ format: "chatferry-lock/1", token: "other", process: 1, host: "elsewhere" })
          )
        )
      }
      const reason = yield* reasonOf(run(here, { hooks }))
      assert.include(reason, { _tag: "OwnershipLost", holder: "process 1 on elsewhere" })
      assert.isFalse(yield* fs.exists(`${here.state}/test/checkpoint.json`))
    })
  )

  it.effect("fails a run whose sink or transform loses records", () =>
    Effect.gen(function* () {
      const lossy = Transform.make("lossy", (records) => Effect.succeed(Transform.kept(records.slice(1))))
      const first = yield* reasonOf(run(yield* folders, { transforms: [lossy] }))
      assert.include(first, { _tag: "TransformFailed", transform: "lossy", location: "a, a:5" })
      assert.include(first.message, "it received 4 message records and returned 3, but counts 0 as left out")
      const here = yield* folders
      const second = yield* Effect.flip(run(here, { hooks: { loses: true } }))
      assert.instanceOf(second, SinkError.SinkError)
      assert.include(second.reason, { _tag: "OutOfBalance", where: "lines", missing: 90 })
      // Nothing with missing records is published.
      const fs = yield* FileSystem.FileSystem
      assert.deepStrictEqual((yield* fs.readDirectory(here.out)).toSorted(), [
        "lines.ndjson.part",
        "unfinished.json"
      ])
    })
  )

  it.effect("does not write to the output of another run", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* run(here)
      const other = { out: here.out, state: (yield* folders).state }
      const error = yield* Effect.flip(run(other))
      assert.include(error.message, "already holds the result of the finished migration test")
    })
  )

  it.effect.each([
    { setting: "id", options: { id: "../up" } },
    { setting: "policy.checkpointRecords", options: { policy: { checkpointRecords: 0 } } },
    { setting: "policy.readAhead", options: { policy: { readAhead: 1.5 } } },
    { setting: "policy.errorBudget.percent", options: { policy: { errorBudget: { percent: 101 } } } },
    { setting: "policy.checkpointRecord", options: { policy: { checkpointRecord: 1 } } },
    { setting: "transform", options: { transform: [] } },
    { setting: "transforms", options: { transforms: Transform.filter("all", () => true) } },
    { setting: "transforms[0]", options: { transforms: [() => true] } },
    { setting: "source", options: { source: "./export" } },
    { setting: "sink", options: { sink: undefined } },
    { setting: "sources", options: { source: Source.concat("none", [], { ids: "shared" }) } },
    {
      setting: "sources",
      options: { source: Source.concat("text", "./export" as never, { ids: "shared" }) }
    },
    { setting: "sinks", options: { sink: Sink.tee([]) } },
    { setting: "sinks", options: { sink: Sink.tee([LinesSink.make("a"), LinesSink.make("b")]) } }
  ] as ReadonlyArray<{ readonly setting: string; readonly options: object }>)(
    "does not accept a $setting that cannot work",
    ({ options, setting }) =>
      Effect.gen(function* () {
        const here = yield* folders
        const fs = yield* FileSystem.FileSystem
        const state = `${here.state}/none`
        const error = yield* Effect.flip(
          Migration.run({
            id: "x",
            source: exported(5),
            sink: LinesSink.make(here.out),
            stateDirectory: state,
            ...options
          })
        )
        assert.include(error.reason, { _tag: "InvalidConfig", setting })
        // Nothing is created for it.
        assert.isFalse(yield* fs.exists(state))
      })
  )

  it.effect("writes to several sinks in one pass and drops what a sink cannot hold", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const path = yield* Path.Path
      const users = {
        ...LinesSink.make(path.join(here.out, "users"), {}, "users"),
        fields: Sink.allOf(["user"])
      }
      const all = LinesSink.make(path.join(here.out, "all"), {}, "all")
      const source = Source.fromEntities("memory", [user("u1"), message(1), user("u2")])
      const report = yield* run(here, { source, sink: Sink.tee([users, all]) })
      assert.deepStrictEqual(
        report.sinks.map(({ ledger, sink }) => [sink, ledger.kinds.user.written, ledger.kinds.message]),
        [
          [
            "users",
            2,
            {
              read: 1,
              written: 0,
              synthesised: {},
              merged: {},
              dropped: { unsupported_kind: 1 },
              rejected: {}
            }
          ],
          ["all", 2, { read: 1, written: 1, synthesised: {}, merged: {}, dropped: {}, rejected: {} }]
        ]
      )
    })
  )

  it.effect(
    "reports the meaning of each code as its owner declares it, even if two owners share a code",
    () =>
      Effect.gen(function* () {
        const here = yield* folders
        const { make } = Consequence
        const noted = make("seen", { effect: "information", says: "numbers that were looked at" })
        const users: Sink.Sink<FileSystem.FileSystem | Path.Path> = {
          ...LinesSink.make(here.out),
          fields: Sink.allOf(["user"]),
          consequences: [make("seen", { effect: "lost", says: "something of the sink's" })]
        }
        const report = yield* run(here, {
          source: { ...exported(5), consequences: [noted] },
          sink: users,
          transforms: [Transform.filter("only-first", (entity) => Entity.key(entity).endsWith("m1"))],
          policy: { errorBudget: { atLeast: 100 }, allowEmpty: true }
        })
        const found = report.sinks[0]?.consequences ?? []
        assert.deepStrictEqual(
          found.map(({ code, count, effect, kind, outcome, says }) => [
            effect,
            code,
            outcome,
            kind,
            count,
            says
          ]),
          [
            ["lost", "invalid_time", "rejected", "message", 10, Consequence.NOT_EXPLAINED],
            ["lost", "unsupported_kind", "dropped", "message", 1, Sink.UNSUPPORTED_KIND.says],
            [
              "left_out_on_purpose",
              "only-first",
              "dropped",
              "message",
              89,
              'records that the transform "only-first" leaves out'
            ],
            ["information", "seen", "noted", undefined, 100, "numbers that were looked at"]
          ]
        )
        const fs = yield* FileSystem.FileSystem
        const json = yield* fs.readFileString(`${here.state}/test/report.json`)
        const read = Schema.decodeUnknownSync(Schema.fromJsonString(Report.Report))(json)
        assert.deepStrictEqual(read.sinks[0]?.consequences, found)
      })
  )

  it.effect("reports progress that ends with everything read", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const seen: Array<readonly [string, number, number]> = []
      yield* Migration.run({
        id: "test",
        source: exported(5),
        sink: LinesSink.make(here.out),
        stateDirectory: here.state,
        progress: Stream.runForEach(({ done, step, total }) =>
          Effect.sync(() => seen.push([step, done, total]))
        )
      })
      assert.deepStrictEqual(seen.slice(-2), [
        ["reading", 100, 100],
        ["finished", 1, 1]
      ])
    })
  )
})

describe("Migration.run", () => {
  it("requires the services of source, transforms and sink in its type", () => {
    const needy = Source.fromEntities("memory", [])
    const program = Migration.run({ id: "t", source: needy, sink: LinesSink.make("x") })
    const typed: Effect.Effect<unknown, unknown, FileSystem.FileSystem | Path.Path> = program
    assert.isTrue(Effect.isEffect(typed))
    assert.isTrue(Schema.is(Entity.Entity)(user("u")))
  })
})

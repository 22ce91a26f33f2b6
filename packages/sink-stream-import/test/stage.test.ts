import { DatabaseSync } from "node:sqlite"
import { Ledger, type Sink } from "@chatferry/core"
import { EntityGenerator, SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Option, type Scope } from "effect"
import { base, message, user } from "../../../test/entities.ts"
import { makeRun, openRun, readRun, type Run, stageOf, stateOf, write } from "./harness.ts"

const entities = EntityGenerator.make({ seed: 11, records: 900 })
const config = { dialect: "jsonl" } as const

const finish = (run: Run, session: Sink.Session) =>
  Effect.flatMap(SinkHarness.finish(session), ([summary]) => readRun(run, summary?.ledger ?? Ledger.empty))

const reasonOf = <A, E extends { readonly reason: { readonly _tag: string } }, R>(
  effect: Effect.Effect<A, E, R>
) => Effect.map(Effect.flip(effect), (error) => error.reason._tag)

const live = <A, E>(effect: Effect.Effect<A, E, NodeServices.NodeServices | Scope.Scope>) =>
  Effect.scoped(effect).pipe(Effect.provide(NodeServices.layer))

describe("the stage", () => {
  it.live("returns to its receipt if it is ahead of the checkpoint", () =>
    live(
      Effect.gen(function* () {
        const expected = yield* write(config, entities)
        const run = yield* makeRun(config)
        const receipt = yield* Effect.scoped(
          Effect.gen(function* () {
            const session = yield* openRun(run)
            yield* session.write(entities.slice(0, 300))
            const receipt = yield* session.commit
            yield* session.write(entities.slice(300, 600))
            yield* session.commit
            yield* session.write([user("lost"), ...entities.slice(0, 100)])
            yield* session.commit
            yield* session.write([user("never committed")])
            return receipt
          })
        )
        const session = yield* openRun(run, Option.some(JSON.parse(JSON.stringify(receipt)) as Sink.Receipt))
        yield* session.write(entities.slice(300))
        const { file, ledger } = yield* finish(run, session)
        assert.strictEqual(file, expected.file)
        assert.deepStrictEqual(ledger, expected.ledger)
      })
    )
  )

  it.live("assembles the same file after it was stopped while assembling", () =>
    live(
      Effect.gen(function* () {
        const expected = yield* write(config, entities)
        const run = yield* makeRun(config)
        const receipt = yield* Effect.scoped(
          Effect.gen(function* () {
            const session = yield* openRun(run)
            yield* session.write(entities)
            const receipt = yield* session.commit
            for (const yields of [1, 5, 12, 20, 40]) {
              const fiber = yield* Effect.forkChild(SinkHarness.finish(session))
              for (let i = 0; i < yields; i++) yield* Effect.yieldNow
              yield* Fiber.interrupt(fiber)
            }
            return receipt
          })
        )
        run.rejected.length = 0
        const session = yield* openRun(run, Option.some(receipt))
        assert.strictEqual((yield* finish(run, session)).file, expected.file)
        assert.strictEqual((yield* finish(run, session)).file, expected.file)
        assert.strictEqual(run.rejected.length, expected.rejected.length)
      })
    )
  )

  it.live("rejects a different or missing stage", () =>
    live(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const run = yield* makeRun(config)
        const receipt = yield* Effect.scoped(
          Effect.gen(function* () {
            const session = yield* openRun(run)
            yield* session.write(base)
            return yield* session.commit
          })
        )
        yield* Effect.scoped(openRun(run))
        assert.strictEqual(
          yield* reasonOf(Effect.scoped(openRun(run, Option.some(receipt)))),
          "StagedDataDamaged"
        )
        yield* fs.remove(stateOf(run), { recursive: true })
        assert.strictEqual(
          yield* reasonOf(Effect.scoped(openRun(run, Option.some(receipt)))),
          "StagedDataDamaged"
        )
      })
    )
  )

  it.live.each([
    { name: "a text", sql: "UPDATE messages SET item = replace(item, 'a', 'e')" },
    { name: "a row", sql: "DELETE FROM reactions WHERE row = 1" },
    { name: "an id that many messages share", sql: "UPDATE ids SET id = id || 'x' WHERE row = 2" }
  ])("does not resume if $name has changed, before or after it was opened again", ({ sql }) =>
    live(
      Effect.gen(function* () {
        const run = yield* makeRun(config)
        const path = `${stageOf(run)}/stage.db`
        const change = Effect.sync(() => {
          const database = new DatabaseSync(path)
          database.exec(sql)
          database.close()
        })
        const receipt = yield* Effect.scoped(
          Effect.gen(function* () {
            const session = yield* openRun(run)
            yield* session.write(entities)
            return yield* session.commit
          })
        )
        yield* Effect.scoped(
          Effect.gen(function* () {
            const session = yield* openRun(run, Option.some(receipt))
            yield* change
            const { reason } = yield* Effect.flip(SinkHarness.finish(session))
            assert.include(reason, { _tag: "StagedDataDamaged", path })
          })
        )
        const { reason } = yield* Effect.flip(Effect.scoped(openRun(run, Option.some(receipt))))
        assert.include(reason, { _tag: "StagedDataDamaged", path })
      })
    )
  )

  it.live("rebuilds indexes that a stopped run has left instead of trusting them", () =>
    live(
      Effect.gen(function* () {
        const expected = yield* write(config, entities)
        const run = yield* makeRun(config)
        const receipt = yield* Effect.scoped(
          Effect.gen(function* () {
            const session = yield* openRun(run)
            yield* session.write(entities)
            const receipt = yield* session.commit
            const fiber = yield* Effect.forkChild(SinkHarness.finish(session))
            for (let i = 0; i < 40; i++) yield* Effect.yieldNow
            yield* Fiber.interrupt(fiber)
            return receipt
          })
        )
        // An index without some rows, as after a flipped bit.
        const database = new DatabaseSync(`${stageOf(run)}/stage.db`)
        database.exec(`DROP INDEX IF EXISTS messages_by_id;
          CREATE INDEX messages_by_id ON messages (id) WHERE row > 10`)
        database.close()
        const session = yield* openRun(run, Option.some(receipt))
        assert.strictEqual((yield* finish(run, session)).file, expected.file)
      })
    )
  )

  it.live("recognises channels and users that it has forgotten meanwhile", () =>
    Effect.gen(function* () {
      const others = Array.from({ length: 16_400 }, (_, i) =>
        message(`m${i}`, { channelId: `c${i}`, userId: `u${i}` })
      )
      const { of, problems } = yield* write(
        { ...config, unknownChannel: "synthesise" },
        [
          message("first", { channelId: "far", userId: "someone" }),
          ...others,
          message("reply", { channelId: "far", userId: "someone", parentId: "first" })
        ],
        1000
      )
      assert.deepStrictEqual(problems, [])
      assert.strictEqual(of("message").find(({ id }) => id === "reply")?.["parent_id"], "first")
      assert.strictEqual(of("channel").filter(({ id }) => id === "far").length, 1)
      assert.strictEqual(of("user").filter(({ id }) => id === "someone").length, 1)
    })
  )

  it.live("is only readable by its owner", () =>
    live(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const run = yield* makeRun(config)
        const session = yield* openRun(run)
        yield* session.write([...base, message("1")])
        yield* session.commit
        assert.strictEqual((yield* fs.stat(`${stageOf(run)}/stage.db`)).mode & 0o777, 0o600)
      })
    )
  )

  it.live("only leaves the stage in the state folder", () =>
    live(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const run = yield* makeRun(config)
        const session = yield* openRun(run)
        yield* session.write([...base, message("1")])
        yield* finish(run, session)
        const files = yield* fs.readDirectory(stageOf(run))
        assert.deepStrictEqual(
          files.filter((name) => !name.endsWith("-journal")),
          ["stage.db"]
        )
      })
    )
  )
})

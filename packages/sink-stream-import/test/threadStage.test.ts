/** Staging on a thread of its own. */
import { SqliteStage } from "@chatferry/connector"
import { type Entity, Ledger, type SinkError } from "@chatferry/core"
import type { RowChecksums } from "@chatferry/core/files"
import { EntityGenerator, SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, type Scope } from "effect"
import { message } from "../../../test/entities.ts"
import type { Settings } from "../src/internal/format/settings.ts"
import type { StagedRow } from "../src/internal/stage/insertRow.ts"
import * as Stage from "../src/internal/stage/stage.ts"
import type { Rows } from "../src/internal/stage/stagedRows.ts"
import * as ThreadStage from "../src/internal/stage/threadStage.ts"
import { makeRun, openRun, readRun, write } from "./harness.ts"

const live = <A, E>(effect: Effect.Effect<A, E, NodeServices.NodeServices | Scope.Scope>) =>
  Effect.scoped(effect).pipe(Effect.provide(NodeServices.layer))

const optionsIn = (directory: string) => Stage.options({ name: "stream-import" } as Settings, directory)

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** Commits an empty stage, which a thread can take over. */
const emptyIn = (directory: string) =>
  Effect.scoped(Effect.flatMap(SqliteStage.open(optionsIn(directory)), ({ commit }) => commit))

const ready = Effect.gen(function* () {
  const thread = yield* ThreadStage.start
  while (!thread.isReady()) yield* Effect.sleep(10)
  return thread
})

/** Opens a stage in a thread, uses it and closes it. */
const inThread = <A>(
  directory: string,
  proof: RowChecksums.Proof,
  use: (rows: Rows) => Effect.Effect<A, SinkError.SinkError>
) =>
  Effect.gen(function* () {
    const thread = yield* ready
    const rows = thread.open({ options: optionsIn(directory), path: `${directory}/${Stage.STAGE}`, proof })
    const result = yield* use(rows)
    yield* rows.close
    yield* thread.end
    return result
  })

const rowOf = (i: number, text = "hello"): StagedRow => [
  "message",
  `m${i}`,
  "general",
  "ada",
  "2024-01-01T00:00:00",
  null,
  `"id":"m${i}","text":"${text}"`,
  null
]

describe("a thread that stages", () => {
  it.live("stages rows and exclusions, and continues after a commit", () =>
    live(
      Effect.gen(function* () {
        const directory = yield* folder
        const rows = Array.from({ length: 300 }, (_, i) => rowOf(i))
        const empty = yield* emptyIn(directory)
        const first = yield* inThread(directory, empty, ({ add, commit }) =>
          Effect.andThen(add(rows.slice(0, 200)), commit)
        )
        const exclusion = { entity: message("m1"), reason: "test" }
        const last = yield* inThread(directory, first, ({ add, commit, exclude }) =>
          Effect.andThen(Effect.all([add(rows.slice(200)), exclude([exclusion])]), commit)
        )
        assert.strictEqual(first.tables["messages"]?.rows, 200)
        assert.strictEqual(last.tables["messages"]?.rows, 300)
        assert.strictEqual(last.tables["exclusions"]?.rows, 1)
        // It is what a stage in this thread would have: opening it verifies all rows.
        const { commit } = yield* SqliteStage.open(optionsIn(directory), last)
        assert.deepStrictEqual(yield* commit, last)
      })
    )
  )

  it.live("makes the sender wait while it has too much to stage", () =>
    live(
      Effect.gen(function* () {
        const directory = yield* folder
        const many = Array.from({ length: 24 }, (_, i) => rowOf(i, "x".repeat(1 << 20)))
        yield* inThread(directory, yield* emptyIn(directory), (rows) =>
          Effect.gen(function* () {
            const isAdded = Effect.timeoutOption(rows.add(many), 0)
            assert.strictEqual((yield* isAdded)._tag, "None")
            yield* rows.add([rowOf(24)])
            assert.strictEqual((yield* rows.commit).tables["messages"]?.rows, 25)
          })
        )
      })
    )
  )

  it.live("fails like the stage in this thread if the database cannot be written", () =>
    live(
      Effect.gen(function* () {
        const directory = yield* folder
        const proof = yield* emptyIn(directory)
        yield* (yield* FileSystem.FileSystem).remove(directory, { recursive: true })
        const error = yield* Effect.flip(inThread(directory, proof, ({ commit }) => commit))
        assert.strictEqual(error.reason._tag, "WriteFailed")
        assert.include(error.message, `${directory}/${Stage.STAGE}`)
        assert.include(error.message, "unable to open database file")
      })
    )
  )

  it.live("fails by name if it ends by itself", () =>
    live(
      Effect.gen(function* () {
        const directory = yield* folder
        const proof = yield* emptyIn(directory)
        const thread = yield* ready
        const rows = thread.open({
          options: optionsIn(directory),
          path: `${directory}/${Stage.STAGE}`,
          proof
        })
        yield* thread.end
        const error = yield* Effect.flip(rows.commit)
        assert.include(error.message, "the thread that stages records has ended: exit code 1")
      })
    )
  )
})

it.live("a sink whose stage a thread has taken over resumes, and writes the same bytes", () =>
  live(
    Effect.gen(function* () {
      const config = { dialect: "json-array" } as const
      const many: ReadonlyArray<Entity.Entity> = Array.from({ length: 20_000 }, (_, i) =>
        message(`first${i}`, { channelId: `c${i % 7}` })
      )
      const entities = [...many, ...EntityGenerator.make({ seed: 5, records: 900 })]
      const expected = yield* write(config, entities, 1000)
      const run = yield* makeRun(config)
      const receipt = yield* Effect.scoped(
        Effect.gen(function* () {
          const session = yield* openRun(run)
          yield* session.write(many)
          // Until the thread is ready.
          yield* Effect.sleep(1500)
          yield* session.write(entities.slice(20_000, 20_300))
          const receipt = yield* session.commit
          yield* session.write(entities.slice(20_300, 20_600))
          return receipt
        })
      )
      const session = yield* openRun(run, Option.some(receipt))
      yield* session.write(entities.slice(20_300))
      const [summary] = yield* SinkHarness.finish(session)
      const result = yield* readRun(run, summary?.ledger ?? Ledger.empty)
      assert.deepStrictEqual(result.texts, expected.texts)
      assert.strictEqual(result.file, expected.file)
    })
  )
)

import { type Entity, type Exclusion, Ledger, MigrationError, Sink, Transform } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import {
  asLines,
  channel,
  counted,
  dropped,
  folders,
  linesOf,
  message,
  reaction,
  run,
  shuffled,
  sourceOf,
  taking,
  user
} from "./leftOut.ts"
import * as LinesSink from "./LinesSink.ts"

const recent = Transform.messages("recent", ({ createdAt }, { since }) => createdAt >= since, {
  settings: { since: "2024" }
})
const isShort = Transform.messages("short", ({ text = "" }) => text.length < 10)
const old = { createdAt: "2023-05-01T00:00:00Z" }

const kept: ReadonlyArray<Entity.Entity> = [
  user("ada"),
  channel("c"),
  message("new", "c"),
  message("reply", "c", { parentId: "old", quotedMessageId: "old" }),
  reaction("new", "ada"),
  reaction("unknown", "ada")
]
const gone: ReadonlyArray<Entity.Entity> = [
  message("old", "c", old),
  message("old", "c", { ...old, updatedAt: "2023-06-01T00:00:00Z" }),
  reaction("old", "ada", { channelId: "c" }),
  reaction("old", "bob")
]
const all = [...gone, ...kept]
const COUNTS = { message: 2, reaction: 2 }

describe("Transform.messages", () => {
  it.effect("returns excluded records as exclusions, and everything else unchanged", () =>
    Effect.gen(function* () {
      const result = yield* recent.apply(all)
      assert.deepStrictEqual(result.records, [...gone.slice(2), ...kept])
      assert.deepStrictEqual(
        result.excluded,
        gone.slice(0, 2).map((entity) => ({ entity, reason: "recent" }) as Exclusion.Exclusion)
      )
      assert.deepStrictEqual(recent.excludes, ["message"])
    })
  )

  it.effect("is rejected if its predicate does not return a boolean", () =>
    Effect.gen(function* () {
      const wrong = Transform.messages("wrong", (() => "yes") as unknown as () => boolean)
      const error = yield* Effect.flip(wrong.apply(all))
      assert.include(error.message, "wrong")
    })
  )
})

it.layer(NodeServices.layer)(
  "a migration that leaves messages out, into a sink that resolves nothing",
  (it) => {
    it.effect("writes the remaining records in any input order, and counts the others as dropped", () =>
      Effect.gen(function* () {
        for (let seed = 0; seed < 12; seed++) {
          const at = yield* folders
          const entities = seed === 0 ? all : shuffled(all, seed)
          const report = yield* run(at, entities, { transforms: [recent], batch: 1 + (seed % 5) })
          assert.strictEqual(report.status, "completed")
          assert.deepStrictEqual(yield* linesOf(at.out), asLines(kept), `order ${seed}`)
          const ledger = report.sinks[0]?.ledger
          assert.deepStrictEqual(dropped(ledger, "recent"), COUNTS)
          assert.deepStrictEqual(Ledger.imbalance(ledger ?? Ledger.empty), [])
        }
      })
    )

    const [long, short] = [{ text: "a text that is long" }, { text: "short" }]
    const at = (second: string) => ({ updatedAt: `2024-01-01T00:00:0${second}Z` })
    it.effect.each([
      { says: "newer and kept", out: at("1"), in: at("1.5"), isKept: true },
      { says: "newer and left out", out: at("1.5"), in: at("1"), isKept: false },
      { says: "as new and kept", out: at("1"), in: at("1"), isKept: true },
      { says: "deleted and kept", out: at("1"), in: { isDeleted: true }, isKept: true },
      {
        says: "deleted and left out",
        out: { deletedAt: "2024-01-01T00:00:01Z" },
        in: at("1"),
        isKept: false
      },
      {
        says: "deleted before it was changed and kept",
        out: { deletedAt: "2023-01-01T00:00:00Z" },
        in: at("1"),
        isKept: true
      },
      {
        says: "seen later and kept",
        out: { ...at("1"), observedAt: "2024-02-01T00:00:00Z" },
        in: { ...at("1"), observedAt: "2024-03-01T00:00:00Z" },
        isKept: true
      },
      {
        says: "seen later and left out",
        out: { ...at("1"), observedAt: "2024-03-01T00:00:00Z" },
        in: { ...at("1"), observedAt: "2024-02-01T00:00:00Z" },
        isKept: false
      }
    ])("lets the record of a message decide that is $says", (given) =>
      Effect.gen(function* () {
        const stays = message("m", "c", { ...short, ...given.in })
        const records = [
          message("m", "c", { ...long, ...given.out }),
          stays,
          reaction("m", "ada"),
          user("ada")
        ]
        for (const order of [records, records.toReversed()]) {
          const at = yield* folders
          yield* run(at, order, { transforms: [isShort], batch: 1 })
          const left = given.isKept ? [stays, reaction("m", "ada"), user("ada")] : [user("ada")]
          assert.deepStrictEqual(yield* linesOf(at.out), asLines(left))
        }
      })
    )

    it.effect("follows them through a later transform that renames them", () =>
      Effect.gen(function* () {
        const at = yield* folders
        const rename = Transform.renameIds({ message: (id) => `x-${id}` })
        const report = yield* run(at, all, { transforms: [recent, rename] })
        assert.deepStrictEqual(dropped(report.sinks[0]?.ledger, "recent"), COUNTS)
        assert.include(yield* linesOf(at.out), JSON.stringify(reaction("x-new", "ada")))
      })
    )

    it.effect("counts each record under the transform that left out its message, channel or user", () =>
      Effect.gen(function* () {
        const at = yield* folders
        const report = yield* run(
          at,
          [
            ...all,
            user("bot", { isBot: true }),
            channel("t", { type: "team" }),
            message("in-team", "t"),
            message("old-in-team", "t", old),
            message("of-bot", "c", { userId: "bot" }),
            reaction("in-team", "ada"),
            reaction("old-in-team", "ada"),
            reaction("of-bot", "ada")
          ],
          {
            transforms: [
              recent,
              Transform.channels("no-team", ({ type }) => type !== "team"),
              Transform.users("no-bots", ({ isBot }) => isBot !== true)
            ]
          }
        )
        const ledger = report.sinks[0]?.ledger
        assert.deepStrictEqual(yield* linesOf(at.out), asLines(kept))
        assert.deepStrictEqual(dropped(ledger, "recent"), { message: 3, reaction: 3 })
        assert.deepStrictEqual(dropped(ledger, "no-team"), { channel: 1, message: 1, reaction: 1 })
        assert.deepStrictEqual(dropped(ledger, "no-bots"), { user: 1, message: 1, reaction: 1 })
      })
    )

    it.effect("reads a source twice, but only once for a sink that takes exclusions", () =>
      Effect.gen(function* () {
        for (const [isTaking, reads] of [
          [false, 2],
          [true, 1]
        ] as const) {
          const at = yield* folders
          const one = counted(sourceOf(all))
          const sink = isTaking ? { sink: taking(at.out).sink } : {}
          yield* run(at, all, { transforms: [recent], source: one.source, ...sink })
          assert.strictEqual(one.reads(), reads)
        }
      })
    )

    it.effect("resumes without another pass after it was stopped", () =>
      Effect.gen(function* () {
        const whole = yield* folders
        const report = yield* run(whole, all, { transforms: [recent] })
        const at = yield* folders
        const { reads, source } = counted(sourceOf(all))
        const hooks = { onWrite: (n: number) => (n === 2 ? Effect.fail(LinesSink.crash) : Effect.void) }
        const stopped = yield* Effect.exit(run(at, all, { transforms: [recent], hooks, source }))
        assert.isTrue(Exit.isFailure(stopped))
        const before = reads()
        const again = yield* run(at, all, { transforms: [recent], source })
        assert.isAtMost(reads() - before, 1)
        assert.deepStrictEqual(yield* linesOf(at.out), yield* linesOf(whole.out))
        assert.deepStrictEqual(again.sinks[0]?.ledger, report.sinks[0]?.ledger)
      })
    )

    it.effect("takes the exclusion of a message from a transform over a batch", () =>
      Effect.gen(function* () {
        const made = Transform.make("made", (records) =>
          Effect.map(Effect.orDie(recent.apply(records)), ({ excluded = [], ...rest }) => ({
            ...rest,
            excluded: excluded.map((one) => ({ ...one, reason: "made" }))
          }))
        )
        const at = yield* folders
        const report = yield* run(at, all, { transforms: [{ ...made, excludes: ["message"] }] })
        assert.deepStrictEqual(yield* linesOf(at.out), asLines(kept))
        assert.deepStrictEqual(dropped(report.sinks[0]?.ledger, "made"), COUNTS)
      })
    )

    it.effect("fails if a transform leaves out a message without announcing the kind", () =>
      Effect.gen(function* () {
        const { excludes: _excludes, ...silent } = recent
        const error = yield* Effect.flip(run(yield* folders, all, { transforms: [silent] }))
        assert.instanceOf(error, MigrationError.MigrationError)
        assert.include(error.message, "recent leaves out a message, but does not announce it")
      })
    )

    it.effect("gives each sink of a tee what it needs", () =>
      Effect.gen(function* () {
        const at = yield* folders
        const { exclusions, sink } = taking(`${at.out}/taking`)
        const lines = LinesSink.make(`${at.out}/lines`)
        const report = yield* run(at, all, { transforms: [recent], sink: Sink.tee([lines, sink]) })
        assert.deepStrictEqual(yield* linesOf(`${at.out}/lines`), asLines(kept))
        assert.deepStrictEqual(yield* linesOf(`${at.out}/taking`), asLines([...gone.slice(2), ...kept]))
        assert.deepStrictEqual(
          exclusions.map(({ entity }) => entity.id),
          ["old", "old"]
        )
        const [first, second] = report.sinks
        assert.deepStrictEqual(dropped(first?.ledger, "recent"), COUNTS)
        assert.deepStrictEqual(dropped(second?.ledger, "recent"), { message: 2 })
      })
    )

    it.effect("does not use the error budget if nearly all messages are left out", () =>
      Effect.gen(function* () {
        const at = yield* folders
        const entities = Array.from({ length: 5000 }, (_, i) => [
          reaction(`m${i}`, "ada"),
          message(`m${i}`, "c", i % 1000 === 0 ? {} : old)
        ]).flat()
        const report = yield* run(at, entities, { transforms: [recent], batch: 1000 })
        assert.strictEqual(report.status, "completed")
        assert.deepStrictEqual(dropped(report.sinks[0]?.ledger, "recent"), { message: 4995, reaction: 4995 })
      })
    )
  }
)

import { type Entity, Ledger } from "@chatferry/core"
import { EntityGenerator } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { type Config, dialects, type Result, write } from "./harness.ts"

const soup = (seed: number, records = 400) =>
  EntityGenerator.make({ seed, records, dangling: 0.15, duplicates: 0.25, oddIds: 0.4, extremes: 0.05 })

const policies: ReadonlyArray<Partial<Config>> = [
  {},
  { missingUser: "reject", deletedMessages: "skip", readState: "unread", deletedChannels: "skip" },
  {
    unknownChannel: "synthesise",
    distinctChannels: "member_ids",
    deletedContent: "keep",
    httpUrls: "custom"
  },
  {
    missingUser: "reject",
    unknownChannel: "synthesise",
    distinctChannels: "member_ids",
    maxMessageLength: 50
  }
]

const cases = dialects.flatMap((dialect) => policies.map((policy, index) => ({ dialect, policy, index })))

const published = ({ file, idMap, manifest, moved }: Result) => ({ file, idMap, moved, manifest })

const byText = (a: { readonly text: string }, b: { readonly text: string }) => (a.text < b.text ? -1 : 1)
const reordered = (entities: ReadonlyArray<Entity.Entity>, turn: number) => {
  const order = (text: string) =>
    Array.from(text).reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0) + turn) | 0, turn)
  return entities
    .map((entity, i) => ({ entity, text: `${order(`${i}${JSON.stringify(entity).slice(0, 80)}`)}` }))
    .toSorted(byText)
    .map(({ entity }) => entity)
}

describe("StreamImportSink with untidy entities", () => {
  for (const { dialect, index, policy } of cases) {
    it.live.prop(
      `writes a valid ${dialect} file and accounts for every record (policies ${index})`,
      [Schema.Int],
      ([seed]) =>
        Effect.gen(function* () {
          const { ledger, problems, rejected } = yield* write({ dialect, ...policy }, soup(seed))
          assert.deepStrictEqual(problems, [])
          assert.deepStrictEqual(Ledger.imbalance(ledger), [])
          assert.strictEqual(rejected.length, Ledger.rejectedCount(ledger))
        }),
      runs(2, 100)
    )

    it.live(`writes the same ${dialect} bytes in any order and any batches (policies ${index})`, () =>
      Effect.gen(function* () {
        const entities = soup(7 + index)
        const expected = published(yield* write({ dialect, ...policy }, entities))
        for (const [turn, batch] of [
          [1, 100],
          [2, 7],
          [3, 1000]
        ] as const) {
          const other = yield* write({ dialect, ...policy }, reordered(entities, turn), batch)
          assert.deepStrictEqual(published(other), expected)
        }
      })
    )
  }

  it.live("maps ids of users, channels and messages one to one", () =>
    Effect.gen(function* () {
      const { idMap, of } = yield* write({ dialect: "jsonl" }, soup(3, 1500))
      for (const kind of ["user", "channel"]) {
        const lines = idMap.filter((line) => line["kind"] === kind)
        assert.strictEqual(new Set(lines.map((line) => line["sourceId"])).size, lines.length)
        assert.sameMembers(
          lines.map((line) => line["streamId"]),
          of(kind).map((item) => item["id"])
        )
      }
    })
  )
})

import { Entity } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { lines, publish, read, sample, snapshot, temporary } from "./Harness.ts"

const settings = [
  { name: "a file per kind", layout: "by-kind", gzip: false },
  { name: "one file", layout: "mixed", gzip: false },
  { name: "a compressed file per kind", layout: "by-kind", gzip: true },
  { name: "one compressed file", layout: "mixed", gzip: true }
] as const

const byKind = (entities: ReadonlyArray<Entity.Entity>) =>
  Entity.kinds.flatMap((kind) => entities.filter(({ _tag }) => _tag === kind))

describe.each(settings)("NdjsonSink and NdjsonSource with $name", ({ gzip, layout }) => {
  it.effect.prop(
    "return the same entities, and the same bytes when they are written again",
    [Schema.Array(Entity.Entity)],
    ([entities]) =>
      Effect.gen(function* () {
        const [first, second] = [`${yield* temporary}/out`, `${yield* temporary}/out`]
        yield* publish({ directory: first, layout, gzip }, entities)
        const { records, rejected } = yield* read({ inputs: first })
        assert.deepStrictEqual(rejected, [])
        assert.strictEqual(lines(records), lines(layout === "mixed" ? entities : byKind(entities)))
        yield* publish({ directory: second, layout, gzip }, records, 3)
        const [a, b] = [yield* snapshot(first), yield* snapshot(second)]
        assert.deepStrictEqual(a, b)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    runs(8, 300)
  )

  it.live("return thousands of entities", () =>
    Effect.gen(function* () {
      const directory = `${yield* temporary}/out`
      const entities = sample(20_000)
      yield* publish({ directory, layout, gzip }, entities, 4096)
      const { records } = yield* read({ inputs: directory })
      assert.strictEqual(lines(records), lines(layout === "mixed" ? entities : byKind(entities)))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

describe("NdjsonSource", () => {
  it.live("keeps the order of an entity's fields in the file", () =>
    Effect.gen(function* () {
      const directory = `${yield* temporary}/out`
      const entity = {
        custom: { b: {}, a: {} },
        name: "n",
        id: "u",
        _tag: "user"
      } as unknown as Entity.Entity
      yield* publish({ directory }, [entity])
      const { records } = yield* read({ inputs: directory })
      assert.strictEqual(JSON.stringify(records[0]), JSON.stringify(entity))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

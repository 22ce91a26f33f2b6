import { type Entity, type SinkError } from "@chatferry/core"
import { assert, it } from "@effect/vitest"
import { Effect, type PlatformError } from "effect"
import { message } from "../../../test/entities.ts"
import { type Config, type Result, write } from "./harness.ts"

export type Items = ReadonlyArray<Entity.Entity>

const { userId: _, ...rest } = message("1", { type: "system" })
/** A system message. */
export const withoutUser: Entity.Entity = rest

/** Writes JSON Lines with policies. */
export const lines = (
  entities: Items,
  config: Partial<Config> = {}
): Effect.Effect<Result, SinkError.SinkError | PlatformError.PlatformError> =>
  write({ dialect: "jsonl", ...config }, entities)

interface Case {
  readonly name: string
  readonly entities: Items
  readonly config?: Partial<Config>
  readonly expect: (result: Result) => void
}

export const only = (result: Result, kind: string) => {
  const items = result.of(kind)
  assert.strictEqual(items.length, 1, kind)
  return items[0] ?? {}
}
export const byId = (result: Result, kind: string, id: string) =>
  result.of(kind).find((item) => item["id"] === id) ?? {}

export const table = (cases: ReadonlyArray<Case>) =>
  it.live.each(cases)("$name", ({ config, entities, expect }) =>
    Effect.gen(function* () {
      const result = yield* lines(entities, config)
      assert.deepStrictEqual(result.problems, [])
      expect(result)
    })
  )

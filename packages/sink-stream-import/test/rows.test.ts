/** The rows that threads send to the stage. */
import { type Entity } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { EntityGenerator } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, type Schema } from "effect"
import { message, user } from "../../../test/entities.ts"
import { dialects } from "./harness.ts"
import { untidy } from "./untidy.ts"

const rowsOf = (
  config: Partial<StreamImportSink.StreamImportSinkConfig>,
  entities: ReadonlyArray<Entity.Entity>
) =>
  Effect.gen(function* () {
    const sink = StreamImportSink.make({ directory: "unused", dialect: "jsonl", ...config })
    const [phase] = [sink.divide(1)].flat().flatMap(({ phases }) => phases)
    const route = yield* phase?.makeRoute ?? Effect.die("no route")
    return entities.map((entity) => {
      const rows: Array<Schema.Json> = []
      route(entity, (_, what) => rows.push("row" in what ? what.row : what._tag))
      return rows
    })
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

it.effect.each(dialects.map((dialect) => ({ dialect })))(
  "an entity becomes one row, which survives JSON and threads ($dialect)",
  ({ dialect }) =>
    Effect.gen(function* () {
      const large = message("large", { custom: { app: { large: "x".repeat(9000) } } })
      const entities = [
        ...EntityGenerator.make({ seed: 4, records: 500, oddIds: 0.3 }),
        ...untidy(4),
        large,
        user("a\0b")
      ]
      const all = yield* rowsOf({ dialect }, entities)
      for (const rows of all) {
        assert.strictEqual(rows.length, 1)
        assert.deepStrictEqual(JSON.parse(JSON.stringify(rows)), rows)
        assert.deepStrictEqual(structuredClone(rows), rows)
      }
      const kinds = new Set(all.map(([row]) => (row as ReadonlyArray<unknown>)[0]))
      assert.sameMembers(
        [...kinds],
        ["user", "channel", "member", "message", "reaction", "removal", "reject"]
      )
    })
)

it.effect("the row of a plain message has nothing but texts", () =>
  Effect.gen(function* () {
    const [rows = []] = yield* rowsOf({}, [message("1", { text: "hello", userSnapshot: { name: "Ada" } })])
    const [kind, id, channelId, userId, createdAt, sender, item, rest] = rows[0] as ReadonlyArray<string>
    assert.deepStrictEqual([kind, id, channelId, userId], ["message", "1", "general", "ada"])
    assert.deepStrictEqual([sender, rest], ['{"name":"Ada"}', null])
    assert.match(createdAt ?? "", /^\d{4}-/u)
    assert.include(item, '"text":"hello"')
  })
)

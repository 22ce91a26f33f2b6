import { DatabaseSync } from "node:sqlite"
import { inspect } from "node:util"
import { Ids } from "@chatferry/core"
import { EntityGenerator, SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, FileSystem, Option } from "effect"
import { message } from "../../../test/entities.ts"
import { makeRun, openRun, stageOf } from "./harness.ts"

const CANARY = "kanarienvogel"

// A value that is moved to the side file, so that each table has rows.
const large = {
  ...message("with a large field"),
  custom: { app: { large: "x".repeat(9000) } },
  parentId: Ids.MessageId.make("with a large field")
}
const entities = [...EntityGenerator.make({ seed: 5, records: 120 }), large]

/** All text columns of a stage. */
const columnsOf = (path: string) => {
  const database = new DatabaseSync(path)
  const rows = database
    .prepare(
      `SELECT m.name AS "table", c.name AS "column" FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c.type = 'TEXT' ORDER BY 1, 2`
    )
    .all() as unknown as ReadonlyArray<{ readonly table: string; readonly column: string }>
  database.close()
  return rows
}

const damages = [
  { name: "a text in front", value: (column: string) => `'${CANARY} ' || ${column}` },
  { name: "a missing half", value: (column: string) => `substr(${column}, 1, 3) || '${CANARY}'` },
  { name: "another shape", value: () => `'["${CANARY}"]'` },
  { name: "an unknown number", value: () => `'{"${CANARY}":1}'` }
]

describe("a damaged staged value", () => {
  it.live(
    "fails with an error that does not show it, or is published if it is only copied",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const config = { dialect: "jsonl", validate: false } as const
        const probe = yield* makeRun(config)
        const receipt = yield* Effect.scoped(
          Effect.flatMap(openRun(probe), (session) => Effect.andThen(session.write(entities), session.commit))
        )
        const whole = `${(yield* makeRun(config)).root}/whole`
        yield* fs.copy(probe.root, whole)
        const columns = columnsOf(`${stageOf(probe)}/stage.db`)
        assert.isAbove(columns.length, 30)
        let failures = 0
        for (const { column, table } of columns) {
          for (const { name, value } of damages) {
            const run = { ...probe, root: `${probe.root}/damaged` }
            yield* fs.copy(whole, run.root, { overwrite: true })
            const database = new DatabaseSync(`${stageOf(run)}/stage.db`)
            database.exec(`UPDATE ${table} SET ${column} = ${value(column)} WHERE ${column} IS NOT NULL`)
            database.close()
            const exit = yield* Effect.exit(
              Effect.scoped(
                Effect.flatMap(openRun(run, Option.some(receipt)), (session) => SinkHarness.finish(session))
              )
            )
            if (Exit.isSuccess(exit)) continue
            failures++
            const error = Cause.squash(exit.cause)
            const where = `${table}.${column} with ${name}`
            const shown = [String(error), Cause.pretty(exit.cause), inspect(error, { depth: 20 })].join("\n")
            assert.notInclude(shown, CANARY, where)
            if (name !== "another shape" && name !== "an unknown number") {
              assert.include(shown, "SinkError", where)
            }
          }
        }
        assert.isAtLeast(failures, 20)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    300_000
  )
})

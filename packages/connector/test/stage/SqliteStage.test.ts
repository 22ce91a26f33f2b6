import { DatabaseSync } from "node:sqlite"
import { Sqlite, SqliteStage } from "@chatferry/connector"
import type { RowChecksums } from "@chatferry/core/files"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Scope, Exit } from "effect"

const options = (directory: string) => ({
  sink: "notes",
  directory,
  file: "stage.db",
  schema: `CREATE TABLE notes (row INTEGER PRIMARY KEY, text TEXT NOT NULL, size INTEGER);
    CREATE TABLE names (row INTEGER PRIMARY KEY, name TEXT NOT NULL)`,
  tables: { notes: ["text", "size"], names: ["name"] },
  unmake: "DROP INDEX IF EXISTS notes_by_text"
})

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  Effect.map(fs.makeTempDirectoryScoped(), (path) => `${path}/state/sink`)
)

/** Opens the stage, uses it and closes it, as one run does. */
const run = <A, E, R>(
  directory: string,
  last: RowChecksums.Proof | undefined,
  use: (stage: SqliteStage.SqliteStage<"notes" | "names">) => Effect.Effect<A, E, R>
) => Effect.scoped(Effect.flatMap(SqliteStage.open(options(directory), last), use))

const add = (stage: SqliteStage.SqliteStage<"notes" | "names">, ...texts: ReadonlyArray<string>) => {
  const insert = stage.insert("notes")
  return stage.write(() => texts.map((text) => insert(text, text.length)))
}

const textsIn = (directory: string) => {
  const database = new DatabaseSync(`${directory}/stage.db`)
  const rows = database.prepare("SELECT text FROM notes ORDER BY row").all()
  database.close()
  return rows.map(({ text }) => text)
}

it.layer(NodeServices.layer)("SqliteStage", (it) => {
  it.effect("numbers rows from 1 in each table, and continues after committed rows", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const proof = yield* run(directory, undefined, (stage) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* add(stage, "one", "two"), [1, 2])
          assert.strictEqual(yield* stage.write(() => stage.insert("names")("a")), 1)
          return yield* stage.commit
        })
      )
      const numbers = yield* run(directory, proof, (stage) =>
        Effect.tap(add(stage, "three"), () => stage.commit)
      )
      assert.deepStrictEqual(numbers, [3])
      assert.deepStrictEqual(textsIn(directory), ["one", "two", "three"])
    })
  )

  it.effect("continues in a stage that was closed right after a commit, without services", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const proof = yield* run(directory, undefined, (stage) =>
        Effect.andThen(add(stage, "one"), stage.commit)
      )
      const rows = SqliteStage.reopen(options(directory), `${directory}/stage.db`, proof)
      assert.strictEqual(
        rows.write(() => rows.insert("notes")("two", 3)),
        2
      )
      const last = rows.commit()
      rows.database.close()
      // Opening it verifies all rows.
      assert.deepStrictEqual(yield* run(directory, last, ({ commit }) => commit), last)
      assert.deepStrictEqual(textsIn(directory), ["one", "two"])
    })
  )

  it.effect("goes back to a receipt: later rows and derived tables are gone", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const first = yield* run(directory, undefined, (stage) =>
        Effect.andThen(add(stage, "kept"), stage.commit)
      )
      yield* run(directory, first, (stage) =>
        Effect.gen(function* () {
          yield* add(stage, "committed later")
          yield* stage.commit
          yield* stage.write(() => stage.database.exec("CREATE INDEX notes_by_text ON notes (text)"))
          yield* stage.commit
          yield* add(stage, "never committed")
        })
      )
      yield* run(directory, first, ({ database }) =>
        Effect.sync(() => {
          const indexes = database.prepare("SELECT name FROM sqlite_master WHERE type = 'index'").all()
          assert.deepStrictEqual(indexes, [])
        })
      )
      assert.deepStrictEqual(textsIn(directory), ["kept"])
      const same = yield* run(directory, first, ({ commit }) => commit)
      assert.deepStrictEqual(same, first)
    })
  )

  it.effect("is empty without a receipt, whatever the file contained", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      yield* run(directory, undefined, (stage) => Effect.andThen(add(stage, "old"), stage.commit))
      yield* run(directory, undefined, () => Effect.void)
      assert.deepStrictEqual(textsIn(directory), [])
    })
  )

  it.effect("hides staged data from other users of the machine", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* folder
      yield* run(directory, undefined, () => Effect.void)
      assert.strictEqual((yield* fs.stat(`${directory}/stage.db`)).mode & 0o777, 0o600)
    })
  )

  it.effect.each([
    { name: "a value has changed", sql: "UPDATE notes SET text = 'other' WHERE row = 1" },
    { name: "a row is missing", sql: "DELETE FROM names" },
    { name: "a column was added", sql: "ALTER TABLE notes ADD COLUMN more TEXT" }
  ])("is reported as damaged, with the file, if $name", ({ sql }) =>
    Effect.gen(function* () {
      const directory = yield* folder
      const proof = yield* run(directory, undefined, (stage) =>
        Effect.gen(function* () {
          yield* add(stage, "one", "two")
          yield* stage.write(() => stage.insert("names")("a"))
          return yield* stage.commit
        })
      )
      const database = new DatabaseSync(`${directory}/stage.db`)
      database.exec(sql)
      database.close()
      const { reason, sink } = yield* Effect.flip(run(directory, proof, () => Effect.void))
      assert.strictEqual(sink, "notes")
      assert.include(reason, { _tag: "StagedDataDamaged", path: `${directory}/stage.db` })
    })
  )

  it.effect("finds rows that changed while it was open", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      yield* run(directory, undefined, (stage) =>
        Effect.gen(function* () {
          yield* add(stage, "one")
          const proof = yield* stage.commit
          yield* SqliteStage.check(options(directory), stage.database, proof)
          stage.database.exec("UPDATE notes SET size = 4")
          const { reason } = yield* Effect.flip(SqliteStage.check(options(directory), stage.database, proof))
          assert.strictEqual(reason._tag, "StagedDataDamaged")
        })
      )
    })
  )

  it.effect("turns exceptions of its code into sink errors that name the file", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const error = yield* Effect.flip(
        run(directory, undefined, (stage) => stage.write(() => stage.database.exec("INSERT INTO nothing")))
      )
      assert.include(error.message, `notes: cannot write ${directory}/stage.db`)
    })
  )

  it.effect("rolls back uncommitted rows when its scope closes", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const scope = yield* Scope.make()
      const stage = yield* Scope.provide(SqliteStage.open(options(directory)), scope)
      yield* add(stage, "lost")
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(textsIn(directory), [])
    })
  )
})

it("Sqlite.quote quotes any text", () => {
  const database = Sqlite.open(":memory:", "/")
  const text = 'it\'s "quoted"; DROP TABLE x --'
  assert.deepStrictEqual(
    database.prepare<{ readonly text: string }>(`SELECT ${Sqlite.quote(text)} AS text`).get(),
    {
      text
    }
  )
  database.close()
})

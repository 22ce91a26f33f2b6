import { DatabaseSync } from "node:sqlite"
import { RowChecksums } from "@chatferry/core/files"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"

const things: RowChecksums.Table = { name: "things", columns: ["name", "size", "note"] }
const others: RowChecksums.Table = { name: "others", columns: ["name"] }
const tables = [things, others]

type Row = readonly [name: string, size: number, note: string | null]

const SCHEMA = `CREATE TABLE things (row INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, note TEXT);
  CREATE TABLE others (row INTEGER PRIMARY KEY, name TEXT NOT NULL)`

const of = (database: DatabaseSync): RowChecksums.Database => ({
  prepare: <Row>(sql: string): RowChecksums.Query<Row> => {
    const statement = database.prepare(sql)
    return { get: (...values) => statement.get(...values) as unknown as Row | undefined }
  }
})

const filled = (path: string, rows: ReadonlyArray<Row>) => {
  const database = new DatabaseSync(path)
  database.exec(`${SCHEMA}; BEGIN`)
  const checksums = RowChecksums.open(of(database), tables)
  const [addThing, addOther] = [checksums.adder(things), checksums.adder(others)]
  const insert = database.prepare("INSERT INTO things (name, size, note) VALUES (?, ?, ?)")
  const insertOther = database.prepare("INSERT INTO others (name) VALUES (?)")
  for (const [i, row] of rows.entries()) {
    insert.run(...row)
    assert.strictEqual(addThing(row), i + 1)
    insertOther.run(row[0])
    addOther([row[0]])
  }
  database.exec("COMMIT")
  return { database, checksums }
}

const rows: ReadonlyArray<Row> = [
  ["one", 1, null],
  ["two", -2, ""],
  ["a\0b", 3, "Grüße 🎉"],
  ["", 2 ** 52, "\ud800 alone"],
  // Longer than the buffers for adding and for reading.
  ["long", 5, "é".repeat(700_000)],
  ...Array.from({ length: 300 }, (_, i): Row => [`n${i}`, i, i % 3 === 0 ? null : `note ${i}`])
]

const within =
  (path: string) =>
  <A>(code: (database: RowChecksums.Database) => A) =>
    Effect.try({
      try: () => {
        const database = new DatabaseSync(path)
        try {
          return code(of(database))
        } finally {
          database.close()
        }
      },
      catch: (thrown) => ({ thrown })
    })

const onDisk = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = `${yield* fs.makeTempDirectoryScoped()}/rows.db`
  const { checksums, database } = filled(path, rows)
  database.close()
  const proof = checksums.proof()
  const prove = (run = within(path)) =>
    RowChecksums.prove({ path, tables, proof, within: run, failed: (cause) => ({ cause }) })
  return { fs, path, prove }
})

it("verifies the rows that were added, whatever has been added later", () => {
  const { checksums, database } = filled(":memory:", rows)
  const proof = Schema.decodeUnknownSync(RowChecksums.Proof)(JSON.parse(JSON.stringify(checksums.proof())))
  assert.strictEqual(proof.tables["things"]?.rows, rows.length)
  assert.isUndefined(RowChecksums.problemIn(of(database), tables, proof))
  database.exec("INSERT INTO things (name, size) VALUES ('later', 1)")
  assert.isUndefined(RowChecksums.problemIn(of(database), tables, proof))
})

it("has the same sums if it is opened again after every row", () => {
  const { checksums } = filled(":memory:", rows)
  const { database } = filled(":memory:", [])
  let proof = RowChecksums.open(of(database), tables).proof()
  for (const row of rows) {
    const again = RowChecksums.open(of(database), tables, proof)
    again.adder(things)(row)
    again.adder(others)([row[0]])
    proof = again.proof()
  }
  assert.deepStrictEqual(proof, checksums.proof())
})

it.each([
  ["a text", "UPDATE things SET note = 'Grüsse 🎉' WHERE row = 3"],
  ["a letter of a long text", "UPDATE things SET note = 'f' || substr(note, 2) WHERE row = 5"],
  ["a number", "UPDATE things SET size = -3 WHERE row = 2"],
  ["a text that is bytes", "UPDATE things SET name = CAST(name AS BLOB) WHERE row = 1"],
  ["a text that is nothing", "UPDATE things SET note = NULL WHERE row = 2"],
  ["nothing that is a text", "UPDATE things SET note = '' WHERE row = 1"],
  ["what stands in two columns", "UPDATE things SET name = note, note = name WHERE row = 7"],
  ["a row that is gone", "DELETE FROM things WHERE row = 100"],
  ["the last row", "DELETE FROM others WHERE row = (SELECT max(row) FROM others)"],
  ["a row with another number", "UPDATE things SET row = -1 WHERE row = 50"],
  ["a row before the first one", "INSERT INTO things (row, name, size) VALUES (0, '', 0)"],
  ["the name of a column", "ALTER TABLE things RENAME COLUMN note TO remark"],
  ["a table that is gone", "DROP TABLE others"]
])("notices %s", (_, sql) => {
  const { checksums, database } = filled(":memory:", rows)
  database.exec(sql)
  assert.match(
    RowChecksums.problemIn(of(database), tables, checksums.proof()) ?? "",
    /^(?:has|does not have) /u
  )
})

it.layer(NodeServices.layer)("a database that is opened again", (it) => {
  it.effect("is verified if it is unchanged, and rejected if it is missing", () =>
    Effect.gen(function* () {
      const { fs, path, prove } = yield* onDisk
      yield* prove()
      yield* fs.remove(path)
      const error = yield* Effect.flip(prove())
      assert.include(error, { _tag: "StagedDataDamaged", path, problem: "is gone" })
      assert.isFalse(yield* fs.exists(path))
    })
  )

  it.effect("is rejected after a change of any byte that matters", () =>
    Effect.gen(function* () {
      const { fs, path, prove } = yield* onDisk
      const content = yield* fs.readFile(path)
      const header = Array.from({ length: 100 }, (_, i) => i)
      const further = Array.from(
        { length: 60 },
        (_, i) => 100 + Math.floor((i / 60) * (content.length - 100))
      )
      let rejected = 0
      for (const at of [...header, ...further]) {
        const copy = content.slice()
        copy[at] = (copy[at] ?? 0) ^ 0x55
        yield* fs.writeFile(path, copy)
        const outcome = yield* Effect.result(prove())
        if (outcome._tag === "Success") continue
        rejected++
        assert.include(outcome.failure, { _tag: "StagedDataDamaged", path }, `byte ${at}`)
      }
      assert.isAbove(rejected, 60)
    })
  )

  it.effect("is not called damaged if the system fails to read it", () =>
    Effect.gen(function* () {
      const { path, prove } = yield* onDisk
      const corrupt = Object.assign(new Error("malformed"), { errcode: 11, errstr: "malformed" })
      const failing = Object.assign(new Error("disk"), { errcode: 10, errstr: "disk I/O error" })
      let calls = 0
      const once = <A>(code: (database: RowChecksums.Database) => A) =>
        Effect.suspend(() => (++calls === 1 ? Effect.fail({ thrown: corrupt }) : within(path)(code)))
      yield* prove(once)
      assert.strictEqual(calls, 2)
      const always = () => Effect.fail({ thrown: failing })
      assert.deepStrictEqual(yield* Effect.flip(prove(always)), { cause: failing })
      const damaged = yield* Effect.flip(prove(() => Effect.fail({ thrown: corrupt })))
      assert.include(damaged, { _tag: "StagedDataDamaged", path })
    })
  )
})

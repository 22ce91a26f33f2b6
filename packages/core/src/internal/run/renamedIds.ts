// Stores old and new ids of renamed records on disk: two ids must not become one unless a table says so.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Scope from "effect/Scope"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Json from "../../files/Json.ts"
import * as RowChecksums from "../../files/RowChecksums.ts"
import { type MigrationErrorReason, StagedDataDamaged, StateFailed } from "../../MigrationError.ts"
import type { RenamedId, Transform } from "../../Transform.ts"
import * as Database from "../files/database.ts"
import { invalid, failure, type TransformFailed } from "../transforms/failure.ts"

export interface RenamedIds {
  readonly add: (ids: ReadonlyArray<RenamedId>) => Effect.Effect<void, MigrationErrorReason>
  /** Makes all added ids durable, and returns what `open` needs to return to this point. */
  readonly commit: Effect.Effect<RowChecksums.Proof | null, MigrationErrorReason>
  /** Fails if two ids have become one; returns the number of ids in tables that never occurred. */
  readonly finish: Effect.Effect<number, MigrationErrorReason>
}

/** Opens the ids of a run as they were at a commit. No file is made if no transform renames ids. */
export const open = (
  path: string,
  directory: string,
  { parts = [] }: Pick<Transform<unknown, unknown>, "parts">,
  last: RowChecksums.Proof | null
): Effect.Effect<RenamedIds, MigrationErrorReason, FileSystem.FileSystem | Scope.Scope> => {
  const renaming = parts.filter(({ renames }) => renames !== undefined)
  if (renaming.length === 0) return Effect.succeed(NONE)
  const attempt = <A>(f: () => A) =>
    Effect.try({ try: f, catch: (cause) => new StateFailed({ path, cause }) })
  return Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (last === null) yield* prepare(fs, path)
    else yield* Database.prove({ path, tables: [TABLE], proof: last, failed: asStateFailed(path) })
    const database = yield* Database.open(path, asStateFailed(path))
    yield* attempt(() => {
      database.exec(`${Database.pragmasWith(directory)}; ${SCHEMA}`)
      database.prepare("DELETE FROM renamed WHERE row > ?").run(last?.tables[TABLE.name]?.rows ?? 0)
    })
    return yield* attempt(() => make(database, attempt, renaming, path, last ?? undefined))
  }).pipe(Effect.catchTag("PlatformError", (cause) => Effect.fail(new StateFailed({ path, cause }))))
}

// internal

const NONE: RenamedIds = { add: () => Effect.void, commit: Effect.succeed(null), finish: Effect.succeed(0) }

const asStateFailed = (path: string) => (cause: unknown) => new StateFailed({ path, cause })

// The table only grows, and its rows count up from 1. Only ids from a table of ids may become one.
const SCHEMA = `CREATE TABLE IF NOT EXISTS renamed (row INTEGER PRIMARY KEY, transform TEXT NOT NULL, kind TEXT NOT NULL,
  is_table INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL)`
const TABLE = { name: "renamed", columns: ["transform", "kind", "is_table", "old", "new"] }

const prepare = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, path: string) {
  for (const suffix of ["", "-journal"])
    yield* DurableFile.awaited(fs.remove(`${path}${suffix}`, { force: true }))
  // The database keeps the permissions of an existing file: only the owner may read the ids.
  yield* Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 }))
})

const make = (
  database: Database.Database,
  attempt: <A>(f: () => A) => Effect.Effect<A, StateFailed>,
  renaming: ReadonlyArray<Transform<unknown, unknown>>,
  path: string,
  last: RowChecksums.Proof | undefined
): RenamedIds => {
  const checksums = RowChecksums.open(database, [TABLE], last)
  const addRow = checksums.adder(TABLE)
  let isOpen = false
  const rules = new Map(renaming.map(({ name, renames }) => [name, renames]))
  const recent = makeRecent()
  const insert = database.prepare(
    "INSERT INTO renamed (transform, kind, is_table, old, new) VALUES (?, ?, ?, ?, ?)"
  )
  const add = (id: RenamedId): TransformFailed | undefined => {
    const isTable = rules.get(id.transform)?.[id.kind] !== "function"
    const before = recent.add(id, isTable)
    if (before === id.from) return undefined
    if (before !== undefined && !isTable) return collision(id, before)
    if (!isOpen) database.exec("BEGIN")
    isOpen = true
    // Ids are stored as JSON, because the database would cut or change ids that are not well-formed text.
    const values = [
      id.transform,
      id.kind,
      isTable ? 1 : 0,
      JSON.stringify(id.from),
      JSON.stringify(id.to)
    ] as const
    insert.run(...values)
    addRow(values)
    return undefined
  }
  return {
    add: (ids) =>
      Effect.flatMap(
        attempt(() => {
          for (const id of ids) {
            const failed = add(id)
            if (failed !== undefined) return failed
          }
          return undefined
        }),
        (failed) => (failed === undefined ? Effect.void : Effect.fail(failed))
      ),
    commit: attempt(() => {
      if (isOpen) database.exec("COMMIT")
      isOpen = false
      return checksums.proof()
    }),
    finish: Effect.gen(function* () {
      const problem = yield* attempt(() => RowChecksums.problemIn(database, [TABLE], checksums.proof()))
      if (problem !== undefined) return yield* new StagedDataDamaged({ path, problem })
      const found = yield* attempt(() => database.prepare<Collision>(COLLISION).get())
      if (found === undefined) return yield* attempt(() => unused(database, renaming))
      const { a, b, kind, new: to, transform } = found
      return yield* collision({ transform, kind, from: text(b), to: text(to) }, text(a))
    })
  }
}

const RECENT = 32_768
const RECENT_LENGTH = 1 << 21

/**
 * The last ids by their new ids: most ids occur repeatedly, and most ids that become
 * one are close to each other. Other collisions are found at the end.
 */
const makeRecent = () => {
  let young = new Map<string, string>()
  let old = new Map<string, string>()
  let length = 0
  return {
    /** The other id that became the same one; `undefined` if none is known. */
    add: ({ from, kind, to, transform }: RenamedId, isTable: boolean): string | undefined => {
      const of = JSON.stringify(isTable ? [transform, kind, to, from] : [transform, kind, to])
      const before = young.get(of) ?? old.get(of)
      if (!young.has(of)) {
        if (young.size >= RECENT || length >= RECENT_LENGTH) {
          old = young
          young = new Map()
          length = 0
        }
        young.set(of, before ?? from)
        length += of.length + from.length
      }
      return before
    }
  }
}

interface Collision {
  readonly transform: string
  readonly kind: RenamedId["kind"]
  readonly new: string
  readonly a: string
  readonly b: string
}

const COLLISION = `SELECT transform, kind, new, min(old) AS a, max(old) AS b FROM renamed WHERE is_table = 0
  GROUP BY transform, kind, new HAVING a <> b ORDER BY transform, kind, new LIMIT 1`

const USED = `SELECT count(DISTINCT old) AS n FROM renamed WHERE transform = ? AND kind = ? AND is_table = 1`

const count = (database: Database.Database, sql: string, ...values: ReadonlyArray<string>) =>
  database.prepare<{ readonly n: number }>(sql).get(...values)?.n ?? 0

const text = (json: string) => Json.parse(json) as string

const collision = ({ from, kind, to, transform }: RenamedId, other: string): TransformFailed => {
  const both = [other, from].map((id) => JSON.stringify(id)).join(" and ")
  const merge =
    kind === "user" ? "; or, if they are the same person, join them with a table of old to new ids" : ""
  return failure(
    transform,
    invalid(
      `the ${kind}s ${both} would both get the id ${JSON.stringify(to)}. Change the function so that each gets its own id${merge}`
    )
  )
}

const unused = (
  database: Database.Database,
  renaming: ReadonlyArray<Transform<unknown, unknown>>
): number => {
  let sum = 0
  for (const { name, renames } of renaming) {
    for (const [kind, rule] of Object.entries(renames ?? {})) {
      if (typeof rule === "string") continue
      sum += rule.size - count(database, USED, name, kind)
    }
  }
  return sum
}

import { Sqlite } from "@chatferry/connector"
import * as Data from "effect/Data"
import type { KeyHash } from "./keyHash.ts"

/** The stage could not be written or read. It is thrown by functions that are called for each record. */
export class StageFault extends Data.TaggedError("StageFault")<{ readonly cause: unknown }> {}

interface Entry {
  readonly hash: KeyHash
  readonly value: number
}

interface Tables {
  readonly database: Sqlite.Database
  readonly get: Sqlite.Statement<{ readonly value: number }>
  readonly put: Sqlite.Statement
  readonly defer: Sqlite.Statement
  /** A Bloom filter of the keys, so that most new keys need no query. */
  readonly filter: Uint8Array
}

/** Stores what does not fit into memory in a database, which is created when it is first needed. */
export class Spill {
  readonly #directory: string
  #tables: Tables | undefined
  /** The length of the longest deferred text. */
  #longest = 1

  constructor(directory: string) {
    this.#directory = directory
  }

  get(hash: KeyHash): number | undefined {
    const tables = this.#tables
    if (tables === undefined || !mayHold(tables.filter, hash)) return undefined
    return guard(() => tables.get.get(high(hash), low(hash))?.value)
  }

  put(count: number, entry: (i: number) => Entry): void {
    const { database, filter, put } = this.#open()
    guard(() => {
      database.exec("BEGIN")
      for (let i = 0; i < count; i++) {
        const { hash, value } = entry(i)
        put.execute(high(hash), low(hash), value)
        hold(filter, hash)
      }
      database.exec("COMMIT")
    })
  }

  /** Appends texts. */
  defer(texts: ReadonlyArray<string>): void {
    const { database, defer } = this.#open()
    guard(() => {
      database.exec("BEGIN")
      for (const text of texts) {
        defer.execute(text)
        this.#longest = Math.max(this.#longest, text.length)
      }
      database.exec("COMMIT")
    })
  }

  /** The deferred texts in order. */
  *deferred(): IterableIterator<string> {
    const tables = this.#tables
    if (tables === undefined) return
    const page = tables.database.prepare<{ readonly no: number; readonly text: string }>(
      "SELECT no, text FROM deferred_checks WHERE no > ? ORDER BY no LIMIT ?"
    )
    const rowsAtOnce = Math.max(1, Math.min(1000, Math.floor(PAGE_CHARACTERS / this.#longest)))
    let last = 0
    for (;;) {
      const rows = guard(() => page.all(last, rowsAtOnce))
      if (rows.length === 0) return
      for (const { no, text } of rows) {
        last = no
        yield text
      }
    }
  }

  forgetDeferred(): void {
    const tables = this.#tables
    if (tables !== undefined) guard(() => tables.database.exec("DELETE FROM deferred_checks"))
  }

  clear(): void {
    const tables = this.#tables
    if (tables === undefined) return
    guard(() => tables.database.exec("DELETE FROM keys; DELETE FROM deferred_checks"))
    tables.filter.fill(0)
  }

  close(): void {
    this.#tables?.database.close()
    this.#tables = undefined
  }

  #open(): Tables {
    this.#tables ??= guard(() => {
      const database = Sqlite.open(`${this.#directory}/validate.db`, this.#directory)
      // The database is only used in this run, so it need not survive a crash.
      database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;
        CREATE TABLE keys (high INTEGER, low INTEGER, value REAL, PRIMARY KEY (high, low)) WITHOUT ROWID;
        CREATE TABLE deferred_checks (no INTEGER PRIMARY KEY, text TEXT)`)
      return {
        database,
        get: database.prepare<{ readonly value: number }>(
          "SELECT value FROM keys WHERE high = ? AND low = ?"
        ),
        put: database.prepare("INSERT OR REPLACE INTO keys VALUES (?, ?, ?)"),
        defer: database.prepare("INSERT INTO deferred_checks (text) VALUES (?)"),
        filter: new Uint8Array(FILTER_BYTES)
      }
    })
    return this.#tables
  }
}

// internal

const FILTER_BYTES = 8 << 20
const PAGE_CHARACTERS = 4 << 20

const guard = <A>(code: () => A): A => {
  try {
    return code()
  } catch (cause) {
    throw new StageFault({ cause })
  }
}

// A number holds 53 bits, so 104 of a hash's 128 bits go to disk.
const high = (hash: KeyHash) => ((hash[0] as number) >>> 0) * 2 ** 20 + ((hash[1] as number) >>> 12)
const low = (hash: KeyHash) => ((hash[2] as number) >>> 0) * 2 ** 20 + ((hash[3] as number) >>> 12)

const bitsOf = (hash: KeyHash) => [(hash[0] as number) >>> 6, (hash[2] as number) >>> 6]

const hold = (filter: Uint8Array, hash: KeyHash) => {
  for (const bit of bitsOf(hash)) filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7))
}

const mayHold = (filter: Uint8Array, hash: KeyHash): boolean =>
  bitsOf(hash).every((bit) => ((filter[bit >>> 3] as number) & (1 << (bit & 7))) !== 0)

/** Damages to the staged data of a run. */
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import type { Random } from "../slow/faults/random.ts"
import type { Sweep } from "../slow/faults/results.ts"

/** Damages a file; `undefined` if it does not apply. A file without content is removed. */
export type Damage = (file: Target, dice: Random) => { readonly content: Buffer | undefined } | undefined

interface Target {
  readonly path: string
  readonly content: Buffer
  /** The other files of the run. */
  readonly others: ReadonlyArray<Buffer>
  /** Whether it was being changed. */
  readonly isHot: boolean
  /** An earlier content of the file. */
  readonly older: Buffer | undefined
  /** Where a copy may be written. */
  readonly scratch: string
}

const PAGE = 16_384

const changed = (content: Buffer, change: (copy: Buffer) => void) => {
  const copy = Buffer.from(content)
  change(copy)
  return { content: copy }
}

const bytesOf = (count: number, dice: Random) =>
  Buffer.from(Array.from({ length: count }, () => dice.below(256)))

const BLOCK = 512

const isDatabase = (path: string): boolean => path.endsWith(".db")

/** Changes a letter of one text of one row, or deletes the row, as the database itself would. */
const changeRow: Damage = ({ content, isHot, path, scratch }, dice) => {
  // A database in the middle of a change must not be opened without its journal.
  if (!isDatabase(path) || isHot) return undefined
  writeFileSync(scratch, content)
  const database = new DatabaseSync(scratch)
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => (database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.["n"] ?? 0) !== 0)
    if (tables.length === 0) return undefined
    const table = dice.pick(tables)
    const columns = database.prepare(`PRAGMA table_info(${table})`).all()
    const keys = columns.filter(({ pk }) => pk !== 0).map(({ name }) => String(name))
    const key = keys.length > 0 ? keys : ["rowid"]
    const rows = database.prepare(`SELECT ${key.join(", ")} FROM ${table} ORDER BY ${key.join(", ")}`).all()
    const row = dice.pick(rows)
    const where = key.map((name) => `${name} = ?`).join(" AND ")
    const values = key.map((name) => row[name] ?? null)
    const texts = columns
      .filter(({ pk, type }) => pk === 0 && type === "TEXT")
      .map(({ name }) => String(name))
    if (texts.length === 0 || dice.chance(0.2)) {
      database.prepare(`DELETE FROM ${table} WHERE ${where}`).run(...values)
    } else {
      const text = dice.pick(texts)
      const change = dice.pick([`replace(${text}, 'a', 'e')`, `${text} || ' '`, `substr(${text}, 2)`])
      database.prepare(`UPDATE ${table} SET ${text} = ${change} WHERE ${where}`).run(...values)
    }
  } finally {
    database.close()
  }
  const after = readFileSync(scratch)
  rmSync(scratch)
  return { content: after }
}

export const damages: ReadonlyArray<readonly [string, Damage]> = [
  [
    "a bit is flipped",
    ({ content }, dice) =>
      changed(content, (copy) => {
        const at = dice.below(copy.length)
        copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8))
      })
  ],
  [
    "bytes are overwritten",
    ({ content }, dice) =>
      changed(content, (copy) => bytesOf(1 + dice.below(64), dice).copy(copy, dice.below(copy.length)))
  ],
  [
    "a block is NUL",
    ({ content }, dice) =>
      changed(content, (copy) => {
        const at = Math.floor(dice.below(copy.length) / BLOCK) * BLOCK
        copy.fill(0, at, Math.min(copy.length, at + BLOCK))
      })
  ],
  [
    "the end is missing",
    ({ content }, dice) => ({ content: content.subarray(0, dice.below(content.length)) })
  ],
  [
    "it is longer",
    ({ content }, dice) => ({
      content: Buffer.concat([
        content,
        dice.chance(0.5) ? bytesOf(1 + dice.below(4096), dice) : content.subarray(dice.below(content.length))
      ])
    })
  ],
  [
    "a page is replaced by another",
    ({ content, path }, dice) => {
      const size = isDatabase(path) ? PAGE : BLOCK
      const count = Math.floor(content.length / size)
      if (count < 2) return undefined
      const to = dice.below(count)
      const from = (to + 1 + dice.below(count - 1)) % count
      return changed(content, (copy) => content.copy(copy, to * size, from * size, (from + 1) * size))
    }
  ],
  ["a row is changed", changeRow],
  ["the file is gone", () => ({ content: undefined })],
  [
    "it is replaced by another file",
    ({ others }, dice) => ({ content: dice.pick([Buffer.from("{}\n"), ...others]) })
  ],
  ["it is an older version", ({ older }) => older && { content: older }]
]

/** Row of runs that were stopped before they had staged anything. */
export const NOTHING = "there is nothing to damage yet"

export const stagedDamage: Sweep = {
  name: "staged-damage",
  title: "damaged staged data",
  cases: 500,
  short: 40,
  rows: [...damages.map(([row]) => row), NOTHING]
}

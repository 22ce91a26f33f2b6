// Every message contains its author in full, so recent users are remembered and not emitted again if unchanged.
import { Sha256 } from "@chatferry/core/files"
import type { RawObject } from "../records/raw.ts"

interface RecentUser {
  /** The user as it was read. */
  user?: RawObject
  /** The user as JSON. */
  text?: string
  /** A hash of the JSON. After resuming, only the hash is known. */
  fingerprint?: string
}

/** Each user belongs to one of these rows, which hold the most recent users. */
const ROWS = 64
const COLUMNS = 4

/** The number of users that are remembered. */
export const MOST_RECENT: number = ROWS * COLUMNS

/** The state depends only on what was read before, so that reading resumes after a position as if it had not stopped. */
export class RecentUsers {
  readonly #rows: ReadonlyArray<Array<RecentUser>>

  constructor(fingerprints: ReadonlyArray<string> = []) {
    this.#rows = Array.from({ length: ROWS }, (_, row) =>
      fingerprints
        .slice(row * COLUMNS, (row + 1) * COLUMNS)
        .flatMap((fingerprint) => (fingerprint === "" ? [] : [{ fingerprint }]))
    )
  }

  /** True if a user has changed since the last time, or was not seen recently. Remembers the user. */
  isNew(id: string, user: RawObject): boolean {
    const row = this.#rows[rowOf(id)] as Array<RecentUser>
    const same = row.findIndex((recent) => recent.user !== undefined && isSame(recent.user, user, 0))
    if (same >= 0) {
      moveFirst(row, same)
      return false
    }
    const text = textOf(user)
    if (text === undefined) return true
    const at = row.findIndex((recent) => isOf(recent, text))
    if (at >= 0) {
      const found = row[at] as RecentUser
      found.user = user
      found.text = text
      moveFirst(row, at)
      return false
    }
    if (row.length === COLUMNS) row.pop()
    row.unshift({ user, text })
    return true
  }

  /** One fingerprint per column, empty for free columns; free columns at the end are omitted. */
  fingerprints(): ReadonlyArray<string> {
    const fingerprints = this.#rows.flatMap((row) =>
      Array.from({ length: COLUMNS }, (_, location) => {
        const recent = row[location]
        return recent === undefined ? "" : (recent.fingerprint ??= fingerprintOf(recent.text ?? ""))
      })
    )
    return fingerprints.slice(0, fingerprints.findLastIndex((fingerprint) => fingerprint !== "") + 1)
  }
}

// internal

const FINGERPRINT_LENGTH = 24

const moveFirst = (row: Array<RecentUser>, at: number) => {
  const [found] = at === 0 ? [] : row.splice(at, 1)
  if (found !== undefined) row.unshift(found)
}

/** Deeper values are compared as JSON. */
const MOST_LEVELS = 32

/** Whether two values certainly have the same JSON, which is found out without writing it. */
const isSame = (a: unknown, b: unknown, level: number): boolean => {
  if (a === b) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b) || level > MOST_LEVELS) return false
  const names = Object.keys(a)
  const others = Object.keys(b)
  if (names.length !== others.length) return false
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    if (name !== others[i]) return false
    if (!isSame((a as RawObject)[name], (b as RawObject)[name], level + 1)) return false
  }
  return true
}

const isOf = (recent: RecentUser, text: string) =>
  recent.text === undefined ? recent.fingerprint === fingerprintOf(text) : recent.text === text

const fingerprintOf = (text: string) => Sha256.hex([text]).slice(0, FINGERPRINT_LENGTH)

// FNV-1a: ids often differ in their last characters only.
const rowOf = (id: string) => {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return (hash >>> 8) % ROWS
}

const textOf = (user: RawObject) => {
  try {
    return JSON.stringify(user)
  } catch {
    // The user is nested too deep to be serialised, and will be rejected.
    return undefined
  }
}

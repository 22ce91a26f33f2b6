// Every message shows its author in full, so users are remembered for a while: what was shown last is not told again.
import { Sha256 } from "@chatferry/core/files"
import type { RawObject } from "../records/raw.ts"

interface Shown {
  /** What the user looked like, as JSON. */
  text?: string
  /** A hash of that, all that is left of it after reading was taken up again. */
  fingerprint?: string
}

/** Each user has a place in one of so many rows, which hold the users that were shown last. */
const ROWS = 64
const PLACES = 4

/** So many are remembered. */
export const MOST_SHOWN: number = ROWS * PLACES

/** Depends on what was read before and on nothing else, so that reading goes on after a position as if it had not stopped. */
export class RecentUsers {
  readonly #rows: ReadonlyArray<Array<Shown>>

  constructor(fingerprints: ReadonlyArray<string> = []) {
    this.#rows = Array.from({ length: ROWS }, (_, row) =>
      fingerprints
        .slice(row * PLACES, (row + 1) * PLACES)
        .flatMap((fingerprint) => (fingerprint === "" ? [] : [{ fingerprint }]))
    )
  }

  /** Tells whether a user looks other than last time, or was not shown lately. */
  isNews(id: string, user: RawObject): boolean {
    const text = textOf(user)
    if (text === undefined) return true
    const row = this.#rows[rowOf(id)] as Array<Shown>
    if (row[0]?.text === text) return false
    const at = row.findIndex((shown) => isOf(shown, text))
    const found = at < 0 ? { text } : (row[at] as Shown)
    found.text = text
    if (at >= 0) row.splice(at, 1)
    else if (row.length === PLACES) row.pop()
    row.unshift(found)
    return at < 0
  }

  /** One word a place; empty where there is none, and at the end. */
  fingerprints(): ReadonlyArray<string> {
    const fingerprints = this.#rows.flatMap((row) =>
      Array.from({ length: PLACES }, (_, location) => {
        const shown = row[location]
        return shown === undefined ? "" : (shown.fingerprint ??= fingerprintOf(shown.text ?? ""))
      })
    )
    return fingerprints.slice(0, fingerprints.findLastIndex((fingerprint) => fingerprint !== "") + 1)
  }
}

// internal

const PRINT = 24

const isOf = (shown: Shown, text: string) =>
  shown.text === undefined ? shown.fingerprint === fingerprintOf(text) : shown.text === text

const fingerprintOf = (text: string) => Sha256.hex([text]).slice(0, PRINT)

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
    // Nested too deep to be written; it will be rejected.
    return undefined
  }
}

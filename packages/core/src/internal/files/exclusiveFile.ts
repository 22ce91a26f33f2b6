// What Effect has no service for: a lock that the operating system holds for a process and drops when it ends.
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import process from "node:process"

/** Another process holds the lock. */
export const BUSY = Symbol("busy")

/**
 * Locks an empty file through SQLite, and gives what unlocks it. The file stays
 * empty. Whoever closes the file elsewhere in this process drops the lock.
 */
export const lock = (path: string): (() => void) | typeof BUSY => {
  // SQLite says the same of a system that has no lock left for a moment.
  const first = attempt(path)
  return first === BUSY ? attempt(path) : first
}

/** Tells one holder of a lock from any other, also where process ids repeat. */
export const newToken = (): string => randomUUID()

/** Who this process is, for people. In a container its id says little, so the host is named too. */
export const self = (): { readonly process: number; readonly host: string } => ({
  process: process.pid,
  host: hostname()
})

// internal

const attempt = (path: string): (() => void) | typeof BUSY => {
  // Older versions of Node cannot import it, and should say what they are.
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  const database = new DatabaseSync(path)
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
    return () => database.close()
  } catch (cause) {
    database.close()
    if ((cause as { readonly errcode?: number }).errcode === SQLITE_BUSY) return BUSY
    throw cause
  }
}

const SQLITE_BUSY = 5

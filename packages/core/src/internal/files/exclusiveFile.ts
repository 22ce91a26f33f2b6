// Effect does not have a service for a lock that the operating system holds for a process and releases when it ends.
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import process from "node:process"

/** Another process holds the lock. */
export const BUSY = Symbol("busy")

/**
 * Locks an empty file through SQLite, and returns a function that unlocks it. The file
 * stays empty. Closing the file elsewhere in this process releases the lock.
 */
export const lock = (path: string): (() => void) | typeof BUSY => {
  // SQLite reports the same if the system has temporarily run out of locks.
  const first = attempt(path)
  return first === BUSY ? attempt(path) : first
}

/** Identifies a holder of a lock, even if process ids repeat. */
export const newToken = (): string => randomUUID()

/** Identifies this process for users. In a container its id says little, so the host is named too. */
export const self = (): { readonly process: number; readonly host: string } => ({
  process: process.pid,
  host: hostname()
})

// internal

const attempt = (path: string): (() => void) | typeof BUSY => {
  // Older versions of Node cannot import it, and should report their version instead.
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

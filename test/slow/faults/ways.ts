/** The ways in which calls on files fail. */
import type { Sweep } from "./results.ts"
import { type Call, changes, type ErrorCode, type Fault } from "./shim.ts"

/** A way in which calls fail. */
export interface Way {
  readonly row: string
  readonly how: Fault["how"]
  readonly error?: ErrorCode
  /** Where it occurs first. */
  readonly calls: ReadonlyArray<Call>
  readonly also?: ReadonlyArray<Call>
}

const reading = ["open-read", "read", "pread", "stat", "list"] as const
const growing = ["open", "write", "pwrite", "mkdir", "rename", "link"] as const

export const ways: ReadonlyArray<Way> = [
  { row: "a change fails once (EIO)", how: "once", error: "EIO", calls: changes },
  { row: "a change fails once (ENOSPC)", how: "once", error: "ENOSPC", calls: growing },
  {
    row: "a name fails once (EACCES)",
    how: "once",
    error: "EACCES",
    calls: ["open", "mkdir", "rename", "link", "unlink"]
  },
  { row: "reading fails once (EIO)", how: "once", error: "EIO", calls: reading },
  { row: "too many open files, once (EMFILE)", how: "once", error: "EMFILE", calls: ["open", "open-read"] },
  { row: "a lock fails once (ENOLCK)", how: "once", error: "ENOLCK", calls: ["lock"] },
  {
    row: "the disk stays full (ENOSPC)",
    how: "for-good",
    error: "ENOSPC",
    calls: growing,
    also: growing
  },
  {
    row: "the disk stays broken (EIO)",
    how: "for-good",
    error: "EIO",
    calls: changes,
    also: changes
  },
  {
    row: "the disk stays read-only (EROFS)",
    how: "for-good",
    error: "EROFS",
    calls: changes,
    also: changes
  },
  { row: "half is written, or read", how: "short", calls: ["write", "pwrite", "read", "pread"] },
  { row: "killed before a change", how: "kill", calls: changes },
  { row: "killed half-way through a change", how: "kill-half", calls: changes }
]

export const faults: Sweep = {
  name: "faults",
  title: "faults of the file system",
  cases: 300,
  short: 30,
  rows: ways.map(({ row }) => row)
}

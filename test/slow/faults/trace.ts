/** The calls of a process, as `fault.c` records them. */
import { Effect, FileSystem } from "effect"
import type { Call } from "./shim.ts"

/** A recorded call. `a` and `b` are as in `fault.c`. */
export interface Traced {
  readonly call: Call
  /** 0 on success. */
  readonly error: number
  readonly inode: string
  readonly a: number
  readonly b: number
  readonly path: string
  readonly to: string
  /** The written bytes. */
  readonly bytes: Buffer
}

export interface Trace {
  readonly calls: ReadonlyArray<Traced>
  /** Where the fault occurred, if it did. */
  readonly hit: { readonly call: string; readonly path: string } | undefined
}

/** Reads a trace; an empty one if there is none, as for a process that accessed no files. */
export const readTrace = (file: string): Effect.Effect<Trace, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* fs.exists(file))) return { calls: [], hit: undefined }
    const data = Buffer.from(yield* fs.readFile(`${file}.data`))
    let used = 0
    let hit: Trace["hit"]
    const calls: Array<Traced> = []
    for (const line of (yield* fs.readFileString(file)).split("\n").slice(0, -1)) {
      const [call = "", error, inode = "", a, b, path = "", to = ""] = line.split("\t")
      if (call === "hit") {
        hit = { call: to, path }
        continue
      }
      const length = (call === "write" || call === "pwrite") && error === "0" ? Number(b) : 0
      const bytes = data.subarray(used, used + length)
      used += length
      const numbers = { error: Number(error), a: Number(a), b: Number(b) }
      calls.push({ call: call as Call, inode, path, to, bytes, ...numbers })
    }
    return { calls, hit }
  }).pipe(Effect.orDie)

/** The library `fault.c`: how to build it, and how to configure it. */
import { constants } from "node:os"
import { Effect, FileSystem, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

/** Calls that change a disk, by their names in `fault.c`. */
export const changes = [
  "open",
  "write",
  "pwrite",
  "truncate",
  "sync",
  "rename",
  "link",
  "unlink",
  "mkdir",
  "rmdir"
] as const
type Change = (typeof changes)[number]
export type Call = Change | "open-read" | "read" | "pread" | "stat" | "list" | "lock"

export type ErrorCode = "EACCES" | "EIO" | "EMFILE" | "ENOLCK" | "ENOSPC" | "EROFS"

/** The effect on a call: see `fault.c`. */
export interface Fault {
  /** Calls that are counted; `change` means all that change a disk. */
  readonly call: Call | "change"
  /** Number of the affected call, from 1. */
  readonly at: number
  readonly how: "once" | "for-good" | "short" | "kill" | "kill-half"
  readonly error?: ErrorCode
  /** Calls that fail from then on, too. */
  readonly also?: ReadonlyArray<Call>
}

/** Builds the library and gives its path. */
export const compile = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const library = `${yield* fs.makeTempDirectoryScoped()}/fault.so`
  const source = `${import.meta.dirname}/fault.c`
  const strict = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"]
  const child = yield* spawner.spawn(
    ChildProcess.make("gcc", [...strict, "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"])
  )
  const [printed, code] = yield* Effect.all([Stream.mkString(Stream.decodeText(child.all)), child.exitCode], {
    concurrency: 2
  })
  if (Number(code) !== 0) return yield* Effect.die(new Error(`gcc does not take fault.c:\n${printed}`))
  return library
})

/** The environment of a process whose files below `root` are watched. */
export const environment = (
  library: string,
  root: string,
  { fault, trace }: { readonly fault?: Fault | undefined; readonly trace?: string }
): Record<string, string> => ({
  LD_PRELOAD: library,
  UV_USE_IO_URING: "0",
  FAULT_ROOT: root,
  ...(trace !== undefined && { FAULT_TRACE: trace }),
  ...(fault !== undefined && {
    FAULT_CALL: fault.call,
    FAULT_AT: String(fault.at),
    FAULT_HOW: fault.how,
    ...(fault.error !== undefined && { FAULT_ERRNO: String(constants.errno[fault.error]) }),
    ...(fault.also !== undefined && { FAULT_ALSO: fault.also.join(",") })
  })
})

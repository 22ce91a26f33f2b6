// Which files the process has open, if the operating system lists them.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type { Verdict } from "./rule.ts"

/**
 * Breaks when files are open after an effect that were not open before it. Only checked where
 * the operating system has a folder of open files, as Linux does.
 */
export const closesAll = Effect.fnUntraced(function* <A, E, R>(
  what: string,
  effect: Effect.Effect<A, E, R>
): Effect.fn.Return<Verdict | undefined, E, R> {
  const fs = Option.getOrUndefined(yield* Effect.serviceOption(FileSystem.FileSystem))
  if (fs === undefined) {
    yield* effect
    return undefined
  }
  // Files that are opened once and stay open, such as libraries, are open after the first run.
  yield* effect
  const before = yield* openFiles(fs)
  yield* effect
  const after = yield* openFiles(fs)
  for (const path of before) {
    const at = after.indexOf(path)
    if (at !== -1) after.splice(at, 1)
  }
  const [one] = after
  return one === undefined
    ? undefined
    : {
        expected: `that ${what} closes every file it opens`,
        actual: `${after.length} still open, such as ${one.slice(one.lastIndexOf("/") + 1)}`
      }
})

// internal

const FOLDER = "/proc/self/fd"

/** Neither a device nor a pipe. Memory that is used as a disk stands among the devices. */
const isFile = (target: string) => /^\/(?!dev\/(?!shm\/))/u.test(target)

const openFiles = Effect.fnUntraced(function* (fs: FileSystem.FileSystem) {
  const names = yield* Effect.orElseSucceed(fs.readDirectory(FOLDER), (): ReadonlyArray<string> => [])
  const targets = yield* Effect.forEach(names, (name) =>
    // The folder's own handle is gone by now.
    Effect.orElseSucceed(fs.readLink(`${FOLDER}/${name}`), () => "")
  )
  return targets.filter(isFile)
})

/** Runs that are stopped as if by a kill, in this process. */
import { Effect, FileSystem } from "effect"

/**
 * A file system that reports its calls. `before` is called before each, with the number of calls of that name.
 * Once it stops the run, this call and all later ones end the run and do nothing.
 */
export const watched = (
  fs: FileSystem.FileSystem,
  before: (call: string, number: number) => "continue" | "stop"
): FileSystem.FileSystem => {
  const counts = new Map<string, number>()
  let isStopped = false
  const step = <A, E, R>(call: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const number = (counts.get(call) ?? 0) + 1
      counts.set(call, number)
      isStopped ||= before(call, number) === "stop"
      return isStopped ? Effect.die(STOPPED) : effect
    })
  const watchedFile = (file: FileSystem.File): FileSystem.File =>
    new Proxy(file, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target)
        const name = `file.${String(key)}`
        if (Effect.isEffect(value)) return step(name, value)
        if (typeof value !== "function") return value
        return (...args: ReadonlyArray<unknown>) =>
          step(name, Reflect.apply(value, target, args) as Effect.Effect<unknown, unknown>)
      }
    })
  const of = (name: "access" | "makeDirectory" | "readDirectory" | "readFile" | "realPath") => ({
    [name]: (...args: ReadonlyArray<never>) => step(name, Reflect.apply(fs[name], fs, args))
  })
  return FileSystem.make({
    ...fs,
    ...of("access"),
    ...of("makeDirectory"),
    ...of("readDirectory"),
    ...of("readFile"),
    ...of("realPath"),
    stat: (path) => step("stat", fs.stat(path)),
    open: (path, options) => step("open", Effect.map(fs.open(path, options), watchedFile)),
    remove: (path, options) => step("remove", fs.remove(path, options)),
    rename: (from, to) => step("rename", fs.rename(from, to))
  })
}

// internal

const STOPPED = "stopped"

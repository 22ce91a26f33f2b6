// The current process: how to start another one like it, and how to kill it.
import { writeSync } from "node:fs"
import process from "node:process"

/** The program and the options that this process was started with. */
export const node = (): { readonly path: string; readonly options: ReadonlyArray<string> } => ({
  path: process.execPath,
  options: process.execArgv
})

/** Where this process keeps what Node has compiled, if it keeps it. */
export const cache = (): string | undefined => process.env["NODE_COMPILE_CACHE"]

/** The first argument of the program. */
export const argument = (): string | undefined => process.argv[2]

/** Prints a line synchronously, because the process may end right after it. */
export const printLine = (line: string): void => {
  writeSync(1, `${line}\n`)
}

/** Ends this process immediately. */
export const kill = (): void => {
  process.kill(process.pid, "SIGKILL")
}

// The process that runs this: how another one like it is started, and how it ends itself.
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

/** Prints a line at once, because nothing may be written later. */
export const say = (line: string): void => {
  writeSync(1, `${line}\n`)
}

/** Nothing in this process runs after it. */
export const kill = (): void => {
  process.kill(process.pid, "SIGKILL")
}

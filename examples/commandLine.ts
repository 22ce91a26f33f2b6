/** How an example was started, where, and which version it is. */
import { basename, join, resolve } from "node:path"
import { Printable } from "@chatferry/core/errors"
import core from "@chatferry/core/package.json" with { type: "json" }

/** The packages have one version. */
export const { version } = core

const root = resolve(import.meta.dirname, "..")
const [, file = "", ...args] = process.argv
const {
  INIT_CWD: startedIn = root,
  npm_lifecycle_event: script = "",
  npm_lifecycle_script: line = ""
} = process.env
/** Whether it was started as a script of the repository, as its header says. */
const isScript = line.includes(join("examples", basename(file))) && file !== ""

// Scripts run in the repository's root; paths are relative to the folder in which the command was typed.
if (isScript) process.chdir(startedIn)

/** A word quoted so that shells read it back. */
const quoted = (word: string) => {
  if (/^[\w./:@-][\w./:=@-]*$/u.test(word)) return word
  const shown = Printable.line(word, Infinity)
  if (shown === word) return `'${word.replaceAll("'", String.raw`'\''`)}'`
  // Escapes of characters that a terminal would act on; shells read them in quotes of this kind.
  const escaped = word.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`)
  return `$'${Printable.line(escaped, Infinity)}'`
}

/**
 * The command that starts this program again, to be pasted where it was typed. As
 * a script it needs no other Node than the one that runs npx.
 */
export const commandLine: string = (
  isScript
    ? ["npx", "-y", "pnpm@12", ...(startedIn === root ? [] : ["--dir", root]), script, ...args]
    : [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
)
  .map(quoted)
  .join(" ")

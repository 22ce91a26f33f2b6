import { Printable } from "@chatferry/core"

/** A word for a POSIX shell; what cannot be shown is written in the way of bash and zsh. */
const quoted = (word: string): string => {
  if (/^[\w./:=@-]+$/u.test(word)) return word
  const shown = Printable.line(word, word.length * 6 + 1)
  if (shown === word) return `'${word.replaceAll("'", String.raw`'\''`)}'`
  return `$'${Printable.line(word.replaceAll(/[\\']/gu, String.raw`\$&`), word.length * 6 + 1)}'`
}

/** How this process was started, so that a program can say how to start it again. */
export const commandLine: string = ["node", ...process.execArgv, ...process.argv.slice(1)]
  .map(quoted)
  .join(" ")

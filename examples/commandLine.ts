import { Printable } from "@chatferry/core"

/** How this process was started, so that a program can say how to start it again. */
export const commandLine: string = ["node", ...process.execArgv, ...process.argv.slice(1)]
  .map((word) => {
    if (/^[\w./:=@-]+$/u.test(word)) return word
    const shown = Printable.line(
      word.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`),
      Infinity
    )
    // Escapes of characters that a terminal would act on; shells read them in quotes of this kind.
    return shown.includes("\\") ? `$'${shown}'` : `'${shown}'`
  })
  .join(" ")

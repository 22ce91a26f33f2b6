/** How this process was started, so that a program can say how to start it again. */
export const commandLine: string = ["node", ...process.execArgv, ...process.argv.slice(1)]
  .map((word) => (/^[\w./:=@-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
  .join(" ")

/** Pages of documentation as text: generated parts, and lists whose lines fit into a terminal. */

/** Most columns of a line that is generated. */
const COLUMNS = 110

/** The text with a part in the place of what stands between its markers; fails where the text has no such place. */
export const withPart = (text: string, [begin, end]: readonly [string, string], part: string): string => {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`the page needs the lines ${begin} and ${end}`)
  return `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`
}

/** An item of a list: each sentence begins a line, and no line breaks within code. */
export const item = (...sentences: ReadonlyArray<string>): string =>
  sentences
    .flatMap((sentence) => wrapped(sentence, COLUMNS - 2))
    .map((line, i) => `${i === 0 ? "- " : "  "}${line}`)
    .join("\n")

// internal

const wrapped = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/gu) ?? []) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Reads RFC 4180 strictly: quotes only around whole cells, rows of equal length, and nothing after the last row. */
export const readCsv = (text: string, delimiter: string): ReadonlyArray<Readonly<Record<string, string>>> => {
  const end = delimiter === "\n" ? "\r\n" : "\n"
  const rows: Array<Array<string>> = [[]]
  let at = 0
  while (at < text.length) {
    const [cell, next] = text[at] === '"' ? quoted(text, at) : plain(text, at, [delimiter, end])
    rows.at(-1)?.push(cell)
    at = next
    if (text.startsWith(end, at)) {
      at += end.length
      rows.push([])
    } else if (text.startsWith(delimiter, at)) {
      at += delimiter.length
      if (text.startsWith(end, at)) {
        rows.at(-1)?.push("")
        at += end.length
        rows.push([])
      }
    } else throw new Error(`no end of a cell at ${at}`)
  }
  if (rows.pop()?.length !== 0) throw new Error("the last row has no end")
  const [header, ...body] = rows
  return body.map((cells) => {
    if (cells.length !== header?.length)
      throw new Error(`${cells.length} cells below ${header?.length} columns`)
    return Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""]))
  })
}

const quoted = (text: string, start: number): readonly [cell: string, next: number] => {
  let cell = ""
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') cell += text[at]
    else if (text[at + 1] === '"') {
      cell += '"'
      at++
    } else return [cell, at + 1]
  }
  throw new Error(`a quote without an end at ${start}`)
}

const plain = (
  text: string,
  start: number,
  ends: ReadonlyArray<string>
): readonly [cell: string, next: number] => {
  let at = start
  while (at < text.length && !ends.some((end) => text.startsWith(end, at))) at++
  const cell = text.slice(start, at)
  if (/["\r\n]/u.test(cell)) throw new Error(`a quote or a line break in a plain cell at ${start}`)
  return [cell, at]
}

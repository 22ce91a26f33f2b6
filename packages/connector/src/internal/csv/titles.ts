/** The column names of a header, as rejects use them. Duplicate names are made unique. */
export const titlesOf = (header: ReadonlyArray<string>): ReadonlyArray<string> => {
  const taken = new Set<string>()
  return header.map((cell, index) => unique(cell.trim() === "" ? `column_${index + 1}` : cell.trim(), taken))
}

/** Makes a name unique among those taken, and adds it to them. */
export const unique = (name: string, taken: Set<string>): string => {
  let found = name
  for (let n = 2; taken.has(found); n++) found = `${name}_${n}`
  taken.add(found)
  return found
}

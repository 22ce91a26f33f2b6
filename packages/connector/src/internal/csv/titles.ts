/** The columns of a header, as rejects name them: two of one name are told apart. */
export const titlesOf = (header: ReadonlyArray<string>): ReadonlyArray<string> => {
  const taken = new Set<string>()
  return header.map((cell, index) => unique(cell.trim() === "" ? `column_${index + 1}` : cell.trim(), taken))
}

/** A name that is not taken yet; takes it. */
export const unique = (name: string, taken: Set<string>): string => {
  let found = name
  for (let n = 2; taken.has(found); n++) found = `${name}_${n}`
  taken.add(found)
  return found
}

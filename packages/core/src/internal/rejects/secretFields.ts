// Removes fields with secrets from rejected records.

/** A value without the named fields, at any depth; the same value if it has none. It must not be nested too deeply. */
export const withoutFields = (value: unknown, names: ReadonlySet<string>): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) {
    const list = value.map((one: unknown) => withoutFields(one, names))
    return list.every((one, i) => one === value[i]) ? value : list
  }
  let isChanged = false
  const kept: Array<readonly [string, unknown]> = []
  for (const [name, field] of Object.entries(value)) {
    const clean = names.has(name) ? undefined : withoutFields(field, names)
    isChanged ||= clean !== field
    if (!names.has(name)) kept.push([name, clean])
  }
  return isChanged ? Object.fromEntries(kept) : value
}

/** The same for text that is not JSON: removes the text after such a name, up to the end of the value. */
export const withoutFieldsText = (text: string, names: ReadonlySet<string>): string => {
  const any = Array.from(names, (name) => name.replaceAll(/[^\w-]/gu, String.raw`\$&`)).join("|")
  return text.replaceAll(
    new RegExp(String.raw`("(?:${any})"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^,}\]]*)`, "gsu"),
    '$1""'
  )
}

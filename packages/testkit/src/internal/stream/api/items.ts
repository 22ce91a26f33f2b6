// The items of an import file: one JSON object per line, or one array.

export type Fields = Readonly<Record<string, unknown>>

export interface Item {
  readonly type: string
  readonly fields: Fields
}

export type Dialect = "jsonl" | "json-array"

export interface Parsed {
  readonly dialect: Dialect
  readonly items: ReadonlyArray<Item>
  /** Why the rest cannot be read, in the server's wording. */
  readonly errors: ReadonlyArray<string>
}

/** In the order that a file with lines must follow. */
export const order = [
  "user",
  "device",
  "future_channel_ban",
  "channel",
  "member",
  "message",
  "reaction"
] as const

export type ItemType = (typeof order)[number]

export const parse = (content: string): Parsed => (/^\s*\[/u.test(content) ? array(content) : lines(content))

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

// internal

const array = (content: string): Parsed => {
  const value = parsed(content)
  const items: Array<Item> = []
  const errors: Array<string> = []
  if (!Array.isArray(value)) return { dialect: "json-array", items, errors: [syntaxError(value)] }
  for (const element of value as ReadonlyArray<unknown>) envelope(element, "item", items, errors)
  return { dialect: "json-array", items, errors }
}

const lines = (content: string): Parsed => {
  const items: Array<Item> = []
  const errors: Array<string> = []
  for (const line of content.split("\n")) {
    if (line.trim() === "") continue
    const value = parsed(line)
    if (value instanceof SyntaxError) errors.push(syntaxError(value))
    else envelope(value, "data", items, errors)
  }
  return { dialect: "jsonl", items, errors }
}

const envelope = (value: unknown, name: string, items: Array<Item>, errors: Array<string>): void => {
  const { type } = isFields(value) ? value : {}
  const fields = isFields(value) ? value[name] : undefined
  if (!isFields(value)) errors.push("Parse error: invalid format")
  else if (typeof type !== "string" || !order.some((known) => known === type)) {
    errors.push(`Parse error: invalid item type "${String(type)}"`)
  } else if (!isFields(fields)) errors.push("Parse error: unexpected end of JSON input")
  else if (Object.keys(value).length > 2) errors.push("Parse error: invalid format")
  else items.push({ type, fields })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    return cause
  }
}

const syntaxError = (cause: unknown): string => {
  const [, character] = /Unexpected token '(.)'/u.exec(String(cause)) ?? []
  return character === undefined
    ? "Parse error: unexpected end of JSON input"
    : `Parse error: invalid character '${character}' looking for beginning of value`
}

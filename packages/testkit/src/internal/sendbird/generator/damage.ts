// The ways to damage an element of an export. Elements are text, so that the others stay byte for byte the same.
import type { Random } from "../../random/random.ts"

export const CONTENT = "CANARY-CONTENT"

/** What a reader should do with a damaged element. */
export type Outcome = "rejected" | "kept" | "either" | "unreadable"

export interface Way {
  readonly outcome: Outcome
  /** The damaged bytes of the element and a description; `undefined` if the damage does not apply to this element. */
  readonly hit: (element: string, r: Random) => Uint8Array | undefined
}

export const ways = {
  /** The field that identifies the record is missing. */
  missing_id: way("rejected", (text) => dropField(text, idOf(text))),
  /** The field that identifies the record is an object. */
  wrong_type: way("rejected", (text) => setField(text, idOf(text), `{"is": "${CONTENT}"}`)),
  /** `null` instead of an object. */
  null_element: way("rejected", () => "null"),
  /** Text or a number instead of an object. */
  no_object: way("rejected", (_, r) => r.pick([`"${CONTENT}"`, "12", "[]", "true"])),
  /** The creation time of a message is invalid. */
  bad_time: way("rejected", (text, r) =>
    isMessage(text)
      ? setField(text, "created_at", r.pick([`"${CONTENT}"`, "1e300", "{}", '"2024-02-31 00:00:00+0000"']))
      : undefined
  ),
  /** The element is repeated. */
  duplicate: way("kept", (text) => `${text},${text}`),
  /** A message replies to one that does not exist. */
  dangling_parent: way("kept", (text) =>
    isMessage(text) ? setField(text, "parent_message_id", "998000000000") : undefined
  ),
  /** An undocumented field. */
  unknown_field: way("kept", (text) => setField(text, "x_unknown_field", '{"a": [1, null, {"b": "c"}]}')),
  /** A field with several hundred kilobytes of nested JSON. */
  huge_field: way("kept", (text) =>
    setField(text, "x_huge_field", `${'{"a":['.repeat(60)}"${"x".repeat(200_000)}"${"]}".repeat(60)}`)
  ),
  /** Booleans as numbers or words. */
  wrong_boolean: way("either", (text, r) =>
    setField(
      text,
      isMessage(text) ? "is_removed" : idOf(text) === "user_id" ? "is_active" : "freeze",
      r.pick(['"yes"', "1", '"TRUE"', "null"])
    )
  ),
  /** A message without a sender that is not an admin message. */
  null_sender: way("either", (text) => (isMessage(text) ? setField(text, "user", "null") : undefined)),
  /** Invalid UTF-8 in a string. */
  invalid_utf8: {
    outcome: "rejected",
    hit: (text): Uint8Array | undefined => {
      const changed = setField(text, "custom_type", `"${CONTENT}"`)
      if (changed === undefined) return undefined
      const bytes = Buffer.from(changed)
      bytes.set([0xff, 0xc3], bytes.indexOf(CONTENT))
      return bytes
    }
  },
  /** The element ends in the middle, so its file is no longer valid JSON. */
  truncated: way("unreadable", (text) => text.slice(0, Math.floor(text.length / 2)))
} as const satisfies Readonly<Record<string, Way>>

// internal

function way(outcome: Outcome, hit: (text: string, r: Random) => string | undefined): Way {
  return {
    outcome,
    hit: (element, r) => {
      const text = hit(element, r)
      return text === undefined ? undefined : Buffer.from(text)
    }
  }
}

function isMessage(text: string): boolean {
  return (
    /"message_id"\s*:/u.test(text) && /"req_id"\s*:/u.test(text) && !/"(?:members|operators)"\s*:/u.test(text)
  )
}

function idOf(text: string): string {
  if (isMessage(text)) return "message_id"
  if (/"webhook_url"\s*:/u.test(text)) return "webhook_url"
  return /"channel_url"\s*:/u.test(text) ? "channel_url" : "user_id"
}

// Fields of the element itself, not of nested objects. The text is one object.
function setField(text: string, name: string, value: string): string | undefined {
  const rest = dropField(text, name) ?? text
  return rest.startsWith("{") ? rest.replace("{", () => `{${JSON.stringify(name)}: ${value}, `) : undefined
}

function dropField(text: string, name: string): string | undefined {
  const fields = fieldsOf(text)
  const at = fields.findIndex((field) => field.name === name)
  if (at === -1) return undefined
  return `{${fields
    .filter((_, i) => i !== at)
    .map((field) => field.text)
    .join(",")}}`
}

function fieldsOf(text: string): ReadonlyArray<{ readonly name: string; readonly text: string }> {
  const fields: Array<{ name: string; text: string }> = []
  let depth = 0
  let start = 1
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = stringEnd(text, at)
    else if (character === "{" || character === "[") depth++
    else if (character === "}" || character === "]") depth--
    if ((character === "," && depth === 1) || depth === 0) {
      const field = text.slice(start, at)
      fields.push({ name: /"([^"]*)"/u.exec(field)?.[1] ?? "", text: field })
      start = at + 1
    }
  }
  return fields
}

function stringEnd(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1
  return at
}

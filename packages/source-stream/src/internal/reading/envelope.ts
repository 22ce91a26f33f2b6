// Envelopes around records. Stream documents the lines of its exports only as "line-separated JSON", so all envelopes
// that it uses elsewhere are understood: `{"type":"message","data":{…}}` and `{"message":{…}}`.
import { declared } from "../consequences.ts"
import { channel } from "../records/channel.ts"
import { type Context, contextOf } from "../records/context.ts"
import { devices } from "../records/device.ts"
import { futureBan } from "../records/futureBan.ts"
import { isObject, type RawObject } from "../records/raw.ts"
import { LISTS, type Mapping, RECORDS } from "./lists.ts"

export interface Envelope {
  readonly name: string
  readonly field: string
  readonly inner: unknown
}

type Named = Pick<Mapping, "kind" | "map">

/** Mappings by the type of an envelope. */
const NAMED: ReadonlyMap<string, Named> = new Map<string, Named>([
  ["user", RECORDS.get("user") as Mapping],
  ["channel", { kind: "channel", map: channel }],
  ["member", RECORDS.get("member") as Mapping],
  ["channel_member", RECORDS.get("member") as Mapping],
  ["message", RECORDS.get("message") as Mapping],
  ["reaction", RECORDS.get("reaction") as Mapping],
  ["read", LISTS.get("read") as Mapping],
  ["device", { kind: "user", map: (raw, context) => devices([raw], context) }],
  ["future_channel_ban", { kind: "user", map: futureBan }]
])

const CONTENTS = ["data", "item", "value", "object", "payload"]

export const envelopeOf = (raw: RawObject): Envelope | undefined => {
  const { type } = raw
  if (typeof type === "string") {
    const name = nameOf(type)
    if (name !== undefined) {
      for (const field of [...CONTENTS, name, type]) {
        if (isObject(raw[field])) return { name, field, inner: raw[field] }
      }
      // These fields distinguish an envelope whose content is not an object from a reaction of the type "message".
      const empty = CONTENTS.find((field) => Object.hasOwn(raw, field))
      if (empty !== undefined && raw["id"] === undefined && raw["message_id"] === undefined) {
        return { name, field: empty, inner: raw[empty] }
      }
    }
  }
  const [field, ...others] = Object.keys(raw)
  if (field === undefined || others.length > 0) return undefined
  const inner = raw[field]
  // A list of records, or an object of records by id, is a page.
  if (Array.isArray(inner) || (LISTS.has(field) && isObject(inner) && Object.values(inner).every(isObject)))
    return undefined
  const name = nameOf(field)
  return name === undefined ? undefined : { name, field, inner }
}

/** Returns the content of an envelope and its mapping, or rejects an envelope without a record. */
export const insideOf = (
  { inner, name }: Envelope,
  around: RawObject,
  context: Context
): { readonly inner: RawObject; readonly map: Mapping["map"]; readonly isChannel: boolean } | undefined => {
  const { kind, map } = NAMED.get(name) as Named
  if (isObject(inner)) return { inner, map, isChannel: kind === "channel" }
  const of = contextOf(context, "any")
  context.out.reject(kind, declared.notAnObject.code, "a record must be an object", around, "", of)
  return undefined
}

// internal

const nameOf = (word: string): string | undefined => {
  const name = word.toLowerCase()
  if (NAMED.has(name)) return name
  const one = name.endsWith("s") ? name.slice(0, -1) : name
  return NAMED.has(one) ? one : undefined
}

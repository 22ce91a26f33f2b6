// The position after a batch, and the digest of the content before it, as JSON.
import { type Source } from "@chatferry/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Steps } from "./cursor.ts"
import type { Position as Within } from "./model.ts"

const Stored = Schema.Struct({
  /** The index and name of the file in each archive, starting with the outermost one. */
  entry: Schema.Array(Schema.Tuple([Schema.Int, Schema.String])),
  /** The digest of the content that was read before. */
  read: Schema.Json,
  /** The position in the file, under the name of its format; `null` before its first part. */
  at: Schema.NullOr(Schema.Record(Schema.String, Schema.Json)),
  state: Schema.optionalKey(Schema.Json)
})

export interface Position {
  readonly entry: Steps
  readonly read: Schema.Json
  readonly at: { readonly format: string; readonly within: Within } | undefined
  readonly state: Schema.Json | undefined
}

const decodeStored = Schema.decodeUnknownOption(Stored)

export const decode = (position: Source.Position): Option.Option<Position> =>
  Option.flatMap(decodeStored(position), ({ at, entry, read, state }) => {
    const isLocation = entry.length > 0 && entry.every(([index]) => index >= 0)
    if (!isLocation) return Option.none()
    if (at === null) return Option.some({ entry, read, at: undefined, state })
    const [found, ...others] = Object.entries(at)
    if (found === undefined || others.length > 0 || !isWithin(found[1])) return Option.none()
    return Option.some({ entry, read, at: { format: found[0], within: found[1] }, state })
  })

export const encode = ({ at, entry, read, state }: Position): Source.Position => ({
  entry: entry.map(([index, name]) => [index, name]),
  read,
  at: at === undefined ? null : { [at.format]: { ...at.within } },
  ...(state !== undefined && { state })
})

// internal

const isWithin = (value: Schema.Json): value is Within => {
  if (typeof value !== "object" || value === null || !("offset" in value)) return false
  return Number.isSafeInteger(value.offset) && (value.offset as number) >= 0
}

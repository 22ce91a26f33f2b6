// Where a batch ends, as JSON.
import { JsonElements, type Source } from "@chatferry/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Steps } from "./cursor.ts"

const Position = Schema.Struct({
  /** Index and name of the file, in each archive from the outermost in. */
  entry: Schema.Array(Schema.Tuple([Schema.Int, Schema.String])),
  /** Within the file; `null` before its first byte. */
  json: Schema.NullOr(JsonElements.Position),
  /** Tells what was read before from other content. */
  read: Schema.String,
  /** Something of Sendbird's has been found in the file. */
  isRecognised: Schema.Boolean
})

export type Position = typeof Position.Type

const decodePosition = Schema.decodeUnknownOption(Position)

export const decode = (position: Source.Position): Option.Option<Position> =>
  Option.filter(
    decodePosition(position),
    ({ entry, json }) =>
      entry.length > 0 &&
      entry.every(([index]) => index >= 0) &&
      (json === null || (json.offset >= 0 && json.index >= 0))
  )

export const encode = (
  entry: Steps,
  read: string,
  json: JsonElements.Position | null,
  isRecognised: boolean
): Source.Position => ({
  entry: entry.map(([index, name]) => [index, name]),
  read,
  json: json === null ? null : { ...json },
  isRecognised
})

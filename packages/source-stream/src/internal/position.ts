// Where a batch ends, as JSON.
import { JsonObjects, NdjsonLines, type Source } from "@chatferry/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { OpenChannelState } from "./openChannel.ts"

const Position = Schema.Struct({
  /** Index and name of the file. */
  entry: Schema.Tuple([Schema.Int, Schema.String]),
  /** Tells what was read before from other content. */
  read: Schema.String,
  /** Within a file of objects; the object is an exported channel or user. */
  objects: Schema.optionalKey(Schema.Struct({ at: JsonObjects.Position, isExport: Schema.Boolean })),
  /** Within a file of lines. */
  lines: Schema.optionalKey(NdjsonLines.Position),
  /** Channel that was named last, and user whose export it is. */
  channelId: Schema.NullOr(Schema.String),
  ownerId: Schema.NullOr(Schema.String),
  /** The channel whose members may still come. */
  open: Schema.NullOr(OpenChannelState),
  /** Users that were shown lately. */
  shown: Schema.Array(Schema.String)
})

export type Position = typeof Position.Type

const decodePosition = Schema.decodeUnknownOption(Position)

export const decode = (position: Source.Position): Option.Option<Position> =>
  Option.filter(
    decodePosition(position),
    ({ entry: [index], lines, objects, open, shown }) =>
      index >= 0 &&
      shown.length <= 256 &&
      (open === null || (open.offset >= 0 && open.bytes >= 0)) &&
      (objects === undefined || lines === undefined) &&
      (objects === undefined || (objects.at.offset >= 0 && objects.at.index >= 0)) &&
      (lines === undefined || (lines.offset >= 0 && lines.line >= 0))
  )

export const encode = (position: Position): Source.Position => position as unknown as Source.Position

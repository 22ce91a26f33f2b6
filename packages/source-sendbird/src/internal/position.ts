// Where a batch ends, as JSON.
import { JsonElements, type Source } from "@chatferry/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Position as CsvPosition } from "./csv/csvReader.ts"
import type { Steps } from "./cursor.ts"

const Position = Schema.Struct({
  /** Index and name of the file, in each archive from the outermost in. */
  entry: Schema.Array(Schema.Tuple([Schema.Int, Schema.String])),
  /** Within a JSON file; `null` before its first byte, and in any other file. */
  json: Schema.NullOr(JsonElements.Position),
  /** Within a CSV file. */
  csv: Schema.optionalKey(CsvPosition),
  /** Tells what was read before from other content. */
  read: Schema.String,
  /** Something of Sendbird's has been found in the file. */
  isRecognised: Schema.Boolean
})

export type Position = typeof Position.Type

/** Where reading is in a file of either format. */
export type Within = JsonElements.Position | CsvPosition

export const isInCsv = (within: Within): within is CsvPosition => "row" in within

const decodePosition = Schema.decodeUnknownOption(Position)

export const decode = (position: Source.Position): Option.Option<Position> =>
  Option.filter(
    decodePosition(position),
    ({ csv, entry, json }) =>
      entry.length > 0 &&
      entry.every(([index]) => index >= 0) &&
      (json === null || (json.offset >= 0 && json.index >= 0)) &&
      (csv === undefined || (json === null && csv.offset >= 0 && csv.row >= 0 && csv.lines >= 0))
  )

export const encode = (
  entry: Steps,
  read: string,
  within: Within | null,
  isRecognised: boolean
): Source.Position => ({
  entry: entry.map(([index, name]) => [index, name]),
  read,
  json: within === null || isInCsv(within) ? null : { ...within },
  ...(within !== null && isInCsv(within) ? { csv: { ...within } } : {}),
  isRecognised
})

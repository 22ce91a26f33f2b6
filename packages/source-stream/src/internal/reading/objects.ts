// Reads files with objects field by field: exported channels and users with all their records.
import { type ArchiveReader } from "@chatferry/connector"
import { Rejected, SourceError } from "@chatferry/core"
import { JsonObjects } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Context, separate } from "../records/context.ts"
import { Objects } from "./mapObjects.ts"
import type { Skipped } from "./memberLocation.ts"

export const objects: ArchiveReader.Format<Context> = {
  open: (file, context, { maxElementBytes }, at) => {
    const start = at === undefined ? Option.none() : decode(at)
    if (at !== undefined && Option.isNone(start)) return undefined
    let position: JsonObjects.Position | undefined = Option.getOrUndefined(start)
    const isExport = Option.isSome(start) && start.value.isExport
    const of = new Objects(context, isExport, position?.around === "{[")
    const reader = JsonObjects.make({ ...of.options, maxElementBytes }, position)
    return {
      push: reader.push,
      end: reader.end,
      at: () => (position === undefined ? undefined : { ...position, isExport: of.isExport }),
      isAtCut: () => of.isWhole,
      finish: () => separate(context),
      next: () => {
        const part = reader.next()
        if (part !== undefined) of.take(part, file)
        if (of.skippedList !== undefined) return Effect.fail(tooLarge(of.skippedList, maxElementBytes))
        if (part === undefined) return false
        position = part.position
        return true
      }
    }
  }
}

// internal

const Position = Schema.Struct({
  ...JsonObjects.Position.fields,
  index: JsonObjects.Position.fields.index.check(Schema.isGreaterThanOrEqualTo(0)),
  /** True for an exported channel or user. */
  isExport: Schema.Boolean
})
const decode = Schema.decodeUnknownOption(Position)

/** The error for a list that would have to be held in memory, because the object that it belongs to comes after it. */
const tooLarge = ({ bytes, location, range }: Skipped, limit: number) =>
  new SourceError.LimitExceeded({
    location: `${location} (${Rejected.bytesOf(range)})`,
    setting: "maxElementBytes",
    limit,
    actual: bytes
  })

// Locations of the fields of an object, in the export and in the input.
import type { ArchiveReader } from "@chatferry/connector"
import type { Rejected } from "@chatferry/core"
import type { JsonElements, JsonObjects } from "@chatferry/core/files"
import type { At } from "./pendingChannel.ts"

type Member = JsonElements.Member<JsonObjects.Position>
type Range = Rejected.Range

/** A field that was skipped. */
export interface Skipped {
  readonly location: string
  readonly range: Range
  /** Its size together with that of the fields before it. */
  readonly bytes: number
}

/** The location of a deferred field. */
export interface LooseAt {
  readonly location: string
  readonly range: Range
  readonly at: At
}

/** The offset in the input of a byte, if nothing has been corrected. */
export const same = (offset: number): number => offset

/** The range of a field in the input. */
export const rangeOf = (
  { inInput = same }: ArchiveReader.File,
  { end, offset }: Pick<Member, "end" | "offset">
): Range => ({
  from: inInput(offset),
  to: inInput(end)
})

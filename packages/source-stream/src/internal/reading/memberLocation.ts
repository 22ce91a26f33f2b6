// Where the members of an object are, in the export and in the input.
import type { ArchiveReader } from "@chatferry/connector"
import type { Rejected } from "@chatferry/core"
import type { JsonElements, JsonObjects } from "@chatferry/core/files"
import type { At } from "./pendingChannel.ts"

type Member = JsonElements.Member<JsonObjects.Position>
type Range = Rejected.Range

/** A member that was passed over. */
export interface Lost {
  readonly location: string
  readonly range: Range
  /** Its size, with that of the members before it. */
  readonly bytes: number
}

/** Where a member is that waits for what it belongs to. */
export interface LooseAt {
  readonly location: string
  readonly range: Range
  readonly at: At
}

/** Where a byte is in the input of which nothing has been corrected. */
export const same = (offset: number): number => offset

/** Where it is in the input. */
export const rangeOf = (
  { inInput = same }: ArchiveReader.File,
  { end, offset }: Pick<Member, "end" | "offset">
): Range => ({
  from: inInput(offset),
  to: inInput(end)
})

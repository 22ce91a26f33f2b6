// What one export asks for, and how its file is laid out.
import type { Shape } from "./shape.ts"

export interface SelectedChannel {
  readonly cid: string
  /** Microseconds: messages that were said after this. */
  readonly since?: number
  /** And before this. */
  readonly until?: number
}

export interface StreamSelection {
  readonly channels: ReadonlyArray<SelectedChannel>
  readonly version: "v1" | "v2"
  readonly includesTruncated: boolean
  readonly includesDeleted: boolean
  readonly clearsDeletedText: boolean
  readonly exportsUsers: boolean
}

/** Of the forms that a reader must know. What Stream does not document can be any of them. */
export interface Layout {
  /** v1: how several channels are one document. `object` is for one channel; several make an array. */
  readonly documents: "array" | "object" | "channels" | "concatenated"
  /** v2: what a line is: `{"type":…,"data":{}}`, the same with `item` or the type's name, `{"message":{}}`, the bare object. */
  readonly envelope: "type-data" | "type-item" | "type-name" | "single-key" | "bare"
  /** v2: what a member is called in an envelope. */
  readonly memberName: "member" | "channel_member"
  /** v2: whether all reactions have lines of their own, beside the latest ten of a message. */
  readonly reactionLines: boolean
  /** Whether an export says what members have read. */
  readonly reads: boolean
  readonly invites: Shape["invites"]
  readonly custom: Shape["custom"]
  readonly times: Shape["times"]
}

export const defaultLayout: Layout = {
  documents: "array",
  envelope: "type-data",
  memberName: "member",
  reactionLines: true,
  reads: false,
  invites: "invite",
  custom: "flat",
  times: "rfc3339"
}

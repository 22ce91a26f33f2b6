// What an export selects, and the layout of its file.
import type { Shape } from "./shape.ts"

export interface SelectedChannel {
  readonly cid: string
  /** Microseconds: only messages sent after this. */
  readonly since?: number
  /** Only messages sent before this. */
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

/** The formats that a reader must know. Where Stream does not document the format, it can be any of them. */
export interface Layout {
  /** v1: how several channels form a document. `object` is for one channel; several form an array. */
  readonly documents: "array" | "object" | "channels" | "concatenated"
  /** v2: the format of a line: `{"type":…,"data":{}}`, the same with `item` or the type's name, `{"message":{}}`, the bare object. */
  readonly envelope: "type-data" | "type-item" | "type-name" | "single-key" | "bare"
  /** v2: the name of a member in an envelope. */
  readonly memberName: "member" | "channel_member"
  /** v2: whether all reactions have their own lines, in addition to the latest ten in a message. */
  readonly reactionLines: boolean
  /** Whether an export contains read states. */
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

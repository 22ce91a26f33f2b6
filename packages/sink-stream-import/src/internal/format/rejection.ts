import type { Entity, Rejected } from "@chatferry/core"
import type { rejections } from "./consequences.ts"

export type Reason = (typeof rejections)[keyof typeof rejections]["code"]

/** Why a record is rejected, without content. */
const reasons: Readonly<Record<Reason, string>> = {
  invalid_id: "an id holds U+0000 or half a surrogate pair, which no file or database keeps",
  over_file_limit:
    "it alone is larger than a file may be; raise maxFileBytes, or make it smaller in a transform",
  unsupported_kind: "Stream imports nothing of this kind",
  team_mismatch: "its user is not in the team of the channel, and teamMismatch says to reject",
  channel_without_team:
    "its user is in a team and the channel in none, which Stream refuses unless the app has no teams (teamMismatch)",
  members_changed:
    "the id map has it by its members, and its members are others now; give it back those, or take it out of the map",
  unknown_channel:
    "its channel is not among the channels; give the channel, or set unknownChannel to synthesise it",
  rejected_channel: "its channel was rejected",
  unknown_user: "its user is not among the users, and missingUser says to reject",
  unknown_message: "its message is not among the messages",
  rejected_message: "its message was rejected"
}

/** A rejected record; `ids` say which one, and the record itself is only in `original`. */
export const rejection = (
  kind: Entity.Kind,
  code: Reason,
  ids: ReadonlyArray<string>,
  original: object
): Rejected.Rejected => ({
  kind,
  code,
  message: reasons[code],
  location: [kind, ...ids].join(" "),
  original: original as Rejected.Rejected["original"]
})

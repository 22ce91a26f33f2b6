import type { Entity, Rejected } from "@chatferry/core"
import type { rejections } from "./consequences.ts"

export type Reason = (typeof rejections)[keyof typeof rejections]["code"]

/** Why a record is rejected, without its content. */
const reasons: Readonly<Record<Reason, string>> = {
  invalid_id: "an id contains U+0000 or half a surrogate pair, which files and databases do not store",
  over_file_limit:
    "it is larger than a whole file may be; raise maxFileBytes, or make the record smaller in a transform",
  unsupported_kind: "Stream does not import records of this kind",
  team_mismatch: "its user is not in the team of the channel, and teamMismatch is set to reject",
  channel_without_team:
    "its user is in a team but the channel is not, which Stream rejects unless the app has no teams (teamMismatch)",
  members_changed:
    "the id map identifies it by its members, which have changed; restore the members, or remove the channel from the map",
  unknown_channel:
    "the source does not give its channel; add the channel, or set unknownChannel to synthesise",
  rejected_channel: "its channel was rejected",
  unknown_user: "the source does not give its user, and missingUser is set to reject",
  unknown_message: "the source does not give its message",
  rejected_message: "its message was rejected"
}

/** A rejected record. `ids` identify it; its content is only in `original`. */
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

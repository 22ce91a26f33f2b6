import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context, setAside, stream } from "./context.ts"
import { nestedUser } from "./nestedUser.ts"
import type { RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { field } = RawRecord

type Ban = NonNullable<Entity.Entity<"user">["futureChannelBans"]>[number] & { readonly targetId: Ids.UserId }

/** Maps a ban from all channels that a user will create, as in Stream's imports. */
export const futureBan = (raw: RawObject, context: Context, within = ""): void => {
  const found = table.read(raw, context)
  if (found instanceof RawRecord.Rejection) {
    return setAside(context, "user", found.code, found.message, raw, within)
  }
  const { targetId: id, ...ban } = found
  context.out.push({ _tag: "user", id, futureChannelBans: [ban] })
  context.out.note(PARTIAL_LIST)
}

// internal

const PARTIAL_LIST = Consequence.codeOf(declared.partialList, "user.futureChannelBans")

const b = stream.part<Ban>("future_channel_ban")

const table = b.table(
  {
    targetId: field(Read.userId, "target_id").orReject(
      declared.missingId.code,
      "target_id is missing or empty"
    ),
    byId: b
      .from(
        [field(Read.userOrId, "created_by"), field(Read.userId, "created_by_id")],
        (x, by, id) => nestedUser(by, x.context) ?? id
      )
      .orReject(declared.missingId.code, "the ban does not say whose channels it is from"),
    reason: field(Read.text, "reason"),
    isShadow: field(Read.flag, "shadow"),
    createdAt: field(Read.time, "created_at")
  },
  { unknown: "drop" }
)

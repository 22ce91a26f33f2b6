import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context, setAside, stream } from "./context.ts"
import { person } from "./person.ts"
import type { RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { field } = RawRecord

type Ban = NonNullable<Entity.Entity<"user">["futureChannelBans"]>[number] & { readonly targetId: Ids.UserId }

/** A ban from the channels that somebody will make, as imports have it. */
export const futureBan = (wire: RawObject, context: Context, within = ""): void => {
  const found = table.read(wire, context)
  if (found instanceof RawRecord.Rejection) {
    return setAside(context, "user", found.code, found.message, wire, within)
  }
  const { targetId: id, ...ban } = found
  context.out.push({ _tag: "user", id, futureChannelBans: [ban] })
  context.out.note(TOLD)
}

// internal

const TOLD = Consequence.codeOf(declared.toldInParts, "user.futureChannelBans")

const b = stream.part<Ban>("future_channel_ban")

const table = b.table(
  {
    targetId: field(Read.userId, "target_id").orReject(
      declared.missingId.code,
      "target_id is missing or empty"
    ),
    byId: b
      .from(
        [field(Read.shown, "created_by"), field(Read.userId, "created_by_id")],
        (x, by, id) => person(by, x.context) ?? id
      )
      .orReject(declared.missingId.code, "the ban does not say whose channels it is from"),
    reason: field(Read.text, "reason"),
    isShadow: field(Read.flag, "shadow"),
    createdAt: field(Read.time, "created_at")
  },
  { unknown: "drop" }
)

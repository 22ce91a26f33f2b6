// Mutes of users and channels by a user. The model has permanent mutes only, and a temporary one must not last longer than
// intended.
import type { RawRecord } from "@chatferry/connector"
import type { Entity, Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { withTimes } from "./actingFields.ts"
import type { Context } from "./context.ts"
import { idOfUser, isBlank, isObject, text } from "./raw.ts"
import * as Read from "./reads.ts"

type X = RawRecord.X<Entity.Entity<"user">, Context>

/** A mute, with its end if it is temporary. */
export interface Mute<Id> {
  readonly id: Id
  readonly expires: unknown
}

export const mutedUser: RawRecord.Read<Mute<Ids.UserId>> = Read.understood((value) => {
  const id = isObject(value) && value["id"] === undefined ? idOfUser(value["target"]) : idOfUser(value)
  return id === undefined ? undefined : { id, expires: expiresOf(value) }
})

export const mutedChannel: RawRecord.Read<Mute<Ids.ChannelId>> = Read.understood((value) => {
  const channel = isObject(value) ? value["channel"] : undefined
  const cid = isObject(channel)
    ? channel["cid"]
    : isObject(value)
      ? (value["channel_cid"] ?? value["cid"])
      : value
  const id = text(cid) as Ids.ChannelId | undefined
  return id === undefined ? undefined : { id, expires: expiresOf(value) }
})

/** Returns the permanent mutes, each once. The others are kept under `name`. */
export const forGood = <Id>(
  x: X,
  name: string,
  mutes: ReadonlyArray<Mute<Id>>
): ReadonlyArray<Id> | undefined => {
  if (mutes.length === 0) return undefined
  const ending = mutes.filter(({ expires }) => !isBlank(expires))
  if (ending.length > 0) {
    x.keep(name, withTimes(name, ending))
    for (const _ of ending) x.note(declared.muteKeptAsCustom.code)
  }
  const ids = new Set(mutes.filter(({ expires }) => isBlank(expires)).map(({ id }) => id))
  return ids.size === 0 ? undefined : Array.from(ids)
}

// internal

const expiresOf = (value: unknown): unknown => (isObject(value) ? value["expires"] : undefined)

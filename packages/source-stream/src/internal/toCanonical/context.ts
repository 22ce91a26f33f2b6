// What every mapping needs beside the record itself.
import { type BatchBuilder, type Ids, Leftovers } from "@chatferry/core"
import { StreamLeftovers } from "../leftovers.ts"
import type { At, OpenChannel } from "../openChannel.ts"
import type { ShownUsers } from "../shownUsers.ts"
import { isWire, text, time, type Wire } from "../wire.ts"

export interface Context {
  readonly out: BatchBuilder.BatchBuilder
  readonly rest: (fields: Leftovers.Fields) => Leftovers.Leftovers
  readonly shown: ShownUsers
  /** Where in the file the object is that is being mapped. */
  at: () => At
  /** The channel whose members may still come. */
  open: OpenChannel | undefined
  /** The channel that the object or the line before named. */
  channelId: Ids.ChannelId | undefined
  /** Whose the document is, where it is an export of one user. */
  ownerId: Ids.UserId | undefined
  /** Most bytes of one record; a larger one was passed over. */
  readonly maxElementBytes: number
  /** Exports of channels are read too: what they show of messages is not taken from exports of users. */
  readonly isBesideChannels: boolean
}

export const makeContext = (
  out: BatchBuilder.BatchBuilder,
  shown: ShownUsers,
  maxElementBytes: number,
  isBesideChannels = false
): Context => ({
  out,
  maxElementBytes,
  isBesideChannels,
  shown,
  at: () => ({ offset: 0, bytes: 0 }),
  open: undefined,
  channelId: undefined,
  ownerId: undefined,
  rest: Leftovers.perKind((fields) => new StreamLeftovers(fields, out))
})

/** Tells the channel whose members may have come, now that no more will. */
export const closeChannel = (context: Context): void => {
  context.open?.tell(context.out)
  context.open = undefined
}

/** Sets an optional time; what cannot be read is kept as it is and counted. */
export const setTime: Leftovers.SetTime = Leftovers.timeSetter(time)

/** An address; counted when it stops working some time after the export. */
export const urlOf = (value: unknown, context: Context): string | undefined => {
  const url = text(value)
  if (url !== undefined && EXPIRING.test(url)) context.out.note("expiring_url")
  return url
}

/** Stream's name and image of a thing are custom fields, which can stand beside the others or with the custom ones. */
export const setNameAndImage = (
  draft: { name?: string; imageUrl?: string },
  wire: Wire,
  context: Context
): void => {
  const nested = isWire(wire["custom"]) ? wire["custom"] : undefined
  const name = text(wire["name"]) ?? text(nested?.["name"])
  if (name !== undefined) draft.name = name
  const imageUrl = urlOf(wire["image"] ?? nested?.["image"], context)
  if (imageUrl !== undefined) draft.imageUrl = imageUrl
}

// internal

const EXPIRING = /[?&](?:Expires|Signature|X-Amz-Signature|Key-Pair-Id)=/iu

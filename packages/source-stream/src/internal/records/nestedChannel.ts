// Channels nested in messages, threads and events. Channels that are not exported occur only there.
import { channel } from "./channel.ts"
import { cidOfChannel } from "./cid.ts"
import { closeChannel, type Context } from "./context.ts"
import { isObject, type RawObject } from "./raw.ts"

/** Maps the channel nested in a record, if it has more than its id. */
export const nestedChannel = (raw: RawObject, context: Context, within: string): void => {
  const { channel: of } = raw
  // A record that comes with its channel does not need the nested one.
  if (!isObject(of) || context.open !== undefined || !Object.keys(of).some((name) => !NAMES.has(name))) return
  const id = cidOfChannel(of)
  if (id === undefined || !context.recentUsers.isNew(id, of)) return
  const { channelId } = context
  channel(of, context, `${within}.channel`)
  closeChannel(context)
  context.channelId = channelId
}

// internal

const NAMES = new Set(["cid", "id", "type"])

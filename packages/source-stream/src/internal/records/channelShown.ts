import { channel } from "./channel.ts"
import { cidOfChannel } from "./cid.ts"
import { closeChannel, type Context } from "./context.ts"
// Channels as messages, threads and events show them: the only place of those that are not exported.
import { isObject, type RawObject } from "./raw.ts"

/** Tells the channel in which a record stands, if it says more of it than which one it is. */
export const channelShown = (wire: RawObject, context: Context, within: string): void => {
  const { channel: of } = wire
  // What stands with its channel has been told where it is.
  if (!isObject(of) || context.open !== undefined || !Object.keys(of).some((name) => !NAMES.has(name))) return
  const id = cidOfChannel(of)
  if (id === undefined || !context.shown.isNews(id, of)) return
  const { channelId } = context
  channel(of, context, `${within}.channel`)
  closeChannel(context)
  context.channelId = channelId
}

// internal

const NAMES = new Set(["cid", "id", "type"])

// Emits messages again, with their pin, if they came before the channel that pins them.
import { RawRecord } from "@chatferry/connector"
import { declared } from "../consequences.ts"
import { Out } from "../reading/out.ts"
import { channelStateOf } from "./channel.ts"
import { message, type MessageContext } from "./message.ts"
import { pinnedOf } from "./pins.ts"
import { channelId, type RawObject } from "./raw.ts"

/** The newer record wins, so the messages get the observation time of their channel. Their problems have already been counted. */
export const pinAgain = (
  before: ReadonlyArray<RawObject>,
  channel: RawObject,
  context: MessageContext
): void => {
  if (before.length === 0) return
  const silent = {
    ...context,
    out: new Out(context),
    pinned: pinnedOf(channel),
    channel: channelId(channel.channel_url)
  }
  for (const raw of before) {
    const found = message.read(raw, silent)
    if (found instanceof RawRecord.Rejection || found.pinnedAt === undefined) continue
    context.out.note(declared.pinAssumed.code)
    context.out.push({ ...found, observedAt: channelStateOf(channel) ?? found.createdAt })
  }
}

// What every mapping needs beside the record itself.
import { RawRecord } from "@chatferry/connector"
import { type Ids } from "@chatferry/core"
import { SignedLinks } from "@chatferry/core/errors"
import { type BatchBuilder } from "@chatferry/core/run"
import { declared } from "../consequences.ts"
import type { At, PendingChannel } from "../reading/pendingChannel.ts"
import type { RecentUsers } from "../reading/recentUsers.ts"
import type { Limits } from "../settings/limits.ts"
import { isBlank, isObject, text, type RawObject } from "./raw.ts"
import type { RecordName, RejectContext } from "./rejectContext.ts"
import { isSecret } from "./secrets.ts"

export interface Context {
  readonly out: BatchBuilder.BatchBuilder
  shown: RecentUsers
  readonly stripSignedUrls: boolean
  /** Whether users have their devices. */
  readonly takesDevices: boolean
  /** Whether the user that is being mapped is a part of another record. */
  isShownByOthers: boolean
  /** Where in the file the object is that is being mapped. */
  at: () => At
  /** The channel whose members may still come. */
  open: PendingChannel | undefined
  /** The object or line around the record that is being mapped, where it is nothing but that record. */
  around: RawObject | undefined
  /** The channel that the object or the line before named. */
  channelId: Ids.ChannelId | undefined
  /** Whose the document is, where it is an export of one user. */
  ownerId: Ids.UserId | undefined
  /** The message whose reaction is being mapped. */
  message: RejectContext["message"]
  /** Most bytes of one record; a larger one was passed over. */
  readonly maxElementBytes: number
  /** Exports of channels are read too: what they show of messages is not taken from exports of users. */
  readonly isBesideChannels: boolean
}

export const makeContext = (
  out: BatchBuilder.BatchBuilder,
  shown: RecentUsers,
  {
    devices,
    maxElementBytes,
    stripSignedUrls
  }: Pick<Limits, "devices" | "maxElementBytes" | "stripSignedUrls">,
  isBesideChannels = false
): Context => ({
  out,
  maxElementBytes,
  isBesideChannels,
  shown,
  stripSignedUrls,
  takesDevices: devices === "take",
  isShownByOthers: false,
  at: () => ({ offset: 0, bytes: 0 }),
  open: undefined,
  around: undefined,
  channelId: undefined,
  ownerId: undefined,
  message: undefined
})

/** Records may hold others, such as a user with their devices. */
export const stream: RawRecord.Provider<Context> = RawRecord.provider({ name: "stream", isBlank, isSecret })

/** What a record's meaning depends on besides itself. */
export const contextOf = (
  { channelId, isBesideChannels, ownerId }: Context,
  record: RecordName,
  more: Pick<RejectContext, "member" | "message"> = {}
): RejectContext => ({
  record,
  ...more,
  ...(channelId !== undefined && { channel: channelId }),
  ...(ownerId !== undefined && { owner: ownerId }),
  ...(isBesideChannels && { isBesideChannels })
})

/** Rejects a record with the context that it is read in again; `within`: where in the object that is at hand. */
export const setAside = (
  context: Context,
  record: Exclude<RecordName, "export">,
  code: string,
  problem: string,
  wire: unknown,
  within: string,
  more: Pick<RejectContext, "message"> = {}
): void => {
  const kind = record === "read" ? "member" : record === "any" ? "unknown" : record
  const { around, out } = context
  if (within === "" && around !== undefined) {
    return out.reject(kind, code, problem, around, within, contextOf(context, "any", more))
  }
  out.reject(kind, code, problem, wire, within, contextOf(context, record, more))
}

/** Tells the channel whose members may have come, now that no more will. */
export const closeChannel = (context: Context): void => {
  context.open?.tell(context.out)
  context.open = undefined
}

/** Nothing of the object before counts for the next one. */
export const separate = (context: Context): void => {
  closeChannel(context)
  context.channelId = undefined
  context.ownerId = undefined
}

/** An address, without credentials if those are to go; counted when it has any, or stops working some time after the export. */
export const urlOf = (value: unknown, context: Context): string | undefined => {
  const url = text(value)
  if (url === undefined) return undefined
  const stripped = SignedLinks.strip(url)
  if (stripped !== url && context.stripSignedUrls) {
    context.out.note(declared.signedUrlStripped.code)
    return text(stripped)
  }
  if (stripped !== url || SignedLinks.expiresAt(url) !== undefined)
    context.out.note(declared.expiringUrl.code)
  return url
}

/** What an address is kept in as it is, without credentials if those are to go. */
export const keptAddress = (value: unknown, context: Context): unknown => {
  if (!context.stripSignedUrls) return value
  if (typeof value === "string") return SignedLinks.strip(value)
  if (Array.isArray(value)) return value.map((one: unknown) => keptAddress(one, context))
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, keptAddress(inner, context)]))
    : value
}

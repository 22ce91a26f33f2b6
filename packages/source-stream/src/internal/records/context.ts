// The context that all mappings share.
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
  recentUsers: RecentUsers
  readonly stripSignedUrls: boolean
  /** True if devices of users are taken. */
  readonly takesDevices: boolean
  /** True while a user nested in another record is mapped. */
  isNested: boolean
  /** Location in the file of the current object. */
  at: () => At
  /** The channel whose members may still follow. */
  open: PendingChannel | undefined
  /** The envelope or line of the current record, if it contains only that record. */
  around: RawObject | undefined
  /** The channel that the previous object or line named. */
  channelId: Ids.ChannelId | undefined
  /** The user of the document, if it is an export of one user. */
  ownerId: Ids.UserId | undefined
  /** The message of the current reaction. */
  message: RejectContext["message"]
  /** Most bytes of one record. Larger records are skipped. */
  readonly maxElementBytes: number
  /** True if exports of channels are read too, so that messages are not taken from exports of users. */
  readonly isBesideChannels: boolean
}

export const makeContext = (
  out: BatchBuilder.BatchBuilder,
  recentUsers: RecentUsers,
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
  recentUsers,
  stripSignedUrls,
  takesDevices: devices === "take",
  isNested: false,
  at: () => ({ offset: 0, bytes: 0 }),
  open: undefined,
  around: undefined,
  channelId: undefined,
  ownerId: undefined,
  message: undefined
})

/** The provider of all tables. Records may contain others, such as a user with devices. */
export const stream: RawRecord.Provider<Context> = RawRecord.provider({ name: "stream", isBlank, isSecret })

/** The context that a rejected record needs to be mapped again. */
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

/** Rejects a record with the context to map it again; `within` is its location in the current object. */
export const setAside = (
  context: Context,
  record: Exclude<RecordName, "export">,
  code: string,
  problem: string,
  raw: unknown,
  within: string,
  more: Pick<RejectContext, "message"> = {}
): void => {
  const kind = record === "read" ? "member" : record === "any" ? "unknown" : record
  const { around, out } = context
  if (within === "" && around !== undefined) {
    return out.reject(kind, code, problem, around, within, contextOf(context, "any", more))
  }
  out.reject(kind, code, problem, raw, within, contextOf(context, record, more))
}

/** Emits the pending channel, because no more of its members will follow. */
export const closeChannel = (context: Context): void => {
  context.open?.emit(context.out)
  context.open = undefined
}

/** Resets the state of the previous object, which does not apply to the next one. */
export const separate = (context: Context): void => {
  closeChannel(context)
  context.channelId = undefined
  context.ownerId = undefined
}

/** Reads an address, without credentials if the setting says so. Credentials are counted, and so are addresses that expire after the export. */
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

/** Keeps a value with addresses in it as it is, or without credentials if the setting says so. */
export const keptAddress = (value: unknown, context: Context): unknown => {
  if (!context.stripSignedUrls) return value
  if (typeof value === "string") return SignedLinks.strip(value)
  if (Array.isArray(value)) return value.map((one: unknown) => keptAddress(one, context))
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, keptAddress(inner, context)]))
    : value
}

import { type Fingerprint, SinkError } from "@chatferry/core"
import * as Limits from "../StreamImportLimits.ts"
import type * as Policies from "../StreamImportPolicies.ts"

/** Everything the sink was told, defaults filled in. */
export interface Settings extends Policies.Policies {
  readonly name: string
  readonly directory: string
  readonly dialect: Policies.Dialect
  /** Path of the id map of an earlier run. */
  readonly idMap: string | undefined
}

/** The settings that shape the output. */
export const fingerprint = (settings: Settings): Fingerprint.Fingerprint => {
  const { directory: _, idMap, name: __, ...rest } = settings
  // What the map says is in the receipts, as its hash: it may lie elsewhere when a run resumes.
  return { ...rest, channelType: channelTypes(settings), idMap: idMap !== undefined }
}

/** The first setting that cannot work, if any. */
export const problem = (settings: Settings): SinkError.InvalidConfig | undefined => {
  const wrong = (setting: string, text: string) => new SinkError.InvalidConfig({ setting, problem: text })
  if (settings.name === "" || /[/\\\0]/.test(settings.name)) {
    return wrong("name", "must be a file name, because state is kept under it")
  }
  if (!Limits.userId.test(settings.adminUserId)) return wrong("adminUserId", USER_ID)
  if (Object.values(settings.userIds).some((id) => !Limits.userId.test(id))) return wrong("userIds", USER_ID)
  if (settings.channelType !== "stream_sync") {
    const { group, open } = settings.channelType
    if (![group, open].every((type) => Limits.channelType.test(type))) {
      return wrong("channelType", `must match ${Limits.channelType.source}`)
    }
  }
  if (Object.values(settings.reactionTypes).some((type) => !Limits.reactionType.test(type))) {
    return wrong("reactionTypes", `Stream's types must match ${Limits.reactionType.source}`)
  }
  const { maxFileBytes, maxMessageLength } = settings
  if (!Number.isSafeInteger(maxFileBytes) || maxFileBytes < Limits.leastFileBytes) {
    return wrong("maxFileBytes", `must be a whole number of bytes from ${Limits.leastFileBytes}`)
  }
  if (!Number.isInteger(maxMessageLength) || maxMessageLength < 1 || maxMessageLength > Limits.textLength) {
    return wrong("maxMessageLength", `must be a whole number from 1 to ${Limits.textLength}`)
  }
  return undefined
}

// internal

const channelTypes = ({ channelType }: Settings) =>
  channelType === "stream_sync" ? channelType : { group: channelType.group, open: channelType.open }

const USER_ID = `Stream ids of users must match ${Limits.userId.source}`

import type { Entity } from "@chatferry/core"
import { linkTermsOf, locationOf } from "./linkTerms.ts"
import type { Entry, Reason } from "./model.ts"

type Message = Entity.Entity<"message">
type Attachment = NonNullable<Message["attachments"]>[number]

/** Lists the files of a message that need authorisation or expire, in the order of its attachments. */
export const entriesOf = (message: Message): ReadonlyArray<Entry> => {
  const { attachments } = message
  if (attachments === undefined || attachments.length === 0) return NONE
  const entries: Array<Entry> = []
  attachments.forEach((attachment, index) => {
    const isAuthRequired = attachment.isAuthRequired === true
    const file = entryOf(message, attachment, index, "file", attachment.url, isAuthRequired)
    if (file !== undefined) entries.push(file)
    if (attachment.thumbnailUrl === undefined) return
    // The thumbnail of a link belongs to another site. That of a file is stored with it and protected in the same way.
    const isProtected = isAuthRequired && attachment.type !== "link"
    const thumbnail = entryOf(message, attachment, index, "thumbnail", attachment.thumbnailUrl, isProtected)
    if (thumbnail !== undefined) entries.push(thumbnail)
  })
  return entries
}

// internal

const NONE: ReadonlyArray<Entry> = []

const entryOf = (
  message: Message,
  attachment: Attachment,
  index: number,
  role: Entry["role"],
  url: string | undefined,
  isAuthRequired: boolean
): Entry | undefined => {
  const { expiresAt, isSigned } = url === undefined ? NO_LINK : linkTermsOf(url)
  const reasons: Array<Reason> = []
  if (isAuthRequired) reasons.push("needs_authorisation")
  if (isSigned) reasons.push("signed_link")
  if (expiresAt !== undefined) reasons.push("expires_at")
  if (reasons.length === 0) return undefined
  const { mimeType, sizeBytes, type } = attachment
  const isFile = role === "file"
  return {
    channelId: message.channelId,
    messageId: message.id,
    index,
    role,
    type,
    ...(url !== undefined && locationOf(url)),
    reasons,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(isFile && sizeBytes !== undefined && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0
      ? { bytes: sizeBytes }
      : {}),
    ...(isFile && mimeType !== undefined && { mimeType })
  }
}

const NO_LINK = { isSigned: false, expiresAt: undefined }

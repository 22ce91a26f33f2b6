// The attachments of a message, in canonical names.
import type { File, Link, Message, Thumbnail } from "./sendbirdRecords.ts"

export interface Attachment {
  type: string
  url?: string
  thumbnailUrl?: string
  name?: string
  text?: string
  mimeType?: string
  sizeBytes?: number
  durationSeconds?: number
  isAuthRequired?: boolean
  custom?: object
}

/** `undefined` if there is nothing. */
export const attachments = (raw: Message): Array<Attachment> | undefined => {
  let found: Array<Attachment> | undefined
  if (raw.file.url !== undefined) found = [attachment(raw.file, raw)]
  if (raw.files !== undefined) found = raw.files.map((file) => attachment(file, undefined))
  if (raw.og_tag !== undefined) (found ??= []).push(link(raw.og_tag))
  return found
}

const attachment = (file: File, message: Message | undefined): Attachment => {
  const mimeType = file.type ?? file.file_type ?? ""
  const isVoice = mimeType.includes("sbu_type=voice")
  const made: Attachment = { type: isVoice ? "voice" : typeOf(mimeType) }
  if (file.url !== undefined) made.url = file.url
  const thumbnailUrl = largest(file.thumbnails ?? message?.thumbnails)
  if (thumbnailUrl !== undefined) made.thumbnailUrl = thumbnailUrl
  const name = file.name ?? file.file_name
  if (name !== undefined) made.name = name
  if (mimeType !== "") made.mimeType = mimeType
  const size = file.size ?? file.file_size
  if (size !== undefined) made.sizeBytes = size
  if (isVoice) {
    for (const { key, value } of message?.sorted_metaarray ?? []) {
      if (key === "KEY_VOICE_MESSAGE_DURATION") made.durationSeconds = Number(value[0]) / 1000
    }
  }
  if (file.require_auth === true) made.isAuthRequired = true
  return made
}

const typeOf = (mimeType: string) => {
  if (mimeType.startsWith("image")) return "image"
  if (mimeType.startsWith("video")) return "video"
  return mimeType.startsWith("audio") ? "audio" : "file"
}

const largest = (thumbnails: ReadonlyArray<Thumbnail> | undefined): string | undefined => {
  let url: string | undefined
  let area = -1
  for (const thumbnail of thumbnails ?? []) {
    const size = thumbnail.real_width * thumbnail.real_height
    if (size > area) {
      url = thumbnail.url
      area = size
    }
  }
  return url
}

const link = (tag: Link): Attachment => {
  const made: Attachment = {
    type: "link",
    url: tag["og:url"],
    name: tag["og:title"],
    text: tag["og:description"]
  }
  const image = tag["og:image"]
  if (image !== undefined) {
    made.thumbnailUrl = image.url
    made.custom = { sendbird: { "og:image": image } }
  }
  return made
}

import { Consequence, type Entity, Leftovers, SignedLinks } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP } from "../bag.ts"
import { declared } from "../consequences.ts"
import { isSecret } from "../secrets.ts"
import {
  count,
  flag,
  isBlank,
  isCount,
  isFlag,
  isListOf,
  isNothing,
  isText,
  isWire,
  list,
  text,
  type Wire
} from "../wire.ts"
import { type Context, urlOf } from "./context.ts"

type Attachment = NonNullable<Entity.Entity<"message">["attachments"]>[number]

/** What a message carries: `file`, `files` and the preview of a link. `undefined` when a value is too deep. */
export const attachments = (wire: Wire, context: Context): ReadonlyArray<Attachment> | undefined => {
  const found: Array<Attachment> = []
  const { file, files, og_tag: link } = wire
  let isDeep = false
  const add = (source: Wire, message: Wire | undefined) => {
    const attachment = fileOf(source, message, context)
    if (attachment === undefined) isDeep = true
    else found.push(attachment)
  }
  if (isFile(file)) add(file, wire)
  // Of several files, `file` may be the first one again.
  const first = isWire(file) ? text(file.url) : undefined
  for (const one of list(files)) {
    if (isFile(one) && (first === undefined || one.url !== first)) add(one, undefined)
  }
  if (isWire(link) && !isBlank(link)) {
    const attachment = linkOf(link, context)
    if (attachment === undefined) isDeep = true
    else found.push(attachment)
  }
  return isDeep ? undefined : found
}

/** Tells whether there is a file, or at least its name. */
export const isFile = (file: unknown): file is Wire =>
  isWire(file) &&
  (text(file.url) !== undefined || text(file.name) !== undefined || text(file.file_name) !== undefined)

/** Tells whether each has an address. */
export const isThumbnails = isListOf((one) => isWire(one) && thumbnailUrlOf(one) !== undefined)

// internal

type Read = ReadonlyMap<string, (value: unknown) => boolean>

const READ: Read = new Map([
  ["url", isText],
  ["name", isText],
  ["file_name", isText],
  ["type", isText],
  ["file_type", isText],
  ["size", isCount],
  ["file_size", isCount],
  ["thumbnails", isThumbnails],
  ["require_auth", isFlag]
])

/** What a file or link has besides what is read of it. */
const restOf = (wire: Wire, read: Read, within: string, bag: Bag | undefined, context: Context) => {
  let filled = bag
  for (const field in wire) {
    const value = wire[field]
    const isReadable = read.get(field)
    if (isBlank(value) || isReadable?.(value) === true) continue
    if (isSecret(field))
      context.out.note(Consequence.codeOf(Leftovers.declared.secretDropped, `message.${field}`))
    else {
      if (isReadable !== undefined) {
        context.out.note(Consequence.codeOf(Leftovers.declared.unreadableField, `message.${within}.${field}`))
      }
      filled = keep(filled, field, value)
    }
  }
  return filled
}

const fileOf = (file: Wire, message: Wire | undefined, context: Context): Attachment | undefined => {
  const mimeType = text(file.type) ?? text(file.file_type) ?? mimeOf(message)
  const isVoice = isVoiceMessage(mimeType, message)
  const draft: Entity.Draft<Attachment> = { type: isVoice ? "voice" : typeOf(mimeType) }
  const url = urlOf(file.url, context)
  if (url !== undefined) draft.url = url
  const thumbnailUrl = thumbnailOf(
    isNothing(file.thumbnails) ? message?.thumbnails : file.thumbnails,
    context
  )
  if (thumbnailUrl !== undefined) draft.thumbnailUrl = thumbnailUrl
  const name = text(file.name) ?? text(file.file_name)
  if (name !== undefined) draft.name = name
  if (mimeType !== undefined) draft.mimeType = mimeType
  const size = count(file.size) ?? count(file.file_size)
  if (size !== undefined && size >= 0) draft.sizeBytes = size
  const millis = isVoice ? count(metaOf(message, "KEY_VOICE_MESSAGE_DURATION")) : undefined
  if (millis !== undefined) draft.durationSeconds = millis / 1000
  if (flag(file.require_auth) === true || flag(message?.require_auth) === true) draft.isAuthRequired = true
  const bag = restOf(file, READ, "file", undefined, context)
  if (bag === TOO_DEEP) return undefined
  if (bag !== undefined) draft.custom = custom(bag, "message", context.out)
  return draft
}

const typeOf = (mimeType: string | undefined) => {
  if (mimeType === undefined) return "file"
  if (mimeType.startsWith("image")) return "image"
  if (mimeType.startsWith("video")) return "video"
  return mimeType.startsWith("audio") ? "audio" : "file"
}

// A file message's `type` is `FILE`, or the type of the file.
const mimeOf = (message: Wire | undefined) => {
  const type = message?.type
  return typeof type === "string" && type.includes("/") ? type : undefined
}

const isVoiceMessage = (mimeType: string | undefined, message: Wire | undefined) =>
  mimeType?.includes("sbu_type=voice") === true ||
  text(metaOf(message, "KEY_INTERNAL_MESSAGE_TYPE"))?.startsWith("voice/") === true

const metaOf = (message: Wire | undefined, key: string): unknown => {
  for (const meta of list(message?.sorted_metaarray)) {
    if (isWire(meta) && meta.key === key) return list(meta.value)[0]
  }
  return undefined
}

const thumbnailUrlOf = (thumbnail: Wire) => text(thumbnail.url) ?? text(thumbnail.plain_url)

const thumbnailOf = (value: unknown, context: Context): string | undefined => {
  const thumbnails = list(value)
  if (thumbnails.length === 0) return undefined
  let largest: string | undefined
  let largestArea = -1
  let left = thumbnails.length
  for (const thumbnail of thumbnails) {
    if (!isWire(thumbnail)) continue
    const url = thumbnailUrlOf(thumbnail)
    if (url === undefined) continue
    const width = count(thumbnail.real_width) ?? count(thumbnail.width) ?? 0
    const height = count(thumbnail.real_height) ?? count(thumbnail.height) ?? 0
    if (width * height > largestArea) {
      largest = url
      largestArea = width * height
    }
  }
  if (largest !== undefined) left--
  if (left > 0) context.out.note(declared.smallerThumbnails.code)
  return urlOf(largest, context)
}

const LINK_READ: Read = new Map([
  ["og:url", isText],
  ["og:title", isText],
  ["og:description", isText],
  ["og:image", (value) => isWire(value) || isText(value)]
])

const linkOf = (tag: Wire, context: Context): Attachment | undefined => {
  const draft: Entity.Draft<Attachment> = { type: "link" }
  const url = urlOf(tag["og:url"], context)
  if (url !== undefined) draft.url = url
  const image = tag["og:image"]
  const thumbnailUrl = urlOf(isWire(image) ? (text(image.secure_url) ?? text(image.url)) : image, context)
  if (thumbnailUrl !== undefined) draft.thumbnailUrl = thumbnailUrl
  const name = text(tag["og:title"])
  if (name !== undefined) draft.name = name
  const description = text(tag["og:description"])
  if (description !== undefined) draft.text = description
  let bag: Bag | undefined
  // Only the picture's address has a place of its own; its size goes on with the rest.
  if (isWire(image) && Object.keys(image).some((key) => key !== "url" && key !== "secure_url")) {
    bag = keep(bag, "og:image", context.stripSignedUrls ? withoutSignatures(image) : image)
  }
  bag = restOf(tag, LINK_READ, "og_tag", bag, context)
  if (bag === TOO_DEEP) return undefined
  if (bag !== undefined) draft.custom = custom(bag, "message", context.out)
  return draft
}

const withoutSignatures = (image: Wire): Wire =>
  Object.fromEntries(
    Object.entries(image).map(([field, value]) => [
      field,
      typeof value === "string" ? SignedLinks.strip(value) : value
    ])
  )

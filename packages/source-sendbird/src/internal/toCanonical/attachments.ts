import { RawRecord } from "@chatferry/connector"
import { type Entity, SignedLinks } from "@chatferry/core"
import { declared } from "../consequences.ts"
import * as Read from "../reads.ts"
import { count, flag, isList, isListOf, isNothing, isWire, list, text, type Wire } from "../wire.ts"
import { type Context, sendbird, urlOf } from "./context.ts"

const { any, field } = RawRecord

type Message = Entity.Entity<"message">
type Attachment = NonNullable<Message["attachments"]>[number]

/** What a message carries: `file`, `files` and the preview of a link. */
export const attachments = <C extends Context>(
  x: RawRecord.X<Message, C>,
  one: unknown,
  more: unknown,
  preview: unknown,
  thumbnails: unknown
): ReadonlyArray<Attachment> | undefined => {
  if (isNothing(one) && isNothing(more) && isNothing(preview) && isNothing(thumbnails)) return undefined
  const found: Array<Attachment> = []
  const first = x.part(file, "file", one)
  if (first !== undefined) found.push(attachmentOf(first, x.raw, x.context))
  // Without a file there is nothing they could be pictures of.
  if (first === undefined || first.hasThumbnails === true || !isThumbnails(thumbnails))
    x.unreadable("thumbnails")
  // Of several files, `file` may be the first one again.
  const address = isWire(one) ? text(one.url) : undefined
  if (!isList(more)) x.unreadable("files")
  for (const another of list(more)) {
    if (address !== undefined && isWire(another) && another.url === address) continue
    const of = x.part(file, "files", another)
    if (of !== undefined) found.push(attachmentOf(of, undefined, x.context))
  }
  const shown = x.part(link, "og_tag", preview)
  if (shown !== undefined) found.push(shown)
  return found.length === 0 ? undefined : found
}

// internal

/** A file, of which its message may say more. */
interface File extends Omit<Attachment, "type"> {
  readonly hasThumbnails?: boolean
}

/** A negative one is none. */
const size: RawRecord.Read<number> = (value) => {
  const found = Read.count(value)
  return typeof found === "number" && found < 0 ? RawRecord.UNREADABLE : found
}

const f = sendbird.part<File>("message.file", "message")

const file = f.table(
  {
    url: f.from([field(Read.text, "url")], (x, url) => urlOf(url, x.context)),
    thumbnailUrl: f.from([any("thumbnails")], (x, thumbnails) => {
      if (isNothing(thumbnails)) return undefined
      x.set("hasThumbnails", true)
      if (!isThumbnails(thumbnails)) x.unreadable("thumbnails")
      return thumbnailOf(thumbnails, x.context)
    }),
    name: field(Read.text, "name", "file_name"),
    mimeType: field(Read.text, "type", "file_type"),
    sizeBytes: field(size, "size", "file_size"),
    isAuthRequired: field(Read.yes, "require_auth")
  },
  {
    unknown: "keepUnlessBlank",
    // There is a file, or at least its name.
    isEnough: ({ file_name: other, name, url }) =>
      text(url) !== undefined || text(name) !== undefined || text(other) !== undefined
  }
)

const l = sendbird.part<Attachment>("message.og_tag", "message")

const link = l.table(
  {
    type: l.always([], () => "link"),
    url: l.from([field(Read.text, "og:url")], (x, url) => urlOf(url, x.context)),
    thumbnailUrl: l.from([any("og:image")], (x, image) => {
      if (!isWire(image)) {
        if (text(image) === undefined) x.unreadable("og:image")
        return urlOf(image, x.context)
      }
      // Only the picture's address has a place of its own; its size goes on with the rest.
      if (Object.keys(image).some((key) => key !== "url" && key !== "secure_url")) {
        x.keep("og:image", x.context.stripSignedUrls ? withoutSignatures(image) : image)
      }
      return urlOf(text(image.secure_url) ?? text(image.url), x.context)
    }),
    name: field(Read.text, "og:title"),
    text: field(Read.text, "og:description")
  },
  { unknown: "keepUnlessBlank" }
)

/** `message`: the message that has it as its only file. */
const attachmentOf = (of: File, message: Wire | undefined, context: Context): Attachment => {
  const mimeType = of.mimeType ?? mimeOf(message)
  const isVoice = isVoiceMessage(mimeType, message)
  const draft: Entity.Draft<Attachment> = { type: isVoice ? "voice" : typeOf(mimeType) }
  if (of.url !== undefined) draft.url = of.url
  const thumbnailUrl = of.hasThumbnails === true ? of.thumbnailUrl : thumbnailOf(message?.thumbnails, context)
  if (thumbnailUrl !== undefined) draft.thumbnailUrl = thumbnailUrl
  if (of.name !== undefined) draft.name = of.name
  if (mimeType !== undefined) draft.mimeType = mimeType
  if (of.sizeBytes !== undefined) draft.sizeBytes = of.sizeBytes
  const millis = isVoice ? count(metaOf(message, "KEY_VOICE_MESSAGE_DURATION")) : undefined
  if (millis !== undefined) draft.durationSeconds = millis / 1000
  if (of.isAuthRequired === true || flag(message?.require_auth) === true) draft.isAuthRequired = true
  if (of.custom !== undefined) draft.custom = of.custom
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

/** Tells whether each has an address. */
const isThumbnails = isListOf((one) => isWire(one) && thumbnailUrlOf(one) !== undefined)

const withoutSignatures = (image: Wire): Wire =>
  Object.fromEntries(
    Object.entries(image).map(([field, value]) => [
      field,
      typeof value === "string" ? SignedLinks.strip(value) : value
    ])
  )

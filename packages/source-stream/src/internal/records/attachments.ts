import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity } from "@chatferry/core"
import { AttachmentTypes } from "@chatferry/stream-api"
import { declared } from "../consequences.ts"
import { type Context, keptAddress, stream, urlOf } from "./context.ts"
import { customFields } from "./customFields.ts"
import { count, isBlank, isObject, text } from "./raw.ts"
import * as Read from "./reads.ts"

const { any, field } = RawRecord

type Message = Entity.Entity<"message">
type Attachment = NonNullable<Message["attachments"]>[number]

/** Maps the attachments of a message. Values that are not objects are kept as custom data. */
export const attachments = (
  x: RawRecord.X<Message, Context>,
  values: ReadonlyArray<unknown> | undefined
): ReadonlyArray<Attachment> | undefined => {
  if (values === undefined || values.length === 0) return undefined
  const found: Array<Attachment> = []
  const others: Array<unknown> = []
  for (const value of values) {
    if (isObject(value)) {
      const attachment = isBlank(value) ? emptyAttachment(x) : x.part(table, "attachments", value)
      if (attachment !== undefined) found.push(withoutCredentials(attachment, x.context))
    } else if (!isBlank(value)) others.push(value)
  }
  if (others.length > 0) {
    x.note(Consequence.codeOf(RawRecord.declared.unreadableField, "message.attachments"))
    x.keep("attachments", keptAddress(others, x.context))
  }
  return found.length === 0 ? undefined : found
}

// internal

/** Makes an attachment from an object without fields. */
const emptyAttachment = (x: RawRecord.X<Message, Context>): Attachment => {
  x.note(declared.attachmentTypeAssumed.code)
  return { type: "file" }
}

const ADDRESSES = ["asset_url", "image_url", "thumb_url", "og_scrape_url", "title_link"] as const
type Address = (typeof ADDRESSES)[number]

/** Other fields that contain addresses and are kept as they are. */
const WITH_ADDRESSES = ["actions", "author_icon", "author_link", "footer_icon", "giphy"]

const FILE = ["asset_url"] as const
const URLS: Readonly<Record<Attachment["type"], ReadonlyArray<Address>>> = {
  image: ["image_url", "asset_url", "thumb_url"],
  video: FILE,
  audio: FILE,
  voice: FILE,
  file: FILE,
  link: ["og_scrape_url", "title_link"],
  other: ["asset_url", "image_url", "thumb_url"]
}

const PICTURE = ["thumb_url", "image_url"] as const
const THUMBNAILS: typeof URLS = {
  image: ["thumb_url"],
  video: PICTURE,
  audio: PICTURE,
  voice: PICTURE,
  file: PICTURE,
  link: ["image_url", "thumb_url"],
  other: PICTURE
}

/**
 * Reads the address of the attachment, which is the first one in the order of its type,
 * and the address of its picture. An address under its first name follows from the
 * model. An address under another name or under several names is kept as well, as are
 * all other addresses, because Stream's clients recognise attachments by their fields.
 */
const addresses = (x: RawRecord.X<Attachment, Context>): string | undefined => {
  const { context, draft, raw } = x
  const type = draft.type as Attachment["type"]
  const urls = URLS[type]
  const pictures = THUMBNAILS[type]
  const urlName = urls.find((name) => text(raw[name]) !== undefined)
  const url = urlName === undefined ? undefined : text(raw[urlName])
  const pictureName = pictures.find((name) => (text(raw[name]) ?? url) !== url)
  x.set("thumbnailUrl", pictureName === undefined ? undefined : urlOf(raw[pictureName], context))
  for (const name of ADDRESSES) {
    const own = text(raw[name])
    if (own === undefined) continue
    const namesakes = ADDRESSES.filter((other) => text(raw[other]) === own)
    const isImplied =
      type === "link" && own === url
        ? namesakes.length === PAGE.length && PAGE.every((one) => namesakes.includes(one))
        : namesakes.length === 1 && name === (own === url ? urls : pictures)[0]
    if (!isImplied) x.keep(name, keptAddress(raw[name], context))
  }
  return urlOf(url, context)
}

/** A preview has the address of its page in both fields. */
const PAGE: ReadonlyArray<Address> = ["og_scrape_url", "title_link"]

/** Older clients write the size as text. */
const size: RawRecord.Read<number> = Read.understood((value) => {
  const found = typeof value === "string" && /^\d{1,15}$/u.test(value) ? Number(value) : count(value)
  return found !== undefined && found >= 0 ? found : undefined
})

const duration: RawRecord.Read<number> = Read.understood((value) => {
  const found = count(value)
  return found !== undefined && found >= 0 ? found : undefined
})

const a = stream.part<Attachment>("message.attachments", "message")

const table = a.table(
  {
    type: a.always([field(Read.text, "type")], (x, own) => {
      // A preview of a page has the type of the content of the page, which is mostly a picture.
      const isPreview = text(x.raw["og_scrape_url"]) !== undefined
      const type = isPreview
        ? "link"
        : ((own === undefined ? "file" : AttachmentTypes.types.get(own)) ?? "other")
      if (own === undefined) x.note(declared.attachmentTypeAssumed.code)
      else if (own !== AttachmentTypes.names[type]) x.set("customType", own)
      return type
    }),
    url: a.from(
      [
        field(Read.text, "asset_url"),
        field(Read.text, "image_url"),
        field(Read.text, "thumb_url"),
        field(Read.text, "og_scrape_url"),
        field(Read.text, "title_link")
      ],
      addresses
    ),
    name: field(Read.text, "title"),
    text: field(Read.text, "text"),
    mimeType: field(Read.text, "mime_type"),
    sizeBytes: a.from([field(size, "file_size"), field(size, "size")], (x, own, older) => {
      // A size as text, or under the older name, is also kept, so that the import sink can write it again.
      if (own !== undefined && (x.raw["file_size"] !== own || older !== undefined))
        x.keep("file_size", x.raw["file_size"])
      if (older !== undefined) x.keep("size", x.raw["size"])
      return own ?? older
    }),
    durationSeconds: field(duration, "duration")
  },
  {
    kept: [
      "actions",
      "author_icon",
      "author_link",
      "author_name",
      "color",
      "fallback",
      "fields",
      "footer",
      "footer_icon",
      "giphy",
      "original_height",
      "original_width",
      "pretext",
      "waveform_data"
    ],
    // 0 is a valid coordinate.
    also: ["latitude", "longitude"].map((name) =>
      a.from([any(name)], (x, value) => {
        if (value === 0 || !isBlank(value)) x.keep(name, value)
      })
    ),
    elsewhere: ["custom"],
    unknown: customFields("message.attachments"),
    dropped: ["migrate_resources"]
  }
)

const withoutCredentials = (of: Attachment, context: Context): Attachment => {
  const kept = context.stripSignedUrls ? of.custom?.["stream"] : undefined
  if (kept === undefined || !WITH_ADDRESSES.some((name) => Object.hasOwn(kept, name))) return of
  const clean = Object.entries(kept).map(([name, value]) => [
    name,
    WITH_ADDRESSES.includes(name) ? keptAddress(value, context) : value
  ])
  return { ...of, custom: { stream: Object.fromEntries(clean) as typeof kept } }
}

import { Consequence, type Entity, Leftovers } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP } from "../bag.ts"
import { count, isCount, isText, isWire, text, type Wire } from "../wire.ts"
import { type Context, keptAddress, urlOf } from "./context.ts"

type Attachment = NonNullable<Entity.Entity<"message">["attachments"]>[number]

/** What a message carries. `undefined` when a value is too deep. */
export const attachments = (
  values: ReadonlyArray<unknown>,
  context: Context
): ReadonlyArray<Attachment> | undefined => {
  const found: Array<Attachment> = []
  for (const value of values) {
    if (!isWire(value)) {
      if (value !== null) {
        context.out.note(Consequence.codeOf(Leftovers.declared.unreadableField, "message.attachments"))
      }
      continue
    }
    const attachment = attachmentOf(value, context)
    if (attachment === undefined) return undefined
    found.push(attachment)
  }
  return found
}

// internal

const TYPES: ReadonlyMap<string, Attachment["type"]> = new Map([
  ["image", "image"],
  ["video", "video"],
  ["audio", "audio"],
  ["voiceRecording", "voice"],
  ["file", "file"],
  ["link", "link"]
])

const attachmentOf = (wire: Wire, context: Context): Attachment | undefined => {
  const own = text(wire["type"])
  // A preview of a page has the type of what the page shows, which is mostly a picture.
  const isPreview = text(wire["og_scrape_url"]) !== undefined
  const type = isPreview ? "link" : ((own === undefined ? "file" : TYPES.get(own)) ?? "other")
  const draft: Entity.Draft<Attachment> = { type }
  let bag: Bag | undefined
  if (own !== undefined && own !== STREAM_TYPES[type]) bag = keep(bag, "type", own)
  const used = new Set<string>()
  const first = (fields: ReadonlyArray<string>) => {
    for (const field of fields) {
      const found = text(wire[field])
      if (found === undefined) continue
      // The same address in other fields is told by the first.
      for (const again of ADDRESSES) if (wire[again] === found) used.add(again)
      return urlOf(found, context)
    }
    return undefined
  }
  const url = first(URLS[type])
  if (url !== undefined) draft.url = url
  const thumbnailUrl = first(THUMBNAILS[type].filter((field) => !used.has(field)))
  if (thumbnailUrl !== undefined) draft.thumbnailUrl = thumbnailUrl
  for (const field of ADDRESSES) {
    if (!used.has(field) && text(wire[field]) !== undefined)
      bag = keep(bag, field, keptAddress(wire[field], context))
  }
  const name = text(wire["title"])
  if (name !== undefined) draft.name = name
  const body = text(wire["text"])
  if (body !== undefined) draft.text = body
  const mimeType = text(wire["mime_type"])
  if (mimeType !== undefined) draft.mimeType = mimeType
  const size = sizeOf(wire["file_size"]) ?? sizeOf(wire["size"])
  if (size !== undefined) draft.sizeBytes = size
  const duration = count(wire["duration"])
  if (duration !== undefined && duration >= 0) draft.durationSeconds = duration
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) return undefined
  if (bag !== undefined) draft.custom = custom(withoutCredentials(bag, context))
  return draft
}

const withoutCredentials = (bag: Bag, context: Context): Bag => {
  if (!context.stripSignedUrls) return bag
  const changed = WITH_ADDRESSES.filter((field) => Object.hasOwn(bag, field))
  return changed.length === 0
    ? bag
    : {
        ...bag,
        ...(Object.fromEntries(changed.map((field) => [field, keptAddress(bag[field], context)])) as Bag)
      }
}

// Older clients write the size as text.
const sizeOf = (value: unknown) => {
  const size = typeof value === "string" && /^\d{1,15}$/u.test(value) ? Number(value) : count(value)
  return size !== undefined && size >= 0 ? size : undefined
}

const STREAM_TYPES: Readonly<Record<Attachment["type"], string | undefined>> = {
  image: "image",
  video: "video",
  audio: "audio",
  voice: "voiceRecording",
  file: "file",
  link: "link",
  other: undefined
}

const ADDRESSES = ["asset_url", "image_url", "thumb_url", "og_scrape_url", "title_link"]

/** What else has an address, or several of them, and is kept as it is. */
const WITH_ADDRESSES = ["actions", "author_icon", "author_link", "footer_icon", "giphy"]

const FILE = ["asset_url"]
const URLS: Readonly<Record<Attachment["type"], ReadonlyArray<string>>> = {
  image: ["image_url", "asset_url", "thumb_url"],
  video: FILE,
  audio: FILE,
  voice: FILE,
  file: FILE,
  link: ["og_scrape_url", "title_link"],
  other: ["asset_url", "image_url", "thumb_url", "title_link"]
}

const PICTURE = ["thumb_url", "image_url"]
const THUMBNAILS: typeof URLS = {
  image: ["thumb_url"],
  video: PICTURE,
  audio: PICTURE,
  voice: PICTURE,
  file: PICTURE,
  link: ["image_url", "thumb_url"],
  other: PICTURE
}

const FIELDS: Leftovers.Fields = {
  kind: "message.attachments",
  readable: {
    type: isText,
    title: isText,
    text: isText,
    mime_type: isText,
    file_size: (value) => sizeOf(value) !== undefined,
    size: (value) => sizeOf(value) !== undefined,
    duration: isCount,
    asset_url: isText,
    image_url: isText,
    thumb_url: isText,
    og_scrape_url: isText,
    title_link: isText
  },
  read: ["type", ...ADDRESSES, "title", "text", "mime_type", "file_size", "size", "duration"],
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
    "latitude",
    "longitude",
    "original_height",
    "original_width",
    "pretext",
    "waveform_data"
  ],
  dropped: ["migrate_resources"]
}

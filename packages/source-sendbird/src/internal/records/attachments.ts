import { RawRecord } from "@chatferry/connector"
import { type Entity } from "@chatferry/core"
import { SignedLinks } from "@chatferry/core/errors"
import { declared } from "../consequences.ts"
import { type Context, sendbird, urlOf } from "./context.ts"
import { metaOf } from "./metaArray.ts"
import {
  count,
  flag,
  isBlank,
  isList,
  isListOf,
  isNothing,
  isText,
  isObject,
  list,
  text,
  type RawObject
} from "./raw.ts"
import * as Read from "./reads.ts"
import * as spellings from "./spellings.ts"

const { any, field } = RawRecord

type Message = Entity.Entity<"message">
type Attachment = NonNullable<Message["attachments"]>[number]

/** Fields of a file that a message may have beside the file object, except `type`, which is the type of the message. */
export const BESIDE: ReadonlyArray<string> = [
  ...spellings.file.url,
  ...spellings.file.name,
  ...spellings.file.size,
  "file_type",
  "mime_type"
]

/** Maps `file`, `files` and the preview of a link. `beside` has the values of `BESIDE`. */
export const attachments = <C extends Context>(
  x: RawRecord.X<Message, C>,
  inside: unknown,
  more: unknown,
  preview: unknown,
  thumbnails: unknown,
  _isAuthRequired: unknown,
  ...beside: ReadonlyArray<unknown>
): ReadonlyArray<Attachment> | undefined => {
  const one = withoutData(x, withBeside(x, inside, beside))
  if (isNothing(one) && isNothing(more) && isNothing(preview) && isNothing(thumbnails)) return undefined
  const found: Array<Attachment> = []
  const first = x.part(file, "file", one)
  if (first !== undefined) found.push(attachmentOf(first, x.raw, x.context))
  // Thumbnails without a file belong to nothing.
  if (first === undefined || first.hasThumbnails === true || !isThumbnails(thumbnails))
    x.unreadable("thumbnails")
  // If there are several files, `file` may repeat the first one.
  const address = isObject(one) ? text(one.url) : undefined
  if (!isList(more)) x.unreadable("files")
  for (const another of list(more)) {
    if (address !== undefined && isObject(another) && another.url === address) continue
    const of = x.part(file, "files", another)
    if (of !== undefined) found.push(attachmentOf(of, undefined, x.context))
  }
  const linkAttachment = x.part(link, "og_tag", preview)
  if (linkAttachment !== undefined) found.push(linkAttachment)
  return found.length === 0 ? undefined : found
}

// internal

/** The SDKs present the data of a file as the data of the message. */
const withoutData = <C extends Context>(x: RawRecord.X<Message, C>, one: unknown): unknown => {
  if (!isObject(one) || isBlank(one.data)) return one
  const { data, ...rest } = one
  const values = spellings.message.data.map((name) => x.raw[name]).filter((value) => !isNothing(value))
  if (values.length === 0) x.keep("data", data)
  return values.every((value) => value === data) ? rest : one
}

const OWN = [
  [spellings.file.url, spellings.file.url],
  [spellings.file.name, spellings.file.name],
  [spellings.file.size, spellings.file.size],
  [spellings.file.mimeType, ["file_type", "mime_type"]]
] as const

const ADDRESS = /^https?:\/\//iu

/** Adds the fields beside a file to it. Without a file or an address, these fields are kept as they are. */
const withBeside = <C extends Context>(
  x: RawRecord.X<Message, C>,
  inside: unknown,
  beside: ReadonlyArray<unknown>
): unknown => {
  const { raw } = x
  const given = typeof inside === "string" && ADDRESS.test(inside) ? { url: inside } : inside
  const isAlone = beside.every(isBlank)
  const type = mimeOf(raw)
  if (isAlone && type === undefined) return given
  const own = isObject(given) ? given : {}
  const isFile =
    (isNothing(given) || isObject(given)) &&
    (isNamed(own) || spellings.file.url.some((name) => text(raw[name]) !== undefined))
  if (!isFile) {
    for (const name of BESIDE) if (!isBlank(raw[name])) x.keep(name, raw[name])
    if (type !== undefined) x.unreadable("type")
    return given
  }
  const all: Record<string, unknown> = { ...own }
  for (const [spelled, beside] of OWN) {
    for (const name of beside) {
      const value = raw[name]
      if (isBlank(value)) continue
      const before = spelled.find((one) => !isBlank(all[one]))
      if (before === undefined) all[spelled[0]] = value
      else if (!isAlike(all[before], value)) x.keep(name, x.context.stripSignedUrls ? stripped(value) : value)
    }
  }
  if (type !== undefined) {
    const before = spellings.file.mimeType.find((one) => !isBlank(all[one]))
    if (before === undefined) all.type = type
    else if (all[before] !== type) x.keep("type", type)
  }
  return all
}

const stripped = (value: unknown) => (typeof value === "string" ? SignedLinks.strip(value) : value)

/** Compares values as text, and addresses without their credentials. */
const isAlike = (one: unknown, other: unknown): boolean =>
  isText(one) && isText(other) && stripped(text(one)) === stripped(text(other))

/** A file. Its message may have more fields of it. */
interface File extends Omit<Attachment, "type"> {
  readonly hasThumbnails?: boolean
}

/** A negative size is unreadable. */
const size: RawRecord.Read<number> = (value) => {
  const found = Read.count(value)
  return typeof found === "number" && found < 0 ? RawRecord.UNREADABLE : found
}

const NAMED = [...spellings.file.url, ...spellings.file.name]

/** True if there is an address or at least a name. */
const isNamed = (raw: RawObject): boolean => NAMED.some((name) => text(raw[name]) !== undefined)

const f = sendbird.part<File>("message.file", "message")

const file = f.table(
  {
    url: f.from([field(Read.text, ...spellings.file.url)], (x, url) => urlOf(url, x.context)),
    thumbnailUrl: f.from([any("thumbnails")], (x, thumbnails) => {
      if (isNothing(thumbnails)) return undefined
      x.set("hasThumbnails", true)
      if (!isThumbnails(thumbnails)) x.unreadable("thumbnails")
      return thumbnailOf(thumbnails, x.context)
    }),
    name: field(Read.text, ...spellings.file.name),
    mimeType: field(Read.text, ...spellings.file.mimeType),
    sizeBytes: field(size, ...spellings.file.size),
    isAuthRequired: field(Read.yes, "require_auth")
  },
  {
    unknown: "keepUnlessBlank",
    isEnough: isNamed
  }
)

const l = sendbird.part<Attachment>("message.og_tag", "message")

const link = l.table(
  {
    type: l.always([], () => "link"),
    url: l.from([field(Read.text, "og:url")], (x, url) => urlOf(url, x.context)),
    thumbnailUrl: l.from([any("og:image")], (x, image) => {
      if (!isObject(image)) {
        if (text(image) === undefined) x.unreadable("og:image")
        return urlOf(image, x.context)
      }
      // Only the address of the picture has a field in the model. Its size is kept with the rest.
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

/** `message`: the message, if this is its only file. */
const attachmentOf = (of: File, message: RawObject | undefined, context: Context): Attachment => {
  const { mimeType } = of
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

/** Types may be in upper case and have parameters. */
const typeOf = (mimeType: string | undefined) => {
  const [, kind] = /^\s*(image|video|audio)\b/iu.exec(mimeType ?? "") ?? []
  return kind === undefined ? "file" : (kind.toLowerCase() as "image" | "video" | "audio")
}

// The `type` of a file message is `FILE` or the MIME type of the file.
const mimeOf = ({ type }: RawObject) => (typeof type === "string" && type.includes("/") ? type : undefined)

const VOICE = /;\s*sbu_type\s*=\s*"?voice\b/iu

const isVoiceMessage = (mimeType: string | undefined, message: RawObject | undefined) =>
  (mimeType !== undefined && VOICE.test(mimeType)) ||
  text(metaOf(message, "KEY_INTERNAL_MESSAGE_TYPE"))?.startsWith("voice/") === true

/** A thumbnail may be an object or only its address. */
const thumbnailUrlOf = (thumbnail: unknown) => {
  if (typeof thumbnail === "string") return text(thumbnail)
  return isObject(thumbnail) ? (text(thumbnail.url) ?? text(thumbnail.plain_url)) : undefined
}

const thumbnailOf = (value: unknown, context: Context): string | undefined => {
  const thumbnails = list(value)
  if (thumbnails.length === 0) return undefined
  let largest: string | undefined
  let largestArea = -1
  let left = thumbnails.length
  for (const thumbnail of thumbnails) {
    const url = thumbnailUrlOf(thumbnail)
    if (url === undefined) continue
    const area = areaOf(thumbnail)
    if (area > largestArea) {
      largest = url
      largestArea = area
    }
  }
  if (largest !== undefined) left--
  if (left > 0) context.out.note(declared.smallerThumbnails.code)
  return urlOf(largest, context)
}

const areaOf = (thumbnail: unknown): number => {
  if (!isObject(thumbnail)) return 0
  const width = count(thumbnail.real_width) ?? count(thumbnail.width) ?? 0
  return width * (count(thumbnail.real_height) ?? count(thumbnail.height) ?? 0)
}

/** True if each thumbnail has an address. */
const isThumbnails = isListOf((one) => thumbnailUrlOf(one) !== undefined)

const withoutSignatures = (image: RawObject): RawObject =>
  Object.fromEntries(Object.entries(image).map(([field, value]) => [field, stripped(value)]))

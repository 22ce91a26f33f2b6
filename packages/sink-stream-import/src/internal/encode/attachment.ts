import type { Entity } from "@chatferry/core"
import { AttachmentTypes } from "@chatferry/stream-api"
import * as Limits from "../../StreamImportLimits.ts"
import { notes } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import type { Settings } from "../format/settings.ts"

type Attachment = NonNullable<Entity.Entity<"message">["attachments"]>[number]

/** Encodes the attachments of a message up to Stream's limit; the others go to the side file. */
export const encodeAttachments = (
  attachments: ReadonlyArray<Attachment>,
  settings: Settings,
  changes: Custom.Changes
): ReadonlyArray<Custom.Fields> => {
  if (attachments.length > Limits.attachments) {
    Custom.move(changes, "attachments", attachments.slice(Limits.attachments))
    for (let i = Limits.attachments; i < attachments.length; i++)
      changes.notes.push(notes.attachmentMoved.code)
  }
  return attachments
    .slice(0, Limits.attachments)
    .map((attachment, index) => encode(attachment, index, settings, changes))
}

/** Decodes the attachment of an item, unless the encoding was one-way. */
export const decodeAttachment = (item: Custom.Fields): Attachment => {
  const own = (item["chatferry"] ?? {}) as Custom.Fields
  const type = AttachmentTypes.types.get(item["type"]) ?? "other"
  const isLink = type === "link"
  const url = isLink ? item["title_link"] : (item[urlField(type)] ?? own["url"])
  const thumbnailUrl = item[thumbnailField(type)] ?? own["thumbnail_url"]
  return Custom.given({
    type,
    url,
    thumbnailUrl,
    name: item["title"],
    text: item["text"],
    mimeType: item["mime_type"],
    sizeBytes: item["file_size"],
    durationSeconds: item["duration"],
    isAuthRequired: own["auth_required"],
    custom: Custom.custom(item, FIELDS)
  }) as unknown as Attachment
}

// internal

/** The fields of an item besides custom data. */
const FIELDS: ReadonlySet<string> = new Set([
  "type",
  "og_scrape_url",
  "title_link",
  "image_url",
  "asset_url",
  "thumb_url",
  "title",
  "text",
  "mime_type",
  "file_size",
  "duration",
  "migrate_resources"
])

const urlField = (type: Attachment["type"]) => (type === "image" ? "image_url" : "asset_url")
const thumbnailField = (type: Attachment["type"]) => (type === "link" ? "image_url" : "thumb_url")

const encode = (
  attachment: Attachment,
  index: number,
  settings: Settings,
  changes: Custom.Changes
): Custom.Fields => {
  const { thumbnailUrl, type, url } = attachment
  const ofStream = attachment.custom?.["stream"]
  const item: Custom.Fields = { type: ownType(attachment) ?? AttachmentTypes.names[type] }
  const own: Custom.Fields = {}
  let isFetchable = false
  const assign = (field: string, source: string): boolean => {
    const accepted = httpsUrl(source, settings, changes)
    if (accepted === undefined) return false
    if (accepted !== source) changes.isOneWay = true
    item[field] = accepted
    isFetchable = true
    return true
  }
  if (url !== undefined && !isFromStream(url, type === "link" ? PAGES : ADDRESSES, ofStream)) {
    if (type === "link") item["og_scrape_url"] = item["title_link"] = url
    else if (!assign(urlField(type), url)) own["url"] = url
  }
  if (thumbnailUrl !== undefined && !isFromStream(thumbnailUrl, ADDRESSES, ofStream)) {
    if (!assign(thumbnailField(type), thumbnailUrl)) own["thumbnail_url"] = thumbnailUrl
  }
  if (attachment.name !== undefined) item["title"] = attachment.name
  if (attachment.text !== undefined) item["text"] = attachment.text
  if (attachment.mimeType !== undefined) item["mime_type"] = attachment.mimeType
  if (attachment.sizeBytes !== undefined && !isSizeFromStream(attachment.sizeBytes, ofStream, settings))
    item["file_size"] = attachment.sizeBytes
  if (attachment.durationSeconds !== undefined) item["duration"] = attachment.durationSeconds
  let given: Readonly<Record<string, Custom.Fields>> | undefined = attachment.custom
  let taken = ReservedNames.attachment
  if (ofStream !== undefined) {
    const restorable = findRestorable(ofStream, item, settings, assign)
    given = { ...given, stream: restorable.extras }
    taken = restorable.taken
  }
  if (attachment.isAuthRequired === true) {
    own["auth_required"] = true
    changes.notes.push(notes.attachmentAuthRequired.code)
  } else if (isFetchable && settings.migrateResources && type !== "link") {
    // Not for previews: their images are on other sites, and one that cannot be fetched fails the whole import.
    item["migrate_resources"] = true
  }
  if (
    attachment.isAuthRequired === false ||
    attachment.customType !== undefined ||
    taken !== ReservedNames.attachment ||
    Custom.isOneWay(attachment.custom, ReservedNames.attachment)
  )
    changes.isOneWay = true
  const custom = Custom.fields(given, own, ReservedNames.attachment, taken)
  if (custom !== undefined) Object.assign(item, Custom.limit(custom, 0, `attachments[${index}].`, changes))
  return item
}

/** The source's own type of an attachment. */
const ownType = ({ custom, customType }: Attachment): string | undefined => {
  const own = customType ?? custom?.["stream"]?.["type"]
  return typeof own === "string" && own !== "" ? own : undefined
}

/** Fields with the address of something that Stream can copy. */
const ADDRESSES = ["image_url", "thumb_url", "asset_url"] as const
const PAGES = ["og_scrape_url", "title_link"] as const

/** Whether a field from Stream has the address. It is then restored under the name of that field only. */
const isFromStream = (address: string, names: ReadonlyArray<string>, ofStream: Custom.Fields | undefined) =>
  ofStream !== undefined && names.some((name) => ofStream[name] === address)

/** Whether a field from Stream has the size, which may be text or have the older name. */
const isSizeFromStream = (bytes: number, ofStream: Custom.Fields | undefined, { dialect }: Settings) =>
  ofStream !== undefined &&
  ["file_size", "size"].some((name) => {
    const value = ofStream[name]
    return value !== undefined && Number(value) === bytes && isAcceptedAs(name, value, dialect)
  })

/** Names that are never restored: Stream or this package gives them another meaning. */
const NEVER_RESTORED = ["__proto__", "chatferry", "custom", "migrate_resources", "type"]

/**
 * Finds the fields from Stream that are restored under their own names: those
 * that the item does not already have and that Stream accepts unchanged.
 */
const findRestorable = (
  ofStream: Custom.Fields,
  item: Custom.Fields,
  { dialect }: Settings,
  assign: (field: string, source: string) => boolean
): { readonly extras: Custom.Fields; readonly taken: ReadonlySet<string> } => {
  const extras: Custom.Fields = {}
  const taken = new Set<string>(NEVER_RESTORED)
  const isPlaced = (name: string, value: unknown) =>
    typeof value === "string" && !Object.hasOwn(item, name) && assign(name, value)
  for (const [name, value] of Object.entries(ofStream)) {
    // The item already has the value.
    if (Object.hasOwn(item, name) && item[name] === value) continue
    if ((ADDRESSES as ReadonlyArray<string>).includes(name)) {
      if (isPlaced(name, value)) continue
      taken.add(name)
    } else if (Object.hasOwn(item, name) || !isAcceptedAs(name, value, dialect)) taken.add(name)
    extras[name] = value
  }
  return { extras, taken }
}

/** Whether the former validator, whose dialect is the array, accepts the type of a field. */
const isAcceptedAs = (name: string, value: unknown, dialect: Settings["dialect"]): boolean => {
  if (value === null) return !ReservedNames.attachment.has(name)
  const type = dialect === "json-array" ? ReservedNames.attachmentTypes.get(name) : undefined
  return type === undefined || (type === "string" ? typeof value === "string" : Number.isSafeInteger(value))
}

const STRICT_URL =
  /^https:\/\/[\w.-]+(?::\d{1,5})?(?:[/?](?:[\w.~:/?@!$&'()*+,;=-]|%[\da-f]{2})*)?(?:#(?:[\w.~:/?@!$&'()*+,;=-]|%[\da-f]{2})*)?$/i
const NOT_IN_URLS = /[^\w.~:/?@!$&'()*+,;=%#-]|%(?![\da-f]{2})/gi

const httpsUrl = (source: string, settings: Settings, changes: Custom.Changes): string | undefined => {
  if (isStrict(source)) return source
  const isHttp = /^http:/i.test(source)
  const normal = isHttp && settings.httpUrls === "custom" ? undefined : normalised(source)
  if (normal === undefined)
    changes.notes.push(isHttp ? notes.attachmentUrlHttp.code : notes.attachmentUrlInvalid.code)
  else changes.notes.push(isHttp ? notes.attachmentUrlUpgraded.code : notes.attachmentUrlNormalised.code)
  return normal
}

// Browsers accept more URLs than JSON Schema's `uri`, such as those with spaces and letters outside ASCII.
const normalised = (source: string): string | undefined => {
  const url = URL.parse(source)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    return undefined
  const text = `https:${url.href.slice(url.protocol.length)}`.replace(NOT_IN_URLS, (character) =>
    encodeURIComponent(character)
  )
  return isStrict(text) ? text : undefined
}

// The pattern accepts impossible hosts and ports, such as 256.1.1.1 and 99999.
const isStrict = (url: string) => STRICT_URL.test(url) && URL.canParse(url)

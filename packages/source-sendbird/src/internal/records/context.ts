// The context that all mappings share.
import { RawRecord } from "@chatferry/connector"
import { Consequence } from "@chatferry/core"
import { SignedLinks } from "@chatferry/core/errors"
import { declared } from "../consequences.ts"
import type { Out } from "../reading/out.ts"
import { isBlank, text } from "./raw.ts"
import * as Read from "./reads.ts"
import { secrets } from "./secrets.ts"
import * as spellings from "./spellings.ts"

export interface Settings {
  readonly keepPersonalFields: boolean
  readonly stripSignedUrls: boolean
  readonly maxElementBytes: number
}

export interface Context extends Settings {
  readonly out: Out
}

export const makeContext = (out: Out, settings: Settings): Context => ({ ...settings, out })

export const sendbird: RawRecord.Provider<Context> = RawRecord.provider({
  name: "sendbird",
  isBlank,
  secrets
})

/** Reads an address, without credentials if the setting says so. Credentials are counted. */
export const urlOf = (value: unknown, context: Context): string | undefined => {
  const url = text(value)
  if (url === undefined) return undefined
  const stripped = SignedLinks.strip(url)
  if (stripped === url) return url
  context.out.note(context.stripSignedUrls ? declared.signedUrlStripped.code : declared.signedUrlKept.code)
  return context.stripSignedUrls ? text(stripped) : url
}

const [NAME, OTHER_NAME] = spellings.user.name
const [PICTURE, OTHER_PICTURE] = spellings.user.image

interface Kept {
  readonly context: Context
  readonly keep: (name: string, value: unknown) => void
}

/** The picture of a user in both spellings. A different second one is kept, and stripped like the first one. */
export const PICTURES = [
  RawRecord.field(Read.text, PICTURE),
  RawRecord.field(Read.text, OTHER_PICTURE)
] as const

export const pictureOf = (
  x: Kept,
  picture: string | undefined,
  other: string | undefined
): string | undefined => {
  if (picture !== undefined && other !== undefined && other !== picture) {
    x.keep(OTHER_PICTURE, x.context.stripSignedUrls ? SignedLinks.strip(other) : other)
  }
  return urlOf(picture ?? other, x.context)
}

/** Name and picture of a user that is nested in another record. */
export const NAME_AND_PICTURE = [
  RawRecord.field(Read.text, NAME),
  RawRecord.field(Read.text, OTHER_NAME),
  ...PICTURES
] as const

/** Makes a snapshot of these fields, and of whether the user is a bot if the record says so. */
export const snapshot = (
  x: Kept,
  nickname: string | undefined,
  otherName: string | undefined,
  picture: string | undefined,
  otherPicture: string | undefined,
  isBot?: true
) => {
  if (nickname !== undefined && otherName !== undefined && otherName !== nickname)
    x.keep(OTHER_NAME, otherName)
  const name = nickname ?? otherName
  const imageUrl = pictureOf(x, picture, otherPicture)
  if (isBot !== undefined) {
    return { ...(name !== undefined && { name }), ...(imageUrl !== undefined && { imageUrl }), isBot }
  }
  if (name === undefined) return imageUrl === undefined ? undefined : { imageUrl }
  return imageUrl === undefined ? { name } : { name, imageUrl }
}

/** Counts a switch that is on and that the model lacks. The app has acted on it, but no target will. */
export const noteSwitch = (x: { readonly note: (code: string) => void }, field: string): void =>
  x.note(Consequence.codeOf(declared.switchKept, field))

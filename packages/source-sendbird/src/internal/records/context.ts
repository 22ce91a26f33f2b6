// What every mapping needs beside the record itself.
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

/** An address, without credentials if those are to go; counted if it has any. */
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

/** A user's picture in either of the two spellings; a second one that is another is kept, and stripped as the first is. */
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

/** Name and picture of a user as another record shows them. */
export const SHOWN = [
  RawRecord.field(Read.text, NAME),
  RawRecord.field(Read.text, OTHER_NAME),
  ...PICTURES
] as const

/** What comes of them, and of whether it is a bot where the record says so. */
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

/** Counts a switch that is on and that the model does not have: the app has acted on it, and no target will. */
export const noteSwitch = (x: { readonly note: (code: string) => void }, field: string): void =>
  x.note(Consequence.codeOf(declared.switchKept, field))

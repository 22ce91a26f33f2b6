// What every mapping needs beside the record itself.
import { RawRecord } from "@chatferry/connector"
import { SignedLinks } from "@chatferry/core"
import { declared } from "../consequences.ts"
import type { Out } from "../out.ts"
import * as Read from "../reads.ts"
import { secrets } from "../secrets.ts"
import { isBlank, text } from "../wire.ts"

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

/** Name and picture of a user as another record shows them, in either of the two spellings. */
export const SHOWN = [
  RawRecord.field(Read.text, "nickname"),
  RawRecord.field(Read.text, "name"),
  RawRecord.field(Read.text, "profile_url"),
  RawRecord.field(Read.text, "image")
] as const

/** What comes of them, and of whether it is a bot where the record says so. */
export const snapshot = (
  { context }: { readonly context: Context },
  nickname: string | undefined,
  otherName: string | undefined,
  picture: string | undefined,
  otherPicture: string | undefined,
  isBot?: true
) => {
  const name = nickname ?? otherName
  const imageUrl = urlOf(picture ?? otherPicture, context)
  if (isBot !== undefined) {
    return { ...(name !== undefined && { name }), ...(imageUrl !== undefined && { imageUrl }), isBot }
  }
  if (name === undefined) return imageUrl === undefined ? undefined : { imageUrl }
  return imageUrl === undefined ? { name } : { name, imageUrl }
}

// What every mapping needs beside the record itself.
import { RawRecord } from "@chatferry/connector"
import { Consequence, SignedLinks } from "@chatferry/core"
import { declared } from "../consequences.ts"
import type { Out } from "../out.ts"
import * as Read from "../reads.ts"
import { secrets } from "../secrets.ts"
import * as spellings from "../spellings.ts"
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

/** Name and picture of a user as another record shows them. */
export const SHOWN = [
  RawRecord.field(Read.text, ...spellings.user.name),
  RawRecord.field(Read.text, ...spellings.user.image)
] as const

/** What comes of them, and of whether it is a bot where the record says so. */
export const snapshot = (
  { context }: { readonly context: Context },
  name: string | undefined,
  picture: string | undefined,
  isBot?: true
) => {
  const imageUrl = urlOf(picture, context)
  if (isBot !== undefined) {
    return { ...(name !== undefined && { name }), ...(imageUrl !== undefined && { imageUrl }), isBot }
  }
  if (name === undefined) return imageUrl === undefined ? undefined : { imageUrl }
  return imageUrl === undefined ? { name } : { name, imageUrl }
}

/** Counts a switch that is on and that the model does not have: the app has acted on it, and no target will. */
export const noteSwitch = (x: { readonly note: (code: string) => void }, field: string): void =>
  x.note(Consequence.codeOf(declared.switchKept, field))

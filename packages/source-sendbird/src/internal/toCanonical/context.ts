// What every mapping needs beside the record itself.
import { Leftovers, SignedLinks } from "@chatferry/core"
import { declared } from "../consequences.ts"
import type { Out } from "../out.ts"
import { isSecret } from "../secrets.ts"
import { isBlank, text, time, type Wire } from "../wire.ts"

export interface Settings {
  readonly keepPersonalFields: boolean
  readonly stripSignedUrls: boolean
  readonly maxElementBytes: number
}

export interface Context extends Settings {
  readonly out: Out
  readonly rest: (fields: Leftovers.Fields) => Leftovers.Leftovers
}

export const makeContext = (out: Out, settings: Settings): Context => ({
  ...settings,
  out,
  rest: Leftovers.perKind((fields) => new Leftovers.Leftovers(fields, { isBlank, isSecret }, out))
})

/** Sets an optional time; what cannot be read is kept as it is and counted. */
export const setTime: Leftovers.SetTime = Leftovers.timeSetter(time)

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
export const snapshot = (wire: Wire, context: Context) => {
  const name = text(wire.nickname) ?? text(wire.name)
  const imageUrl = urlOf(text(wire.profile_url) ?? wire.image, context)
  if (name === undefined) return imageUrl === undefined ? undefined : { imageUrl }
  return imageUrl === undefined ? { name } : { name, imageUrl }
}

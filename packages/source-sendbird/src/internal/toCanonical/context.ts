// What every mapping needs beside the record itself.
import type { Entity, Timestamp } from "@chatferry/core"
import { type Bag, keep } from "../bag.ts"
import { type Fields, Leftovers } from "../leftovers.ts"
import type { Out } from "../out.ts"
import { stripSignature } from "../signedUrl.ts"
import { text, time, UNREADABLE, type Wire } from "../wire.ts"

export type Draft<A> = { -readonly [P in keyof A]: A[P] }

export interface Settings {
  readonly keepPersonalFields: boolean
  readonly stripSignedUrls: boolean
}

export interface Context extends Settings {
  readonly out: Out
  readonly rest: (fields: Fields) => Leftovers
}

export const makeContext = (out: Out, settings: Settings): Context => {
  const known = new Map<Fields, Leftovers>()
  return {
    ...settings,
    out,
    rest: (fields) => {
      let leftovers = known.get(fields)
      if (leftovers === undefined) known.set(fields, (leftovers = new Leftovers(fields, out)))
      return leftovers
    }
  }
}

/** Sets an optional time; what cannot be read is kept as it is and counted. */
export const setTime = <Field extends string>(
  draft: { [P in Field]?: Timestamp.Timestamp },
  to: Field,
  wire: Wire,
  from: string,
  bag: Bag | undefined,
  kind: Entity.Kind,
  context: Context
): Bag | undefined => {
  const found = time(wire[from])
  if (found === undefined) return bag
  if (found !== UNREADABLE) {
    draft[to] = found
    return bag
  }
  context.out.note(`unreadable_time.${kind}.${from}`)
  return keep(bag, from, wire[from])
}

/** An address, without credentials if those are to go; counted if it has any. */
export const urlOf = (value: unknown, context: Context): string | undefined => {
  const url = text(value)
  if (url === undefined) return undefined
  const stripped = stripSignature(url)
  if (stripped === url) return url
  context.out.note(context.stripSignedUrls ? "signed_url_stripped" : "signed_url_kept")
  return context.stripSignedUrls ? stripped : url
}

/** Name and picture of a user as another record shows them, in either of the two spellings. */
export const snapshot = (wire: Wire, context: Context) => {
  const name = text(wire.nickname) ?? text(wire.name)
  const imageUrl = urlOf(text(wire.profile_url) ?? wire.image, context)
  if (name === undefined) return imageUrl === undefined ? undefined : { imageUrl }
  return imageUrl === undefined ? { name } : { name, imageUrl }
}

export const TOO_DEEP_MESSAGE = "a value is nested deeper than 100 levels"

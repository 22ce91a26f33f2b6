// Custom fields are beside the other fields, or in a nested object.
import { RawRecord } from "@chatferry/connector"
import { Consequence } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context, keptAddress, urlOf } from "./context.ts"
import { isBlank, isObject, text, type RawObject } from "./raw.ts"

interface Extras {
  readonly raw: RawObject
  readonly context: Context
  readonly isKept: (name: string) => boolean
  readonly keep: (name: string, value: unknown) => void
  readonly note: (code: string) => void
}

const NESTED = "custom"

/** Fields of the model that are custom fields for Stream. */
const PLACED = ["name", "image"]

/** Keeps the custom fields. `isPlaced`: the mapping reads a name and an image from them. */
export const customFields =
  (label: string, isPlaced: "placed" | "not placed" = "not placed") =>
  (x: Extras, names: ReadonlyArray<string>): void => {
    const nested = x.raw[NESTED]
    if (isObject(nested)) keepNested(label, isPlaced === "placed" ? PLACED : [], nested, x)
    else if (!isBlank(nested)) x.keep(NESTED, nested)
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      keepOne(label, name, x.raw[name], x)
    }
  }

interface Placed extends Pick<Extras, "raw" | "context"> {
  readonly set: (to: "imageUrl", value: string | undefined) => void
}

/** Reads name and image, which can be in either place. */
export const nameAndImage = (x: Placed, name: string | undefined, image: string | undefined) => {
  const custom = x.raw[NESTED]
  const nested = isObject(custom) ? custom : NO_FIELDS
  x.set("imageUrl", urlOf(image ?? nested["image"], x.context))
  return name ?? text(nested["name"])
}

// internal

const NO_FIELDS: RawObject = {}

const keepNested = (label: string, placed: ReadonlyArray<string>, nested: RawObject, x: Extras) => {
  for (const name of Object.keys(nested)) {
    if (placed.includes(name)) keepPlaced(label, name, nested[name], x)
    else keepOne(label, name, nested[name], x)
  }
}

/** Only one of two fields with the same name can be kept. */
const keepOne = (label: string, name: string, value: unknown, x: Extras) => {
  if (x.isKept(name)) x.note(Consequence.codeOf(declared.customFieldTwice, label))
  x.keep(name, value)
}

/** Keeps a name or an image that the mapping did not use. */
const keepPlaced = (label: string, name: string, value: unknown, x: Extras) => {
  if (isBlank(value)) return
  const own = text(value)
  if (own === undefined) x.note(Consequence.codeOf(RawRecord.declared.unreadableField, `${label}.${name}`))
  else if (own === (text(x.raw[name]) ?? own)) return
  keepOne(label, name, keptAddress(value, x.context), x)
}

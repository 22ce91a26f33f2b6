// Tokens of users: whoever has one can act as that user, so none leaves this package.
import { RawRecord } from "@chatferry/connector"
import { isBlank } from "./raw.ts"

/** Told the name of each field that was taken out with something in it. */
export type OnSecret = (field: string) => void

export const secrets: ReadonlyArray<string> = ["access_token", "bot_token", "session_tokens"]

export const isSecret = (field: string): boolean => secrets.includes(field)

/** The value without secrets at any depth; the same value when there are none. It must not be nested too deep. */
export const withoutSecrets = <A>(value: A, onSecret: OnSecret): A =>
  RawRecord.withoutSecrets(value, { isBlank, secrets }, onSecret)

/**
 * The same for text that may be broken JSON. A value that is no text ends it,
 * because where such a value ends cannot be told.
 */
export const withoutSecretText = (json: string, onSecret: OnSecret): string =>
  json.replace(VALUE, (whole, name: string, blank: string | undefined, before: string | undefined) => {
    if (blank !== undefined) return whole
    onSecret(secrets.find((_, i) => SPELLED[i]?.test(name)) ?? name)
    return before === undefined ? name : `${name}${before}""`
  })

// internal

// A letter of a name in JSON may be written as its number.
const spelled = (name: string) =>
  Array.from(name, (letter) => `(?:${letter}|\\\\u00${letter.charCodeAt(0).toString(16)})`).join("")

const SPELLED = secrets.map((name) => new RegExp(`^${spelled(name)}$`, "iu"))
const NAMES = secrets.map(spelled).join("|")
const BLANK = String.raw`"\s*:\s*(?:null|false|""|\[\s*\]|\{\s*\})(?=\s*[,}])`
const TEXT = String.raw`("\s*:\s*)"(?:[^"\\]|\\[^])*(?:"|\\?$)`
const VALUE = new RegExp(`(${NAMES})(?:(${BLANK})|${TEXT}|[^]*)`, "giu")

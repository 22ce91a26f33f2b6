// Tokens of users. Anyone with a token can act as its user, so no token leaves this package.
import { RawRecord } from "@chatferry/connector"
import { isBlank } from "./raw.ts"

/** Called with the name of each removed field that had a value. */
export type OnSecret = (field: string) => void

export const secrets: ReadonlyArray<string> = ["access_token", "bot_token", "session_tokens"]

export const isSecret = (field: string): boolean => secrets.includes(field)

/** Returns the value without secrets at any depth, or the same value if there are none. It must not be nested too deep. */
export const withoutSecrets = <A>(value: A, onSecret: OnSecret): A =>
  RawRecord.withoutSecrets(value, { isBlank, secrets }, onSecret)

/**
 * Removes secrets from text that may be malformed JSON. The end of a secret that is
 * not a string cannot be determined, so the text is cut there.
 */
export const withoutSecretText = (json: string, onSecret: OnSecret): string =>
  json.replace(VALUE, (whole, name: string, blank: string | undefined, before: string | undefined) => {
    if (blank !== undefined) return whole
    onSecret(secrets.find((_, i) => SPELLED[i]?.test(name)) ?? name)
    return before === undefined ? name : `${name}${before}""`
  })

// internal

// A letter of a name in JSON may be written as an escape sequence.
const spelled = (name: string) =>
  Array.from(name, (letter) => `(?:${letter}|\\\\u00${letter.charCodeAt(0).toString(16)})`).join("")

const SPELLED = secrets.map((name) => new RegExp(`^${spelled(name)}$`, "iu"))
const NAMES = secrets.map(spelled).join("|")
const BLANK = String.raw`"\s*:\s*(?:null|false|""|\[\s*\]|\{\s*\})(?=\s*[,}])`
const TEXT = String.raw`("\s*:\s*)"(?:[^"\\]|\\[^])*(?:"|\\?$)`
const VALUE = new RegExp(`(${NAMES})(?:(${BLANK})|${TEXT}|[^]*)`, "giu")

// What a link says about itself: that it is signed, and when it ends. Messages can point to any storage, so the
// common ones are known, and not Sendbird's own links alone.
import { Timestamp } from "@chatferry/core"
import { stripSignature } from "../signedUrl.ts"

export interface LinkTerms {
  /** It carries a signature or another credential, and stops working without it. */
  readonly isSigned: boolean
  /** The earliest end it states, in whole seconds. */
  readonly expiresAt: Timestamp.Timestamp | undefined
}

export const linkTermsOf = (url: string): LinkTerms => {
  const query = queryOf(url)
  if (query === "") return UNLIMITED
  const parameters = parametersOf(query)
  const isSigned =
    stripSignature(url) !== url ||
    parameters.has("x-goog-signature") ||
    (parameters.has("sig") && parameters.has("se"))
  const ends = [
    afterIssue(parameters, "x-amz-date", "x-amz-expires"),
    afterIssue(parameters, "x-goog-date", "x-goog-expires"),
    secondsOf(parameters.get("expires")),
    policyEnd(parameters.get("policy")),
    parameters.has("sig") ? textEnd(parameters.get("se")) : undefined
  ].filter((end) => end !== undefined)
  return { isSigned, expiresAt: ends.length === 0 ? undefined : Timestamp.fromSeconds(Math.min(...ends)) }
}

/** Host and path of a link that can be fetched over HTTP, and nothing that may be a credential. */
export const placeOf = (url: string): { readonly host?: string; readonly path?: string } => {
  const parsed = URL.parse(url)
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:")) return {}
  const { host, pathname } = parsed
  const credential = CREDENTIAL_IN_PATH.exec(pathname)
  return { host, path: credential === null ? pathname : pathname.slice(0, credential.index) }
}

// internal

const UNLIMITED: LinkTerms = { isSigned: false, expiresAt: undefined }

// A query that was escaped once too often, or parameters of a path.
const CREDENTIAL_IN_PATH =
  /(?:[;&?]|%3b|%26|%3f)(?:auth|signature|sig|awsaccesskeyid|policy|key-pair-id|x-(?:amz|goog)-[a-z-]+|[a-z_-]*token)(?:=|%3d)/iu

const queryOf = (url: string): string => {
  const at = url.indexOf("?")
  if (at < 0) return ""
  const hash = url.indexOf("#")
  // Nothing is left when the question mark is part of the fragment.
  return url.slice(at + 1, hash < 0 ? undefined : hash)
}

const parametersOf = (query: string): ReadonlyMap<string, string> => {
  const parameters = new Map<string, string>()
  for (const parameter of query.split("&")) {
    const at = parameter.indexOf("=")
    const name = (at < 0 ? parameter : parameter.slice(0, at)).toLowerCase()
    if (!parameters.has(name)) parameters.set(name, at < 0 ? "" : decoded(parameter.slice(at + 1)))
  }
  return parameters
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/u

/** The end of a link that says when it was issued and for how many seconds. */
const afterIssue = (
  parameters: ReadonlyMap<string, string>,
  issued: string,
  lasts: string
): number | undefined => {
  const date = BASIC.exec(parameters.get(issued) ?? "")
  const seconds = /^\d{1,9}$/u.exec(parameters.get(lasts) ?? "")
  if (date === null || seconds === null) return undefined
  const [, year, month, day, hour, minute, second] = date
  const start = textEnd(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return start === undefined ? undefined : start + Number(seconds[0])
}

// Fewer digits are not a time of any link: `expires=0` and `expires=3600` mean something else.
const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{10,11}$/u.test(text) ? Number(text) : undefined

/** The end in a policy that is signed along with the link: JSON in a Base64 that is safe in URLs. */
const policyEnd = (policy: string | undefined): number | undefined => {
  if (policy === undefined) return undefined
  const standard = policy.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/")
  const json = Buffer.from(standard, "base64").toString("latin1")
  return secondsOf(/"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*(\d+)/u.exec(json)?.[1])
}

/** A time as text, as whole seconds: rounded down, since a link had better be fetched too early than too late. */
const textEnd = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const time = text.includes("T")
    ? text.replace(/T(\d{2}:\d{2})(?=Z|[+-]|$)/u, "T$1:00")
    : `${text}T00:00:00Z`
  const timestamp = Timestamp.fromText(time)
  return timestamp === undefined ? undefined : Math.floor(Timestamp.toMillis(timestamp) / 1000)
}

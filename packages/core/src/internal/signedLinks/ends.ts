// Reads when a link expires.
import * as Timestamp from "../../Timestamp.ts"
import { decoded } from "./names.ts"
import { endOf, parameterAt, scan } from "./parameters.ts"

/** The earliest expiry that the link states, in whole seconds since 1970. Fragments are not sent to a server, so they are ignored. */
export const endOfLink = (url: string): number | undefined => {
  let earliest: number | undefined
  for (const values of valuesByList(url)) {
    for (const end of endsIn((name) => values.get(name) ?? [])) {
      if (end !== undefined && (earliest === undefined || end < earliest)) earliest = end
    }
  }
  return earliest
}

// internal

type Values = Map<string, Array<string>>

const EXPIRY_NAMES = new Set([
  "expires",
  "oe",
  "oh",
  "policy",
  "se",
  "sig",
  "ske",
  "x_amz_date",
  "x_amz_expires",
  "x_goog_date",
  "x_goog_expires",
  "x_oss_date",
  "x_oss_expires"
])

const valuesByList = (url: string): Iterable<Values> => {
  const scanned = scan(url)
  const lists = new Map<number, Values>()
  for (let i = 0; i < scanned.marks.length;) {
    const parameter = parameterAt(scanned, i)
    const name = parameter?.names.all.find((one) => EXPIRY_NAMES.has(one))
    if (parameter === undefined || name === undefined || parameter.separator.part === "fragment") {
      i++
      continue
    }
    const { equals, separator } = parameter
    const end = endOf(scanned, i, parameter)
    const values: Values = lists.get(separator.list) ?? new Map()
    lists.set(separator.list, values)
    const value = decoded(url.slice(equals.after, end.at), equals.level + 1)
    const all = values.get(name)
    if (all === undefined) values.set(name, [value])
    else all.push(value)
    i = end.mark
  }
  return lists.values()
}

function* endsIn(valuesOf: (name: string) => ReadonlyArray<string>): Generator<number | undefined> {
  for (const service of ["x_amz", "x_goog", "x_oss"]) {
    const issued = valuesOf(`${service}_date`)[0]
    for (const seconds of valuesOf(`${service}_expires`)) yield afterIssue(issued, seconds)
  }
  for (const text of valuesOf("expires")) yield secondsOf(text)
  for (const text of valuesOf("policy")) yield policyEnd(text)
  if (valuesOf("sig").length > 0) {
    // Both the signature and its signing key expire.
    for (const text of [...valuesOf("se"), ...valuesOf("ske")]) yield textEnd(text)
  }
  if (valuesOf("oh").length > 0) {
    for (const text of valuesOf("oe"))
      yield /^[\da-f]{8}$/iu.test(text) ? Number.parseInt(text, 16) : undefined
  }
}

const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/u

/** The expiry of a link with its time of issue and its lifetime in seconds. */
const afterIssue = (issued: string | undefined, lasts: string): number | undefined => {
  const date = BASIC.exec(issued ?? "")
  if (date === null || !/^\d{1,9}$/u.test(lasts)) return undefined
  const [, year, month, day, hour, minute, second] = date
  const start = textEnd(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return start === undefined ? undefined : start + Number(lasts)
}

// Fewer digits are not the time of a link: `expires=0` and `expires=3600` mean something else.
const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{10,11}$/u.test(text) ? Number(text) : undefined

/** The expiry in a policy that is signed with the link: JSON in a URL-safe Base64. */
const policyEnd = (policy: string): number | undefined => {
  const standard = policy.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/")
  const json = Buffer.from(standard, "base64").toString("latin1")
  return secondsOf(/"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*(\d+)/u.exec(json)?.[1])
}

/** Parses a time to whole seconds, rounded down, since fetching a link early is better than late. */
const textEnd = (text: string): number | undefined => {
  const time = text.includes("T")
    ? text.replace(/T(\d{2}:\d{2})(?=Z|[+-]|$)/u, "T$1:00")
    : `${text}T00:00:00Z`
  const timestamp = Timestamp.fromText(time)
  return timestamp === undefined ? undefined : Math.floor(Timestamp.toMillis(timestamp) / 1000)
}

// The rule about locations of rejects: each is unique, and leads to what it names.
import type { Rejected } from "@chatferry/core"
import * as Predicate from "effect/Predicate"
import { type Files, Zip } from "../../../harness/SourceHarness.ts"
import type { Reading } from "../engine/reading.ts"
import type { Verdict } from "../engine/rule.ts"

export const locationsLead = (
  readings: ReadonlyArray<Reading>,
  files: Files | undefined,
  expected: ReadonlyArray<string> | undefined
): Verdict | undefined => {
  const texts = files === undefined ? [] : textsIn(files)
  const found: Array<string> = []
  for (const { batches, partition } of readings) {
    const seen = new Map<string, number>()
    for (const rejected of batches.flatMap((batch) => batch.rejected)) {
      const { code, location } = rejected
      found.push(location)
      const which = `reject ${found.length} (${code}) of partition ${partition.id}`
      const before = seen.get(`${code} ${location}`)
      if (before !== undefined)
        return {
          expected: `a unique location for ${which}`,
          actual: `${location}, as for reject ${before}`
        }
      seen.set(`${code} ${location}`, found.length)
      const verdict = leads(which, rejected, texts)
      if (verdict !== undefined) return verdict
    }
  }
  if (expected === undefined) return undefined
  const at = expected.findIndex((location, i) => location !== found[i])
  if (at !== -1)
    return {
      expected: `the location ${expected[at]} of reject ${at + 1}`,
      actual: found[at] ?? "no such reject"
    }
  return expected.length === found.length
    ? undefined
    : {
        expected: `${expected.length} locations of rejects`,
        actual: `${found.length}, with ${found[expected.length]}`
      }
}

// internal

interface Text {
  readonly name: string
  readonly text: string
}

const textsIn = (files: Files): ReadonlyArray<Text> =>
  Object.entries(files).flatMap(([name, content]): ReadonlyArray<Text> => {
    if (content instanceof Zip) return textsIn(content.files)
    if (content instanceof Uint8Array) return [{ name, text: Buffer.from(content).toString("utf8") }]
    return [{ name, text: typeof content === "string" ? content : JSON.stringify(content) }]
  })

/** `a/b.jsonl:line 12`, with any text before and after it. */
const LINE = /:line (\d+)/u

/** If the location names a line of a file, that line has the original. */
const leads = (
  which: string,
  { original, location }: Rejected.Rejected,
  texts: ReadonlyArray<Text>
): Verdict | undefined => {
  const line = LINE.exec(location)
  if (line === null) return undefined
  const file = texts
    .filter(({ name }) => location.slice(0, line.index).endsWith(name))
    .toSorted((a, b) => b.name.length - a.name.length)[0]
  if (file === undefined) return undefined
  const lines = file.text.split("\n")
  const no = Number(line[1])
  if (isAt(original, lines[no - 1])) return undefined
  const where = lines.findIndex((text) => isAt(original, text))
  return {
    expected: `the original of ${which} in line ${no} of ${file.name}, which its location names`,
    actual: where === -1 ? "another record" : `that of line ${where + 1}`
  }
}

/** Secrets are removed from an original, and it may be a part of its line. */
const isAt = (original: unknown, line: string | undefined): boolean => {
  if (line === undefined) return false
  if (Predicate.hasProperty(original, "text") && typeof original.text === "string")
    return line.includes(original.text) || isAt(parsed(original.text), line)
  if (Predicate.hasProperty(original, "base64") || Predicate.hasProperty(original, "from")) return true
  const value = parsed(line)
  return value !== undefined && isPartOf(original, value)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isPartOf = (part: unknown, whole: unknown): boolean =>
  isWithin(part, whole) ||
  (Predicate.isObjectOrArray(whole) && Object.values(whole).some((value) => isPartOf(part, value)))

const isWithin = (part: unknown, whole: unknown): boolean => {
  // Ids above 2^53 are text on one side and a number on the other.
  if (!Predicate.isObjectOrArray(part) || !Predicate.isObjectOrArray(whole))
    return String(part) === String(whole) || Number(part) === Number(whole)
  return Object.entries(part).every(
    ([key, value]) => key in whole && isWithin(value, (whole as Record<string, unknown>)[key])
  )
}

/** The differences between two lines, or between all lines of two runs of the guard. */
import { Schema } from "effect"
import { Line } from "./outcome.ts"

/** A file, a count or another part of a line; `undefined` if it is missing. */
export interface Difference {
  readonly what: string
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface Comparison {
  readonly changed: ReadonlyArray<{ readonly name: string; readonly differences: ReadonlyArray<Difference> }>
  readonly added: ReadonlyArray<string>
  readonly gone: ReadonlyArray<string>
}

export const differences = (before: Line, after: Line): ReadonlyArray<Difference> => {
  const [old, now] = [leaves(before), leaves(after)]
  return Array.from(new Set([...old.keys(), ...now.keys()]), (what) => ({
    what,
    before: old.get(what),
    after: now.get(what)
  })).filter((one) => one.before !== one.after)
}

/** Compares by the names of the cases. */
export const compare = (before: ReadonlyArray<Line>, after: ReadonlyArray<Line>): Comparison => {
  const [old, now] = [byName(before), byName(after)]
  return {
    changed: after.flatMap((line) => {
      const earlier = old.get(line.case)
      const found = earlier === undefined ? [] : differences(earlier, line)
      return found.length === 0 ? [] : [{ name: line.case, differences: found }]
    }),
    added: after.flatMap((line) => (old.has(line.case) ? [] : [line.case])),
    gone: before.flatMap((line) => (now.has(line.case) ? [] : [line.case]))
  }
}

/** Describes a difference. */
export const words = ({ after, before, what }: Difference): string => {
  if (before === undefined) return `${what} is new: ${shown(after)}`
  return after === undefined
    ? `${what} is gone: ${shown(before)}`
    : `${what}: ${shown(before)} → ${shown(after)}`
}

/** Formats a comparison as lines: each case with its differences, then the number of cases for each of them. */
export const format = ({ added, changed, gone }: Comparison): ReadonlyArray<string> => {
  const often = new Map<string, number>()
  for (const { what } of changed.flatMap((one) => one.differences))
    often.set(what, (often.get(what) ?? 0) + 1)
  return [
    ...changed.flatMap((one) => [one.name, ...one.differences.map((each) => `  ${words(each)}`)]),
    ...added.map((name) => `${name}\n  is new`),
    ...gone.map((name) => `${name}\n  is gone`),
    ...Array.from(often)
      .toSorted(([, a], [, b]) => b - a)
      .map(([what, count]) => `${what} differs in ${count} cases`),
    `${changed.length} cases differ, ${added.length} are new, ${gone.length} are gone`
  ]
}

/** Reads the output of the guard. Lines around its own, such as the command that pnpm shows, are not JSON. */
export const parse = (text: string): ReadonlyArray<Line> =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => decode(line))

// internal

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Line))

const byName = (lines: ReadonlyArray<Line>) => new Map(lines.map((line) => [line.case, line]))

/** All values by their paths. */
const leaves = (line: Line): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const add = (location: string, value: unknown) => {
    if (typeof value !== "object" || value === null) found.set(location, String(value))
    else for (const [name, inner] of Object.entries(value)) add(`${location} ${name}`.trimStart(), inner)
  }
  add("", line)
  return found
}

/** Hashes are shortened to a recognisable length. */
const shown = (value = "") => (/^[0-9a-f]{64}$/u.test(value) ? value.slice(0, 12) : value)

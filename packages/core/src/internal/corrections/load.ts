// Finds out what of the rejects of a finished run has been corrected in a copy of them.
import * as Effect from "effect/Effect"
import type { Correction } from "../../Corrections.ts"
import type { CorrectionsRefused } from "../../MigrationError.ts"
import type { RejectedLine } from "../../RejectedLine.ts"
import * as Lines from "./lines.ts"
import { type CorrectedEntity, keyOf, type RunCorrections } from "./ofRun.ts"

/** `path`: the copy; `before`: the rejects as they were first. Fails before anything is done with what is wrong. */
export const load = Effect.fnUntraced(function* (path: string, before: string) {
  const changed = yield* changedLines(path, before)
  const pairs = yield* paired(path, before, changed)
  const corrections = pairs.filter(({ line, now }) => !Lines.isSameOriginal(line, now))
  if (corrections.length === 0) {
    return yield* Lines.refused(
      path,
      "nothing in it has been corrected",
      "Change the `original` of some of its lines"
    )
  }
  return yield* sorted(path, corrections)
})

// internal

/** Lines that have been corrected are held in memory; there may be so many bytes of them. */
const MOST_BYTES: number = 64 << 20

interface Changed {
  readonly number: number
  readonly now: RejectedLine
}

/** A line as it was first, and as it is in the copy. */
interface Pair extends Changed {
  readonly line: RejectedLine
}

interface Found {
  readonly byKey: ReadonlyMap<string, ReadonlyArray<Changed>>
  /** How often a line, by its print, is in the rejects and not in the copy. */
  readonly left: ReadonlyMap<number, number>
}

/** Lines of the copy that are not as they were. */
const changedLines = Effect.fnUntraced(function* (path: string, before: string) {
  const left = new Map<number, number>()
  yield* Lines.each(before, ({ text }) =>
    Effect.sync(() => {
      const print = Lines.printOf(text)
      left.set(print, (left.get(print) ?? 0) + 1)
    })
  )
  const byKey = new Map<string, Array<Changed>>()
  let bytes = 0
  yield* Lines.each(path, (one) =>
    Effect.gen(function* () {
      const print = Lines.printOf(one.text)
      const count = left.get(print) ?? 0
      if (count > 0) return void left.set(print, count - 1)
      bytes += one.text.length
      if (bytes > MOST_BYTES) return yield* tooMany(path)
      const now = yield* Lines.read(path, one)
      const key = Lines.keyOf(now)
      if (key === undefined) return yield* notCorrectable(path, one.number, now)
      byKey.set(key, [...(byKey.get(key) ?? []), { number: one.number, now }])
    })
  )
  return { byKey, left } satisfies Found
})

/** Finds the line of the rejects that each of them was. */
const paired = Effect.fnUntraced(function* (path: string, before: string, { byKey, left }: Found) {
  const lines = new Map<string, Array<RejectedLine>>()
  const unchanged = new Map<string, number>()
  const rest = new Map(left)
  yield* Lines.each(before, (one) =>
    Effect.gen(function* () {
      if (byKey.size === 0) return
      const line = yield* Lines.read(before, one)
      const key = Lines.keyOf(line)
      if (key === undefined || !byKey.has(key)) return
      const print = Lines.printOf(one.text)
      const isChanged = (rest.get(print) ?? 0) > 0
      if (isChanged) {
        rest.set(print, (rest.get(print) ?? 0) - 1)
        lines.set(key, [...(lines.get(key) ?? []), line])
      } else unchanged.set(key, one.number)
    })
  )
  const pairs: Array<Pair> = []
  for (const [key, all] of byKey) {
    const [first] = all
    const before = lines.get(key) ?? []
    if (first === undefined) continue
    const { number } = first
    if (before.length === 0 && !unchanged.has(key)) return yield* stranger(path, number)
    if (before.length < all.length) return yield* twice(path, all.at(-1)?.number ?? number)
    for (const [i, one] of all.entries()) {
      const line = before[i] as RejectedLine
      if (!isOf(line, one.now)) return yield* stranger(path, one.number)
      pairs.push({ ...one, line })
    }
  }
  return pairs
})

/** Puts each correction where it goes. */
const sorted = Effect.fnUntraced(function* (path: string, pairs: ReadonlyArray<Pair>) {
  const byPartition = new Map<string, Array<Correction>>()
  const byTransform = new Map<string, Map<string, Array<CorrectedEntity>>>()
  const bySink = new Map<string, Map<string, Array<CorrectedEntity>>>()
  const seen = new Map<string, Array<Pair>>()
  for (const pair of pairs) {
    const { line, now, number } = pair
    if (line.stage === "source") {
      const { address } = line
      const partition = address?.partition
      if (address === undefined || partition === undefined) continue
      add(byPartition, partition, { address, line, corrected: now.original })
      add(seen, JSON.stringify([partition, address.export ?? "", address.entry ?? []]), pair)
      continue
    }
    const name = line.stage === "sink" ? line.sink : line.transform
    const [was, is] = [Lines.entityIn(line, line.original), Lines.entityIn(line, now.original)]
    if (name === undefined || "problem" in was) return yield* notCorrectable(path, number, line)
    if ("problem" in is) return yield* Lines.refused(path, `line ${number}: ${is.problem}`, "Correct it")
    const all = line.stage === "sink" ? bySink : byTransform
    const entities = all.get(name) ?? new Map<string, Array<CorrectedEntity>>()
    all.set(name, entities)
    const key = keyOf(was.entity)
    const same = entities
      .get(key)
      ?.find(({ before }) => JSON.stringify(before) === JSON.stringify(was.entity))
    if (same !== undefined && JSON.stringify(same.after) !== JSON.stringify(is.entity))
      return yield* twice(path, number)
    if (same === undefined) add(entities, key, { before: was.entity, after: is.entity })
  }
  for (const here of seen.values()) yield* apart(path, here)
  const corrections: RunCorrections = { count: pairs.length, byPartition, byTransform, bySink }
  return corrections
})

/** Two corrections may be in one record; one must not be a part of what another one replaces. */
const apart = (path: string, pairs: ReadonlyArray<Pair>): Effect.Effect<void, CorrectionsRefused> => {
  const placed = pairs
    .map(({ line, number }) => ({ number, bytes: line.address?.bytes ?? ([0, 0] as const) }))
    .toSorted((a, b) => a.bytes[0] - b.bytes[0] || b.bytes[1] - a.bytes[1])
  const at = placed.findIndex(({ bytes }, i) => {
    const before = placed[i - 1]?.bytes
    return before !== undefined && bytes.join() !== before.join() && bytes[0] < before[1]
  })
  if (at < 0) return Effect.void
  const [one, other] = [placed[at]?.number, placed[at - 1]?.number]
  return Effect.fail(
    Lines.refused(
      path,
      `line ${one} is a part of what line ${other} holds`,
      "Correct one of the two, and leave the other one as it was"
    )
  )
}

/** Whether a line is one as it was first, whatever has been changed in its original; a run that has corrections may give another code. */
const isOf = (line: RejectedLine, now: RejectedLine) =>
  line.stage !== "source" ||
  (line.place === now.place &&
    line.source === now.source &&
    JSON.stringify(line.context) === JSON.stringify(now.context))

const add = <K, A>(to: Map<K, Array<A>>, key: K, one: A): void => {
  const list = to.get(key)
  if (list === undefined) to.set(key, [one])
  else list.push(one)
}

const stranger = (path: string, number: number) =>
  Lines.refused(
    path,
    `line ${number} is none of the rejects of the finished run: it is of another input or run, or more than its original has been changed`,
    Lines.TAKE_AGAIN
  )

const twice = (path: string, number: number) =>
  Lines.refused(
    path,
    `line ${number} is of a record of which there is another line, too`,
    "Leave one line for each record"
  )

const notCorrectable = (path: string, number: number, { stage }: RejectedLine) =>
  Lines.refused(
    path,
    stage === "source"
      ? `line ${number}: nothing can be put in the place of what was rejected there, because it is a whole file or was not read from one`
      : `line ${number}: what was rejected there is not an entity`,
    "Leave the line as it was, and correct the input or the code that made it"
  )

const tooMany = (path: string) =>
  Lines.refused(
    path,
    `more than ${MOST_BYTES >> 20} MiB of lines have been corrected, which is the most`,
    "Correct the input itself"
  )

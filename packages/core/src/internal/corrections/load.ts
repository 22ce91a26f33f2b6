// Finds the corrections in a copy of the rejects, and joins them with earlier corrections.
import * as Effect from "effect/Effect"
import type { RejectedLine } from "../../run/RejectedLine.ts"
import type { Corrected } from "./base.ts"
import * as Lines from "./lines.ts"
import { type Pair, sorted } from "./sorted.ts"

/** Rejects that lines of a copy may come from. */
interface Rejects {
  readonly path: string
  /** How much of the file is read. */
  readonly bytes: number
}

interface Given {
  /** The copy. */
  readonly path: string
  /** Rejects in the order in which runs wrote them. */
  readonly rejects: ReadonlyArray<Rejects>
  /** Corrections of earlier runs. */
  readonly kept: ReadonlyArray<Corrected>
}

/** Checks everything before anything is applied. The last line of a record counts, and a line of the copy takes precedence over an earlier correction. */
export const load = Effect.fnUntraced(function* (given: Given) {
  const { kept, path } = given
  const found = yield* changedLines(given)
  const originals = yield* originalsOf(given, found)
  const pairs = new Map<string, Pair>()
  for (const [n, one] of kept.entries()) {
    const [line, now] = yield* Effect.all([read(path, n, one.before), read(path, n, one.now)])
    pairs.set(idOf(line, one.before), { number: n + 1, line, now, before: one.before, text: one.now })
  }
  let isCorrected = false
  for (const [key, changed] of found.byKey) {
    for (const pair of yield* paired(path, changed, originals.get(key) ?? [], found.unchanged, pairs)) {
      if (Lines.isSameOriginal(pair.line, pair.now)) continue
      isCorrected = true
      pairs.set(idOf(pair.line, pair.before), pair)
    }
  }
  if (!isCorrected) {
    return yield* Lines.rejected(
      path,
      "nothing in it has been corrected",
      "Change the `original` of some of its lines"
    )
  }
  const all = Array.from(pairs.values())
  if (all.reduce((bytes, { text }) => bytes + text.length, 0) > MOST_BYTES) return yield* tooMany(path)
  return {
    corrections: yield* sorted(path, all),
    lines: all.map(({ before, text }): Corrected => ({ before, now: text }))
  }
})

/** Lines of `rejects` that are not in `before`. */
export const newLines = Effect.fnUntraced(function* (before: Rejects, rejects: Rejects) {
  const fingerprints = new Set<number>()
  yield* Lines.each(
    before.path,
    ({ text }) => Effect.sync(() => fingerprints.add(Lines.fingerprintOf(text))),
    before.bytes
  )
  const added: Array<string> = []
  yield* Lines.each(
    rejects.path,
    ({ text }) =>
      Effect.sync(() => {
        const fingerprint = Lines.fingerprintOf(text)
        if (!fingerprints.has(fingerprint)) added.push(text)
        fingerprints.add(fingerprint)
      }),
    rejects.bytes
  )
  return added
})

// internal

/** Corrected lines are held in memory. This is their maximum size in bytes. */
const MOST_BYTES: number = 64 << 20

interface Changed {
  readonly number: number
  readonly now: RejectedLine
  readonly text: string
}

/** A line of the rejects. */
interface Original {
  readonly line: RejectedLine
  readonly before: string
}

interface Found {
  readonly byKey: ReadonlyMap<string, ReadonlyArray<Changed>>
  /** Fingerprints of the unchanged lines of the copy. */
  readonly unchanged: ReadonlySet<number>
}

/** Lines of the copy that were changed, or that are corrections of an earlier run. */
const changedLines = Effect.fnUntraced(function* ({ kept, path, rejects }: Given) {
  const known = new Set<number>()
  for (const { bytes, path: file } of rejects)
    yield* Lines.each(file, ({ text }) => Effect.sync(() => known.add(Lines.fingerprintOf(text))), bytes)
  for (const { now } of kept) known.delete(Lines.fingerprintOf(now))
  const unchanged = new Set<number>()
  const byKey = new Map<string, Array<Changed>>()
  let size = 0
  yield* Lines.each(path, (one) =>
    Effect.gen(function* () {
      const fingerprint = Lines.fingerprintOf(one.text)
      if (known.has(fingerprint)) return void unchanged.add(fingerprint)
      size += one.text.length
      if (size > MOST_BYTES) return yield* tooMany(path)
      const now = yield* Lines.read(path, one)
      const key = Lines.keyOf(now)
      if (key === undefined) return yield* Lines.notCorrectable(path, one.number, now.stage)
      byKey.set(key, [...(byKey.get(key) ?? []), { number: one.number, now, text: one.text.trimEnd() }])
    })
  )
  return { byKey, unchanged } satisfies Found
})

/** The lines of the rejects that the changed lines may come from, by their key, without duplicates. */
const originalsOf = Effect.fnUntraced(function* ({ rejects }: Given, { byKey }: Found) {
  const originals = new Map<string, Array<Original>>()
  if (byKey.size === 0) return originals
  for (const { bytes, path } of rejects)
    yield* Lines.each(
      path,
      (one) =>
        Effect.gen(function* () {
          const line = yield* Lines.read(path, one)
          const key = Lines.keyOf(line)
          if (key === undefined || !byKey.has(key)) return
          const all = originals.get(key) ?? []
          originals.set(key, all)
          const before = one.text.trimEnd()
          if (!all.some((other) => other.before === before)) all.push({ line, before })
        }),
      bytes
    )
  return originals
})

/** Finds the original line in the rejects for each of the changed lines with one key. */
const paired = Effect.fnUntraced(function* (
  path: string,
  changed: ReadonlyArray<Changed>,
  originals: ReadonlyArray<Original>,
  unchanged: ReadonlySet<number>,
  pairs: ReadonlyMap<string, Pair>
) {
  const heads = new Set(originals.map(({ line }) => Lines.headOf(line)))
  const before = new Map(Array.from(pairs.values(), (pair) => [pair.text, pair] as const))
  const others: Array<Changed> = []
  const found: Array<Pair> = []
  for (const one of changed) {
    const known = before.get(one.text)
    if (known !== undefined) found.push({ ...known, number: one.number })
    else if (!heads.has(Lines.headOf(one.now))) return yield* unknownLine(path, one.number)
    else others.push(one)
  }
  const [first] = originals
  if (first === undefined) return found
  // A record of the input exists once, regardless of the code with which it was rejected again.
  if (first.line.stage === "source" || originals.length === 1) {
    const last = changed.at(-1)
    return last === undefined ? found : [{ ...last, ...first }]
  }
  const open = originals.filter((one) => !unchanged.has(Lines.fingerprintOf(one.before)))
  // Lines without a correction come first: a copy of new rejects does not contain the others.
  const inOrder = open.toSorted((a, b) => Number(isPaired(pairs, a)) - Number(isPaired(pairs, b)))
  if (others.length > inOrder.length) return yield* ambiguousLine(path, others.at(-1)?.number ?? 0)
  for (const [i, one] of others.entries()) found.push({ ...one, ...(inOrder[i] as Original) })
  return found
})

const isPaired = (pairs: ReadonlyMap<string, Pair>, { before, line }: Original) =>
  pairs.has(idOf(line, before))

/** The id of the thing that has one correction: a record of the input, or an entity that a transform or a sink received. */
const idOf = (line: RejectedLine, before: string): string =>
  line.stage === "source" ? `source\0${Lines.keyOf(line) ?? ""}` : before

const read = (path: string, n: number, text: string) => Lines.read(path, { number: n + 1, text })

const unknownLine = (path: string, number: number) =>
  Lines.rejected(
    path,
    `line ${number} is not a reject of the finished run: it comes from another input or run, or more than its original has been changed`,
    Lines.TAKE_AGAIN
  )

const ambiguousLine = (path: string, number: number) =>
  Lines.rejected(
    path,
    `line ${number} belongs to one of several records that were rejected at the same location for the same reason, and it is unclear which one`,
    "Keep one line for each of them, in the order of the rejects"
  )

const tooMany = (path: string) =>
  Lines.rejected(
    path,
    `more than ${MOST_BYTES >> 20} MiB of lines have been corrected, which is the maximum`,
    "Correct the input itself"
  )

// Assigns each correction to a partition of the source, a transform or a sink.
import * as Effect from "effect/Effect"
import type { CorrectionsRejected } from "../../MigrationError.ts"
import type { Correction } from "../../run/Corrections.ts"
import type { RejectedLine } from "../../run/RejectedLine.ts"
import * as Lines from "./lines.ts"
import { type CorrectedEntity, keyOf, type RunCorrections } from "./ofRun.ts"

/** A line as it was written, and as it is in a copy. */
export interface Pair {
  readonly number: number
  readonly line: RejectedLine
  readonly before: string
  readonly now: RejectedLine
  readonly text: string
}

export const sorted = Effect.fnUntraced(function* (path: string, pairs: ReadonlyArray<Pair>) {
  const byPartition = new Map<string, Array<Correction>>()
  const byTransform = new Map<string, Map<string, Array<CorrectedEntity>>>()
  const bySink = new Map<string, Map<string, Array<CorrectedEntity>>>()
  const seen = new Map<string, Array<Pair>>()
  const numbers = new Map<CorrectedEntity, number>()
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
    if (name === undefined || "problem" in was) return yield* Lines.notCorrectable(path, number, line.stage)
    if ("problem" in is) return yield* Lines.rejected(path, `line ${number}: ${is.problem}`, "Correct it")
    const key = keyOf(was.entity)
    if (keyOf(is.entity) !== key) return yield* otherId(path, number, line.stage)
    const all = line.stage === "sink" ? bySink : byTransform
    const entities = all.get(name) ?? new Map<string, Array<CorrectedEntity>>()
    all.set(name, entities)
    const same = entities
      .get(key)
      ?.find(({ before }) => JSON.stringify(before) === JSON.stringify(was.entity))
    if (same !== undefined && JSON.stringify(same.after) !== JSON.stringify(is.entity))
      return yield* twice(path, number, numbers.get(same))
    if (same !== undefined) continue
    const one = { before: was.entity, after: is.entity }
    add(entities, key, one)
    numbers.set(one, number)
  }
  for (const here of seen.values()) yield* apart(path, here)
  const corrections: RunCorrections = { count: pairs.length, byPartition, byTransform, bySink }
  return corrections
})

// internal

/** Two corrections may be in one record, but one must not be inside the range that the other replaces. */
const apart = (path: string, pairs: ReadonlyArray<Pair>): Effect.Effect<void, CorrectionsRejected> => {
  const ranges = pairs
    .map(({ line, number }) => ({ number, bytes: line.address?.bytes ?? ([0, 0] as const) }))
    .toSorted((a, b) => a.bytes[0] - b.bytes[0] || b.bytes[1] - a.bytes[1])
  const at = ranges.findIndex(({ bytes }, i) => {
    const before = ranges[i - 1]?.bytes
    return before !== undefined && bytes.join() !== before.join() && bytes[0] < before[1]
  })
  if (at < 0) return Effect.void
  const [one, other] = [ranges[at]?.number, ranges[at - 1]?.number]
  return Effect.fail(
    Lines.rejected(
      path,
      `line ${one} is a part of the record in line ${other}`,
      "Correct only one of the two, and leave the other one unchanged"
    )
  )
}

const add = <K, A>(to: Map<K, Array<A>>, key: K, one: A): void => {
  const list = to.get(key)
  if (list === undefined) to.set(key, [one])
  else list.push(one)
}

/** References would break, because the id is in other records too. */
const otherId = (path: string, number: number, stage: RejectedLine["stage"]) =>
  Lines.rejected(
    path,
    `line ${number}: the id has been changed, but other records refer to the old one`,
    `Restore the old id. Change ids in the input or with Transform.renameIds; a ${stage} receives records with their existing ids`
  )

const twice = (path: string, number: number, other: number | undefined) =>
  Lines.rejected(
    path,
    `line ${number} corrects the same record as line ${other}, but differently`,
    "Correct both in the same way"
  )

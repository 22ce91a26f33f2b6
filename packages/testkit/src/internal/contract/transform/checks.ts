// Checks of the results of transforms.
import { Entity, Ledger, Rejected, type Transform } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { codesAreDeclared } from "../engine/codes.ts"
import { difference } from "../engine/difference.ts"
import { unsafe } from "../engine/jsonSafe.ts"
import { first, type Verdict } from "../engine/rule.ts"

type Records = ReadonlyArray<Entity.Entity>

/** The results of all batches. */
export interface Outcome {
  readonly records: Records
  readonly dropped: Transform.Transformed["dropped"]
  readonly rejected: ReadonlyArray<Rejected.Rejected>
  readonly synthesised: Transform.Transformed["synthesised"]
  readonly excluded: NonNullable<Transform.Transformed["excluded"]>
}

/** Applies the transform to batches of a size, with the given concurrency. */
export const applied = <E, R>(
  transform: Transform.Transform<E, R>,
  entities: Records,
  size: number,
  concurrency = 1
): Effect.Effect<Outcome, unknown, R> => {
  const batches = Array.from({ length: Math.ceil(entities.length / size) }, (_, i) =>
    entities.slice(i * size, (i + 1) * size)
  )
  return Effect.map(
    Effect.forEach(batches, (batch) => transform.apply(batch), { concurrency }),
    (all): Outcome => ({
      records: all.flatMap(({ records }) => records),
      dropped: all.flatMap(({ dropped }) => dropped),
      rejected: all.flatMap(({ rejected }) => rejected),
      synthesised: all.flatMap(({ synthesised }) => synthesised),
      excluded: all.flatMap(({ excluded = [] }) => excluded)
    })
  )
}

export const balances = (entities: Records, outcome: Outcome): Verdict | undefined =>
  first(
    Entity.kinds.map((kind) => {
      const { dropped, excluded, records, rejected, synthesised } = outcome
      const count = (of: ReadonlyArray<{ readonly kind: string }>) =>
        of.filter((one) => one.kind === kind).length
      const tags = (of: Records) => of.filter(({ _tag }) => _tag === kind).length
      const given = tags(entities) + count(synthesised)
      const left = tags(records) + count(dropped) + count(rejected)
      const out = left + tags(excluded.map(({ entity }) => entity))
      return given === out
        ? undefined
        : { expected: `${given} ${kind} received or synthesised, and passed on or counted`, actual: `${out}` }
    })
  )

export const isValid = ({ records }: Outcome): Verdict | undefined => {
  for (const [i, record] of records.entries()) {
    const what = `record ${i + 1} that it gives, a ${record._tag}`
    const loss = unsafe(record)
    if (loss !== undefined) return { expected: `${what}, to survive JSON`, actual: `it does not at ${loss}` }
    const result = decode(record)
    if (Result.isFailure(result)) return { expected: `${what}, to be valid`, actual: result.failure.message }
  }
  return undefined
}

export const saysWhy = (transform: Transform.Transform<unknown, unknown>, outcome: Outcome) => {
  for (const [i, rejected] of outcome.rejected.entries()) {
    const what = `reject ${i + 1}`
    const result = decodeRejected(rejected)
    if (Result.isFailure(result)) return { expected: `${what} to be valid`, actual: result.failure.message }
    const empty = (["code", "message", "location"] as const).find((field) => rejected[field] === "")
    if (empty !== undefined) return { expected: `a ${empty} in ${what}`, actual: "an empty one" }
    if (rejected.original === null) return { expected: `an original in ${what}`, actual: "null" }
  }
  const book = Ledger.open()
  for (const { kind, reason } of outcome.dropped) book.add(kind, "dropped", reason, 1)
  for (const { kind, reason } of outcome.synthesised) book.add(kind, "synthesised", reason, 1)
  for (const { entity, reason } of outcome.excluded) book.add(entity._tag, "dropped", reason, 1)
  for (const { code, kind } of outcome.rejected) book.add(kind, "rejected", code, 1)
  return codesAreDeclared(transform.consequences ?? [], book.snapshot())
}

export const sameOutcome = (when: string, expected: Outcome, actual: Outcome): Verdict | undefined => {
  for (const what of ["records", "dropped", "rejected", "synthesised", "excluded"] as const) {
    const [a, b] = [expected[what], actual[what]]
    if (a.length !== b.length) return { expected: `${a.length} ${what} ${when}`, actual: `${b.length}` }
    for (const [i, one] of a.entries()) {
      const path = difference(one, b[i])
      if (path !== undefined)
        return { expected: `the same ${what} ${when}`, actual: `number ${i + 1} differs at ${path}` }
    }
  }
  return undefined
}

// internal

const decode = Schema.decodeUnknownResult(Entity.Entity, { onExcessProperty: "error" })
const decodeRejected = Schema.decodeUnknownResult(Rejected.Rejected)

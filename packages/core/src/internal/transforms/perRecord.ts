// Transforms that handle one record at a time. Their results are checked here, where the original record is
// available. Their functions get a copy, so that assignments to it take effect only after they have been checked.
import * as Effect from "effect/Effect"
import * as Consequence from "../../Consequence.ts"
import { type Entity, type Kind, kinds } from "../../Entity.ts"
import type { Rejected } from "../../Rejected.ts"
import { coded, PER_RECORD, type Settings } from "./code.ts"
import { FAILED, INVALID } from "./codes.ts"
import { copied } from "./copied.ts"
import { problemOfChanged } from "./entityCheck.ts"
import {
  failure,
  given,
  invalid,
  InvalidResult,
  rejection,
  threw,
  type TransformFailed,
  type Trouble
} from "./failure.ts"
import type { Transform, Transformed } from "./model.ts"
import type { Options } from "./options.ts"
import { trusted } from "./trusted.ts"

/** The consequences of every transform whose function is called for each record. */
export const WRONG: ReadonlyArray<Consequence.Consequence> = [FAILED, INVALID]

export const map = <S extends Settings>(
  name: string,
  f: (entity: Entity, settings: S) => Entity,
  options: Options<S> = {}
): Transform => ({
  name,
  consequences: WRONG,
  ...coded(name, f, options, PER_RECORD),
  ...mapping(name, f, options)
})

export const mapKind = <K extends Kind, S extends Settings>(
  kind: K,
  name: string,
  f: (entity: Entity<K>, settings: S) => Entity<K>,
  options: Options<S> = {}
): Transform => ({
  name,
  consequences: WRONG,
  ...coded(name, f, options, PER_RECORD, { kind }),
  ...(!kinds.includes(kind) && {
    problem: `there is no kind ${JSON.stringify(kind)}; the kinds are ${kinds.join(", ")}`
  }),
  ...mapping(name, (entity: Entity, settings: S) => f(entity as Entity<K>, settings), options, kind)
})

export const filter = <S extends Settings>(
  name: string,
  predicate: (entity: Entity, settings: S) => boolean,
  options: Options<S> = {}
): Transform => ({
  name,
  consequences: [
    Consequence.make(name, {
      effect: "left_out_on_purpose",
      outcome: "dropped",
      says: `records that the transform "${name}" leaves out`
    }),
    ...WRONG
  ],
  ...coded(name, predicate, options, PER_RECORD),
  apply: each(name, options, (record, to) => {
    const isKept: unknown = predicate(copied(record), options.settings as S)
    if (isKept === true) to.records.push(record)
    else if (isKept === false) to.dropped.push({ kind: record._tag, reason: name })
    else return notBoolean(isKept)
    return undefined
  })
})

export const reject = <S extends Settings>(
  name: string,
  issue: (entity: Entity, settings: S) => string | undefined,
  options: Options<S> = {}
): Transform => ({
  name,
  consequences: [
    Consequence.make(name, {
      effect: "lost",
      outcome: "rejected",
      says: `records that the transform "${name}" rejects`,
      action: "Look at the reason of each in the rejects file."
    }),
    ...WRONG
  ],
  ...coded(name, issue, options, PER_RECORD),
  apply: each(name, options, (record, to) => {
    const message: unknown = issue(copied(record), options.settings as S)
    if (message === undefined) to.records.push(record)
    else if (typeof message === "string" && message !== "") {
      to.rejected.push({ ...rejection(name, invalid(""), record), code: name, message })
    } else return invalid(`expected a sentence or undefined, got ${given(message)}`)
    return undefined
  })
})

export const notBoolean = (value: unknown): Trouble => invalid(`expected true or false, got ${given(value)}`)

/** The results for the records of a batch so far. */
export interface Collected extends Transformed {
  readonly records: Array<Entity>
  readonly dropped: Array<Transformed["dropped"][number]>
  readonly rejected: Array<Rejected>
}

export const collected = (): Collected => ({ records: [], dropped: [], rejected: [], synthesised: [] })

/** Handles the problem with a record: rejects the record, or fails the run. */
export const rejectOrFail = (
  name: string,
  onThrow: OnThrow["onThrow"],
  trouble: Trouble,
  record: Entity,
  to: Collected
): TransformFailed | undefined => {
  if (onThrow !== "reject") return failure(name, trouble, record)
  to.rejected.push(rejection(name, trouble, record))
  return undefined
}

/** Adds the result for a record, or returns its problem. */
type Take = (record: Entity, to: Collected) => Trouble | undefined

interface OnThrow {
  readonly onThrow?: "fail" | "reject" | undefined
}

/** Handles records one by one. */
export const each = (name: string, options: OnThrow, take: Take): Transform["apply"] =>
  eachBatch(name, options, () => ({ to: collected(), take }))

/** The same with state for the duration of a batch. */
export const eachBatch = (
  name: string,
  { onThrow }: OnThrow,
  begin: () => { readonly to: Collected; readonly take: Take }
): Transform["apply"] =>
  trusted((records) =>
    Effect.suspend(() => {
      const { take, to } = begin()
      for (const record of records) {
        const trouble = attempt(take, record, to)
        const failed = trouble === undefined ? undefined : rejectOrFail(name, onThrow, trouble, record, to)
        if (failed !== undefined) return Effect.fail(failed)
      }
      return Effect.succeed(to)
    })
  )

// internal

/** Applies a function to each record, or to each record of one kind, and checks the results. */
const mapping = <S>(
  name: string,
  f: (entity: Entity, settings: S) => Entity,
  options: OnThrow & { readonly settings?: S | undefined },
  kind?: Kind
): Required<Pick<Transform, "apply" | "carry">> => {
  const take = (record: Entity, to: Collected) => {
    if (kind !== undefined && record._tag !== kind) {
      to.records.push(record)
      return undefined
    }
    const changed = f(copied(record), options.settings as S)
    const problem = problemOfChanged(changed, record)
    if (problem !== undefined) return invalid(problem)
    to.records.push(changed)
    return undefined
  }
  return { apply: each(name, options, take), carry: carrying(options, take) }
}

/** Also changes records that an earlier transform left out: of several records of one thing, the changed ones are compared. */
const carrying =
  ({ onThrow }: OnThrow, take: Take): NonNullable<Transform["carry"]> =>
  (entity) => {
    const to = collected()
    const trouble = attempt(take, entity, to)
    if (trouble === undefined) return to.records[0] as typeof entity
    // It is left out anyway, so it need not be rejected.
    if (onThrow === "reject") return entity
    throw trouble.cause ?? new InvalidResult(trouble.problem)
  }

const attempt = (take: Take, record: Entity, to: Collected): Trouble | undefined => {
  try {
    return take(record, to)
  } catch (cause) {
    return threw(cause)
  }
}

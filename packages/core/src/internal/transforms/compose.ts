// Runs transforms one after the other and checks each result: every record of a batch must be accounted for.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Entity, type Kind, kinds } from "../../Entity.ts"
import type { Exclusion } from "../../Exclusion.ts"
import { Rejected } from "../../Rejected.ts"
import { forTransform } from "../corrections/ofRun.ts"
import { duplicateName, isTransform, membersOf } from "../settings/members.ts"
import { copied } from "./copied.ts"
import { problemOfEntity } from "./entityCheck.ts"
import { excludesOf } from "./exclude.ts"
import { failure, given as kindOf, invalid, threw, type TransformFailed } from "./failure.ts"
import type { RenamedId, Transform, Transformed } from "./model.ts"
import { isTrusted } from "./trusted.ts"

export const compose = <E, R>(name: string, transforms: ReadonlyArray<Transform<E, R>>): Transform<E, R> => {
  const members = membersOf(transforms, isTransform)
  const parts = members.flatMap((one) => one.parts ?? [one])
  const problem =
    members.length === transforms.length
      ? problemOf(members, parts)
      : `${JSON.stringify(name)} must consist of a list of transforms, such as Transform.filter makes`
  return {
    name,
    consequences: Array.from(new Set(parts.flatMap((one) => one.consequences ?? []))),
    fingerprint: Object.fromEntries(members.map((one, i) => [`${i + 1} ${one.name}`, one.fingerprint])),
    ...(problem !== undefined && { problem }),
    ...excludesOf(parts),
    parts,
    carry: (entity) => parts.reduce((carried, { carry }) => carry?.(carried) ?? carried, entity),
    apply: Effect.fnUntraced(function* (records: ReadonlyArray<Entity>) {
      let result: Required<Transformed> = {
        records,
        dropped: [],
        rejected: [],
        synthesised: [],
        excluded: [],
        renamed: []
      }
      for (const part of parts) {
        const given = yield* forTransform(part.name, result.records)
        const next = yield* isTrusted(part.apply) ? part.apply(given) : checked(part, given)
        const carried = yield* carry(part, result.excluded)
        result = {
          records: next.records,
          dropped: result.dropped.concat(next.dropped),
          rejected: result.rejected.concat(next.rejected.map((one) => ({ ...one, transform: part.name }))),
          synthesised: result.synthesised.concat(next.synthesised),
          excluded: [...carried.excluded, ...(next.excluded ?? [])],
          renamed: [...result.renamed, ...carried.renamed, ...(next.renamed ?? [])]
        }
      }
      return result
    })
  }
}

// internal

const problemOf = (
  members: ReadonlyArray<Transform<unknown, unknown>>,
  parts: ReadonlyArray<Transform<unknown, unknown>>
): string | undefined => {
  // A composed transform may have a problem that is not in any of its parts.
  const wrong = [...parts, ...members].find(({ problem }) => problem !== undefined)
  if (wrong !== undefined) return `${JSON.stringify(wrong.name)}: ${wrong.problem}`
  const name = duplicateName(parts)
  return name === undefined
    ? undefined
    : `two transforms are called ${JSON.stringify(name)}: rename one of them, because dropped records are counted under the name`
}

interface Carried {
  readonly excluded: ReadonlyArray<Exclusion>
  readonly renamed: ReadonlyArray<RenamedId>
}

/** Exclusions are renamed like their records, and two of them must not get the same id. */
const carry = <E, R>(
  { carry, name, renames }: Transform<E, R>,
  excluded: ReadonlyArray<Exclusion>
): Effect.Effect<Carried, TransformFailed> => {
  if (carry === undefined || excluded.length === 0) return Effect.succeed({ excluded, renamed: [] })
  return Effect.suspend(() => {
    const carried: Array<Exclusion> = []
    const renamed: Array<RenamedId> = []
    for (const one of excluded) {
      let entity: Exclusion["entity"]
      try {
        entity = carry(one.entity)
      } catch (cause) {
        return Effect.fail(failure(name, threw(cause), one.entity))
      }
      carried.push({ ...one, entity })
      const kind = one.entity._tag
      const rule = renames?.[kind]
      if (rule === "function" || rule?.has(one.entity.id) === true) {
        renamed.push({ transform: name, kind, from: one.entity.id, to: entity.id })
      }
    }
    return Effect.succeed({ excluded: carried, renamed })
  })
}

/** Applies a transform that is not trusted. */
const checked = <E, R>(
  part: Transform<E, R>,
  records: ReadonlyArray<Entity>
): Effect.Effect<Transformed, E | TransformFailed, R> =>
  Effect.suspend((): Effect.Effect<unknown, E | TransformFailed, R> => {
    // Copies, so that assignments to the arguments are checked like results.
    const effect: unknown = part.apply(records.map(copied))
    return Effect.isEffect(effect)
      ? (effect as Effect.Effect<unknown, E | TransformFailed, R>)
      : Effect.fail(failure(part.name, invalid(`expected an effect, got ${kindOf(effect)}`)))
  }).pipe(
    Effect.catchCause((cause) =>
      cause.reasons.some(Cause.isDieReason)
        ? Effect.fail(failure(part.name, threw(Cause.squash(cause))))
        : Effect.failCause(cause)
    ),
    Effect.flatMap((result) => {
      const problem = problemOfResult(result, records)
      return problem === undefined
        ? Effect.succeed(result as Transformed)
        : Effect.fail(failure(part.name, invalid(problem.problem), problem.record))
    })
  )

interface Problem {
  readonly problem: string
  readonly record?: Entity
}

const problemOfResult = (result: unknown, before: ReadonlyArray<Entity>): Problem | undefined => {
  if (typeof result !== "object" || result === null) {
    return { problem: `expected an object with records and dropped, got ${kindOf(result)}` }
  }
  for (const [name, value] of LISTS.map(
    (name) => [name, (result as Record<string, unknown>)[name]] as const
  )) {
    const isAbsent = value === undefined && (name === "excluded" || name === "renamed")
    if (!isAbsent && !Array.isArray(value))
      return { problem: `${name}: expected a list, got ${kindOf(value)}` }
  }
  for (const name of LISTS) {
    const list: ReadonlyArray<unknown> = (result as Partial<Transformed>)[name] ?? []
    const wrong = list.findIndex((one) => !IS_ENTRY[name](one))
    if (wrong >= 0) return { problem: `${name}: entry ${wrong + 1} of ${list.length} is not ${ENTRY[name]}` }
  }
  const { dropped, excluded = [], records, rejected, synthesised } = result as Transformed
  for (const [i, record] of records.entries()) {
    const problem = problemOfEntity(record)
    if (problem !== undefined)
      return { problem: `record ${i + 1} of ${records.length}: ${problem}`, ...named(record) }
  }
  const counted = [
    ...dropped.map(({ kind }) => kind),
    ...rejected.map(({ kind }) => kind),
    ...excluded.map(({ entity }) => entity._tag)
  ]
  const all = [...counted, ...synthesised.map(({ kind }) => kind)]
  const unknown = all.find((kind) => !kinds.includes(kind as Kind))
  if (unknown !== undefined)
    return { problem: `it counts a record of the kind ${JSON.stringify(unknown)}, which does not exist` }
  for (const kind of kinds) {
    const [from, made, to, out] = [
      count(before, kind),
      synthesised.filter((one) => one.kind === kind).length,
      count(records, kind),
      counted.filter((one) => one === kind).length
    ]
    if (from + made !== to + out) {
      return {
        problem: `it received ${from} ${kind} records and returned ${to}, but counts ${out} as left out and ${made} as added. Each record that it leaves out must be in dropped, rejected or excluded, and each that it adds in synthesised`
      }
    }
  }
  return undefined
}

const LISTS = ["records", "dropped", "rejected", "synthesised", "excluded", "renamed"] as const

const isText = (value: unknown) => typeof value === "string" && value !== ""
const fieldsOf = (value: unknown) => Object(value) as Readonly<Record<string, unknown>>
const isCount = (value: unknown) => isText(fieldsOf(value)["kind"]) && isText(fieldsOf(value)["reason"])
const isExcluded = (value: unknown) => {
  const { entity, reason } = fieldsOf(value)
  const { _tag } = fieldsOf(entity)
  const canBe = _tag === "channel" || _tag === "user" || _tag === "message"
  return isText(reason) && canBe && problemOfEntity(entity) === undefined
}
const isRenamed = (value: unknown) => {
  const { from, kind, to, transform } = fieldsOf(value)
  return [from, kind, to, transform].every(isText)
}

/** Checks the entries of each list; records are checked one by one. */
const IS_ENTRY = {
  records: () => true,
  dropped: isCount,
  rejected: Schema.is(Rejected),
  synthesised: isCount,
  excluded: isExcluded,
  renamed: isRenamed
}
const COUNT = "a kind and a reason"
const ENTRY = {
  records: "a record",
  dropped: COUNT,
  rejected: "a Rejected with kind, code, message, location and original",
  synthesised: COUNT,
  excluded: "a channel, a user or a message as entity with a reason",
  renamed: "an id before and after: transform, kind, from and to"
} as const

const count = (records: ReadonlyArray<Entity>, kind: Kind) =>
  records.reduce((sum, { _tag }) => (_tag === kind ? sum + 1 : sum), 0)

/** The record itself, if it can be identified. */
const named = (record: unknown): { readonly record?: Entity } => {
  const { _tag, id } = (record ?? {}) as Record<string, unknown>
  return kinds.includes(_tag as Kind) && typeof id === "string" ? { record: record as Entity } : {}
}

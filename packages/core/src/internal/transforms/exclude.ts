import * as Consequence from "../../Consequence.ts"
import type { Entity } from "../../Entity.ts"
import { dropAll, type Exclusion, type UserPolicy } from "../../Exclusion.ts"
import type * as Fingerprint from "../../settings/Fingerprint.ts"
import { coded, PER_RECORD, type Settings } from "./code.ts"
import { copied } from "./copied.ts"
import { given } from "./failure.ts"
import type { Transform } from "./model.ts"
import type { ExcludeUsersOptions, Options } from "./options.ts"
import { collected, eachBatch, notBoolean, WRONG } from "./perRecord.ts"

export const channels = <S extends Settings>(
  name: string,
  predicate: (channel: Entity<"channel">, settings: S) => boolean,
  options: Options<S> = {}
): Transform =>
  excluding({
    name,
    options,
    code: coded(name, predicate, options, PER_RECORD),
    kind: "channel",
    predicate,
    says: `channels that the transform "${name}" leaves out, and records that belong to them`
  })

export const users = <S extends Settings>(
  name: string,
  predicate: (user: Entity<"user">, settings: S) => boolean,
  options: ExcludeUsersOptions<S> = {}
): Transform => {
  const { members, mentions, messages, reactions } = { ...dropAll, ...options }
  const policy = { members, mentions, messages, reactions }
  const { problem: inCode, ...code } = coded(name, predicate, options, [...PER_RECORD, ...POLICIES], {
    policy
  })
  const problem = inCode ?? problemOfPolicy(policy)
  return excluding({
    name,
    options,
    code: { ...code, ...(problem !== undefined && { problem }) },
    kind: "user",
    predicate,
    policy,
    says: `users that the transform "${name}" leaves out, and records that belong to them, according to its policy`
  })
}

export const messages = <S extends Settings>(
  name: string,
  predicate: (message: Entity<"message">, settings: S) => boolean,
  options: Options<S> = {}
): Transform =>
  excluding({
    name,
    options,
    code: coded(name, predicate, options, PER_RECORD),
    kind: "message",
    predicate,
    says: `messages that the transform "${name}" leaves out, and reactions to them`
  })

/** The kinds of exclusions that some transforms give; absent if none does. */
export const excludesOf = <E, R>(transforms: ReadonlyArray<Transform<E, R>>): Pick<Transform, "excludes"> => {
  const excludes = Array.from(new Set(transforms.flatMap((one) => one.excludes ?? [])))
  return excludes.length === 0 ? {} : { excludes }
}

// internal

const POLICIES = ["members", "mentions", "messages", "reactions"] as const

const problemOfPolicy = (policy: UserPolicy): string | undefined => {
  const wrong = POLICIES.find((name) => policy[name] !== "drop" && policy[name] !== "keep")
  return wrong && `${wrong}: expected "drop" or "keep", got ${given(policy[wrong])}`
}

interface Excluding<K extends Exclusion["entity"]["_tag"], S> {
  readonly name: string
  readonly options: Options<Settings> & { readonly settings?: S | undefined }
  readonly code: { readonly fingerprint: Fingerprint.Fingerprint; readonly problem?: string }
  readonly kind: K
  readonly predicate: (record: Entity<K>, settings: S) => unknown
  readonly policy?: UserPolicy
  readonly says: string
}

const excluding = <K extends Exclusion["entity"]["_tag"], S extends Settings>({
  code,
  kind,
  name,
  options,
  policy,
  predicate,
  says
}: Excluding<K, S>): Transform => ({
  name,
  ...code,
  consequences: [
    Consequence.make(name, { effect: "left_out_on_purpose", outcome: "dropped", says }),
    ...WRONG
  ],
  excludes: [kind],
  apply: eachBatch(name, options, () => {
    const excluded: Array<Exclusion> = []
    return {
      to: { ...collected(), excluded },
      take: (record, to) => {
        // A copy, because assignments of a predicate must not reach the output unchecked.
        const verdict = record._tag !== kind || predicate(copied(record) as Entity<K>, options.settings as S)
        if (verdict === true) to.records.push(record)
        else if (verdict !== false) return notBoolean(verdict)
        else excluded.push({ entity: record, reason: name, ...(policy && { policy }) })
        return undefined
      }
    }
  })
})

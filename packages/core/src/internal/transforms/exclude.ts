import * as Consequence from "../../Consequence.ts"
import type { Entity } from "../../Entity.ts"
import { dropAll, type Exclusion, type UserPolicy } from "../../Exclusion.ts"
import type { Transform } from "../../Transform.ts"
import { coded, PER_RECORD, type Settings } from "./code.ts"
import type { Options } from "./options.ts"
import { type Collected, collected, eachBatch, notBoolean, WRONG } from "./perRecord.ts"

/**
 * Keeps the channels that the predicate holds for, with whatever belongs to
 * them. The others are left out with their members, messages and reactions, all
 * counted as dropped with the name as the reason. Records may come in any order,
 * and a channel more than once: the newest record decides, as `Exclusion` says.
 *
 * What belongs to a channel that no record describes stays what it is: a sink
 * that checks references rejects it. Users stay, those who only occur in channels
 * that are left out too.
 *
 * @category constructors
 * @since 0.1.0
 */
export const channels = <S extends Settings = undefined>(
  name: string,
  predicate: (channel: Entity<"channel">, settings: NoInfer<S>) => boolean,
  options: Options<S> = {}
): Transform => ({
  name,
  ...coded(name, predicate, options, PER_RECORD),
  consequences: [leftOut(name, "channels", "them"), ...WRONG],
  excludes: ["channel"],
  apply: splitting(name, options, (one) =>
    one._tag === "channel"
      ? { isKept: predicate(one, options.settings as S), exclusion: { entity: one, reason: name } }
      : undefined
  )
})

/**
 * Keeps the users that the predicate holds for. The others are left out, counted
 * as dropped with the name as the reason. What becomes of their messages,
 * reactions, memberships and mentions is the policy's: all of it is left out too,
 * unless it says `"keep"`. Other records lose their references to such a user, as
 * `Exclusion.withoutReferences` says.
 *
 * Who is only named in other records, and has no record of their own, is not
 * judged.
 *
 * @category constructors
 * @since 0.1.0
 */
export const users = <S extends Settings = undefined>(
  name: string,
  predicate: (user: Entity<"user">, settings: NoInfer<S>) => boolean,
  policy: Partial<UserPolicy> = {},
  options: Options<S> = {}
): Transform => {
  const { members, mentions, messages, reactions } = { ...dropAll, ...policy }
  const whole = { members, mentions, messages, reactions }
  return {
    name,
    ...coded(name, predicate, options, PER_RECORD, { policy: whole }),
    consequences: [leftOut(name, "users", "them, as its policy says"), ...WRONG],
    excludes: ["user"],
    apply: splitting(name, options, (one) =>
      one._tag === "user"
        ? {
            isKept: predicate(one, options.settings as S),
            exclusion: { entity: one, reason: name, policy: whole }
          }
        : undefined
    )
  }
}

/** The kinds of which any of some transforms gives exclusions; absent when none does. */
export const excludesOf = <E, R>(transforms: ReadonlyArray<Transform<E, R>>): Pick<Transform, "excludes"> => {
  const excludes = Array.from(new Set(transforms.flatMap((one) => one.excludes ?? [])))
  return excludes.length === 0 ? {} : { excludes }
}

// internal

const leftOut = (name: string, what: string, whose: string) =>
  Consequence.make(name, {
    effect: "left_out_on_purpose",
    outcome: "dropped",
    says: `records of ${what} that the transform "${name}" leaves out, and of what belongs to ${whose}`
  })

/** Judges each record; one that is not asked about is kept. */
const splitting = (
  name: string,
  options: Options<Settings>,
  ask: (record: Entity) => { readonly isKept: unknown; readonly exclusion: Exclusion } | undefined
): Transform["apply"] =>
  eachBatch(name, options, () => {
    const excluded: Array<Exclusion> = []
    const take = (record: Entity, to: Collected) => {
      const answer = ask(record)
      if (answer === undefined || answer.isKept === true) to.records.push(record)
      else if (answer.isKept === false) excluded.push(answer.exclusion)
      else return notBoolean(answer.isKept)
      return undefined
    }
    return { to: { ...collected(), excluded }, take }
  })

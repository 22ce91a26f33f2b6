import * as Effect from "effect/Effect"
import * as Consequence from "../../Consequence.ts"
import type { Entity } from "../../Entity.ts"
import { dropAll, type Exclusion, type UserPolicy } from "../../Exclusion.ts"
import * as Fingerprint from "../../Fingerprint.ts"
import type { Transform, Transformed } from "../../Transform.ts"

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
export const channels = (
  name: string,
  predicate: (channel: Entity<"channel">) => boolean,
  code?: Fingerprint.Code
): Transform => ({
  name,
  fingerprint: { predicate: Fingerprint.ofFunction(predicate, code) },
  consequences: [leftOut(name, "channels", "them")],
  excludes: ["channel"],
  apply: (records) =>
    Effect.sync(() =>
      split(records, (one) =>
        one._tag === "channel" && !predicate(one) ? { entity: one, reason: name } : undefined
      )
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
export const users = (
  name: string,
  predicate: (user: Entity<"user">) => boolean,
  policy: Partial<UserPolicy> = {},
  code?: Fingerprint.Code
): Transform => {
  const { members, mentions, messages, reactions } = { ...dropAll, ...policy }
  const whole = { members, mentions, messages, reactions }
  return {
    name,
    fingerprint: { predicate: Fingerprint.ofFunction(predicate, code), policy: whole },
    consequences: [leftOut(name, "users", "them, as its policy says")],
    excludes: ["user"],
    apply: (records) =>
      Effect.sync(() =>
        split(records, (one) =>
          one._tag === "user" && !predicate(one) ? { entity: one, reason: name, policy: whole } : undefined
        )
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

const split = (
  records: ReadonlyArray<Entity>,
  exclusionOf: (record: Entity) => Exclusion | undefined
): Transformed => {
  const excluded: Array<Exclusion> = []
  const kept = records.filter((record) => {
    const exclusion = exclusionOf(record)
    if (exclusion === undefined) return true
    excluded.push(exclusion)
    return false
  })
  return {
    records: excluded.length === 0 ? records : kept,
    dropped: [],
    rejected: [],
    synthesised: [],
    ...(excluded.length > 0 && { excluded })
  }
}

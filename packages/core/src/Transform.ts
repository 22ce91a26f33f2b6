/**
 * What happens to entities between source and sink.
 *
 * A transform is a named function over a batch. It must be pure in the sense of
 * a resumed run: the same entities give the same result, whatever batch they
 * come in. Everything it leaves out is counted by reason.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Consequence from "./Consequence.ts"
import { type Entity, key, type Kind } from "./Entity.ts"
import type { Exclusion } from "./Exclusion.ts"
import * as Fingerprint from "./Fingerprint.ts"
import type * as Ids from "./Ids.ts"
import { hashIdsOf } from "./internal/hashIdsOf.ts"
import * as Sha256 from "./internal/sha256.ts"
import { excludesOf } from "./internal/transforms/exclude.ts"
import type { Rejected } from "./Rejected.ts"

/**
 * What became of a batch. Entities in must equal entities out plus dropped plus
 * rejected minus synthesised, per kind, or the run fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transformed {
  readonly records: ReadonlyArray<Entity>
  /** Left out, one entry per entity. */
  readonly dropped: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
  readonly rejected: ReadonlyArray<Rejected>
  /** Added, one entry per entity; they are among `records`. */
  readonly synthesised: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
  /** Left out with what belongs to them, one entry per record; none when absent. They count as dropped, and are not among `dropped`. */
  readonly excluded?: ReadonlyArray<Exclusion>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Transform<out E = never, out R = never> {
  readonly name: string
  /** What the codes that it counts mean; a report calls others not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** What tells this transform from others: its code and settings. A checkpoint is only used for the same ones; a refusal names those that differ. */
  readonly fingerprint: Fingerprint.Fingerprint
  readonly apply: (records: ReadonlyArray<Entity>) => Effect.Effect<Transformed, E, R>
  /** What a channel or user becomes that an earlier transform left out, so that its ids are renamed like those of others. The same when absent. */
  readonly carry?: (entity: Exclusion["entity"]) => Exclusion["entity"]
  /**
   * Kinds of which it may give `excluded`; none when absent. A sink that cannot leave out what belongs to them needs to
   * know them first: then the source is read twice, and records of these kinds go through the transforms twice.
   */
  readonly excludes?: ReadonlyArray<Exclusion["entity"]["_tag"]>
}

/**
 * Makes a transform of a function over a batch. A function's code is not part
 * of the fingerprint: change the name (`v2`) when what it does changes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <E, R>(
  name: string,
  apply: (records: ReadonlyArray<Entity>) => Effect.Effect<Transformed, E, R>
): Transform<E, R> => ({ name, fingerprint: Fingerprint.ofFunction(apply) as Fingerprint.Fingerprint, apply })

/**
 * Changes every entity. The kind must stay what it is.
 *
 * @category constructors
 * @since 0.1.0
 */
export const map = (name: string, f: (entity: Entity) => Entity): Transform => ({
  ...make(name, (records) => Effect.sync(() => kept(records.map(f)))),
  carry: (entity) => f(entity) as Exclusion["entity"]
})

/**
 * Changes the entities of one kind.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mapKind = <K extends Kind>(
  kind: K,
  name: string,
  f: (entity: Entity<K>) => Entity<K>
): Transform => map(name, (entity) => (isKind(kind, entity) ? f(entity) : entity))

/**
 * Keeps what the predicate holds for; the rest is dropped, with the name as the
 * reason.
 *
 * @category constructors
 * @since 0.1.0
 */
export const filter = (name: string, predicate: (entity: Entity) => boolean): Transform => {
  const left = Consequence.make(name, {
    effect: "left_out_on_purpose",
    outcome: "dropped",
    says: `records that the transform "${name}" leaves out`
  })
  const apply = (records: ReadonlyArray<Entity>) =>
    Effect.sync(() => {
      const records_ = records.filter(predicate)
      return {
        ...kept(records_),
        dropped:
          records_.length === records.length
            ? []
            : records
                .filter((entity) => !predicate(entity))
                .map(({ _tag }) => ({ kind: _tag, reason: left.code }))
      }
    })
  return { ...make(name, apply), consequences: [left] }
}

/**
 * Sets aside, in the rejects file, what the function gives a complaint for. The
 * complaint must not quote the entity.
 *
 * @category constructors
 * @since 0.1.0
 */
export const reject = (name: string, complaint: (entity: Entity) => string | undefined): Transform => {
  const refused = Consequence.make(name, {
    effect: "lost",
    outcome: "rejected",
    says: `records that the transform "${name}" rejects`,
    action: "Look at the reason of each in the rejects file."
  })
  const apply = (records: ReadonlyArray<Entity>) =>
    Effect.sync(() => {
      const good: Array<Entity> = []
      const rejected: Array<Rejected> = []
      for (const entity of records) {
        const message = complaint(entity)
        if (message === undefined) good.push(entity)
        else {
          const place = `${entity._tag} ${key(entity).replaceAll("\0", " ")}`
          rejected.push({
            kind: entity._tag,
            code: refused.code,
            message,
            place,
            original: entity as unknown as Schema.Json
          })
        }
      }
      return { ...kept(good), rejected }
    })
  return { ...make(name, apply), consequences: [refused] }
}

/**
 * The fields of a kind that may be absent, so that they can be left out.
 *
 * @category models
 * @since 0.1.0
 */
export type OptionalField<K extends Kind> = {
  [F in keyof Entity<K>]-?: object extends Pick<Entity<K>, F> ? F : never
}[keyof Entity<K>]

/**
 * Leaves fields out, per kind: `redact({ user: ["name", "imageUrl"] })`. Note
 * that `custom` and `userSnapshot` may repeat what a field says.
 *
 * @category constructors
 * @since 0.1.0
 */
export const redact = (fields: {
  readonly [K in Kind]?: ReadonlyArray<OptionalField<K>>
}): Transform => {
  const byKind = new Map<string, ReadonlySet<string>>(
    Object.entries(fields).map(([kind, names]) => [kind, new Set<string>(names)])
  )
  const strip = (entity: Entity): Entity => {
    const names = byKind.get(entity._tag)
    if (names === undefined) return entity
    return Object.fromEntries(
      Object.entries(entity).filter(([name]) => !names.has(name))
    ) as unknown as Entity
  }
  return { ...map("redact", strip), fingerprint: { fields } }
}

/**
 * Replaces user ids by a keyed hash (HMAC-SHA-256, 32 hex digits) wherever the
 * model refers to a user, so that references stay whole. The same key gives the
 * same ids; without it they cannot be guessed from a list of addresses. Ids in
 * `custom` are not touched: redact it if a provider repeats them there.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hashIds = (options: { readonly key: Redacted.Redacted }): Transform => {
  const secret = Redacted.value(options.key)
  const hash = (id: Ids.UserId) => Sha256.keyedHex(secret, id).slice(0, 32) as Ids.UserId
  return { ...map("hash-ids", hashIdsOf(hash)), fingerprint: { key: Fingerprint.ofSecret(options.key) } }
}

/**
 * Runs transforms one after the other, as one.
 *
 * @category combinators
 * @since 0.1.0
 */
export const compose = <E, R>(name: string, transforms: ReadonlyArray<Transform<E, R>>): Transform<E, R> => ({
  name,
  consequences: transforms.flatMap((transform) => transform.consequences ?? []),
  fingerprint: Object.fromEntries(transforms.map((one, i) => [`${i + 1} ${one.name}`, one.fingerprint])),
  ...excludesOf(transforms),
  carry: (entity) => transforms.reduce((carried, { carry }) => carry?.(carried) ?? carried, entity),
  apply: Effect.fnUntraced(function* (records: ReadonlyArray<Entity>) {
    let result = kept(records)
    for (const transform of transforms) {
      const next = yield* transform.apply(result.records)
      const carried = result.excluded?.map((one) =>
        transform.carry === undefined ? one : { ...one, entity: transform.carry(one.entity) }
      )
      result = {
        records: next.records,
        dropped: result.dropped.concat(next.dropped),
        rejected: result.rejected.concat(next.rejected),
        synthesised: result.synthesised.concat(next.synthesised),
        excluded: [...(carried ?? []), ...(next.excluded ?? [])]
      }
    }
    return result
  })
})

/**
 * A batch of which everything is kept.
 *
 * @category constructors
 * @since 0.1.0
 */
export const kept = (records: ReadonlyArray<Entity>): Transformed => ({
  records,
  dropped: [],
  rejected: [],
  synthesised: []
})

export { channels, users } from "./internal/transforms/exclude.ts"

// internal

const isKind = <K extends Kind>(kind: K, entity: Entity): entity is Entity<K> => entity._tag === kind

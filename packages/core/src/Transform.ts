/**
 * Changes, filters and checks entities between source and sink.
 *
 * A transform is a named function over a batch. The same entities must give the same result, regardless of
 * their batch, or a resumed run would differ. Everything it leaves out is counted by reason, and its results
 * are checked: an error names the transform and the record.
 *
 * The text of a function is part of the fingerprint, so the output of two versions is
 * never mixed. Values that the function closes over are not part of it: pass them as
 * `settings`, which the function gets as its last argument.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { Entity, Kind } from "./Entity.ts"
import { CODE, coded } from "./internal/transforms/code.ts"
import * as Compose from "./internal/transforms/compose.ts"
import * as Exclude from "./internal/transforms/exclude.ts"
import * as MapEffect from "./internal/transforms/mapEffect.ts"
import type { Transform, Transformed } from "./internal/transforms/model.ts"
import type {
  Code,
  EffectOptions,
  ExcludeUsersOptions,
  NewIdsConfig,
  Options,
  Redactions,
  RenameOptions
} from "./internal/transforms/options.ts"
import * as PerRecord from "./internal/transforms/perRecord.ts"
import * as Redact from "./internal/transforms/redact.ts"
import * as RenameIds from "./internal/transforms/renameIds.ts"

export type { Transformed, RenamedId, Transform } from "./internal/transforms/model.ts"

export {
  /**
   * The consequence of a record for which a function failed.
   *
   * @category models
   * @since 0.1.0
   */
  FAILED,
  /**
   * The consequence of a record for which a function returned an invalid result.
   *
   * @category models
   * @since 0.1.0
   */
  INVALID,
  /**
   * The consequence of an id in a table of `renameIds` that did not occur.
   *
   * @category models
   * @since 0.1.0
   */
  RENAME_UNUSED
} from "./internal/transforms/codes.ts"

export type {
  Code,
  EffectOptions,
  ExcludeUsersOptions,
  NewIds,
  NewIdsConfig,
  OptionalPath,
  Options,
  Redactions,
  RenameOptions
} from "./internal/transforms/options.ts"

/**
 * Makes a transform from a function over a batch. The function must account for each
 * record; otherwise an error names the transform. Unlike the other transforms it may
 * change ids, but two records that get the same id are not detected.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <E, R, S extends Schema.Json | undefined = undefined>(
  name: string,
  apply: (records: ReadonlyArray<Entity>, settings: NoInfer<S>) => Effect.Effect<Transformed, E, R>,
  options: Code<S> = {}
): Transform<E, R> => ({
  name,
  ...coded(name, apply, options, CODE),
  apply: (records) => apply(records, options.settings as S)
})

/**
 * Changes every entity. Kind and ids must stay the same, and the function must not
 * change its argument in place.
 *
 * @category constructors
 * @since 0.1.0
 */
export const map: <S extends Schema.Json | undefined = undefined>(
  name: string,
  f: (entity: Entity, settings: NoInfer<S>) => Entity,
  options?: Options<S>
) => Transform = PerRecord.map

/**
 * Changes the entities of one kind, as `map` does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mapKind: <K extends Kind, S extends Schema.Json | undefined = undefined>(
  kind: K,
  name: string,
  f: (entity: Entity<K>, settings: NoInfer<S>) => Entity<K>,
  options?: Options<S>
) => Transform = PerRecord.mapKind

/**
 * Changes every entity with an effect, such as a call of a service. Several run at a
 * time, and the order of the entities is kept. A resumed run repeats the calls for
 * everything that was not committed, so the answers must be the same again, or be
 * stored. Interrupting the run interrupts the effects. An effect that fails is treated
 * like a function that throws.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mapEffect: <E, R, S extends Schema.Json | undefined = undefined>(
  name: string,
  f: (entity: Entity, settings: NoInfer<S>) => Effect.Effect<Entity, E, R>,
  options?: EffectOptions<S>
) => Transform<never, R> = MapEffect.mapEffect

/**
 * Keeps the entities for which the predicate is true. The rest is dropped, with the
 * name as the reason.
 *
 * @category constructors
 * @since 0.1.0
 */
export const filter: <S extends Schema.Json | undefined = undefined>(
  name: string,
  predicate: (entity: Entity, settings: NoInfer<S>) => boolean,
  options?: Options<S>
) => Transform = PerRecord.filter

/**
 * Keeps the channels for which the predicate is true, with everything that belongs to
 * them. The others are left out with their members, messages and reactions, which are
 * all counted as dropped with the name as the reason. Records may come in any order,
 * and a channel more than once: the newest record decides, as `Exclusion` says.
 *
 * Records of a channel that no record describes are kept; a sink that checks references
 * rejects them. All users are kept, even those who occur only in channels that are left
 * out.
 *
 * @category constructors
 * @since 0.1.0
 */
export const channels: <S extends Schema.Json | undefined = undefined>(
  name: string,
  predicate: (channel: Entity<"channel">, settings: NoInfer<S>) => boolean,
  options?: Options<S>
) => Transform = Exclude.channels

/**
 * Keeps the users for which the predicate is true. The others are left out and counted
 * as dropped with the name as the reason. The options say what happens to their
 * messages, reactions, memberships and mentions: these are left out too, unless the
 * option is `"keep"`. References to an excluded user are removed from other records, as
 * `Exclusion.withoutReferences` describes.
 *
 * Users who are only named in other records, without a record of their own, are not checked.
 *
 * @category constructors
 * @since 0.1.0
 */
export const users: <S extends Schema.Json | undefined = undefined>(
  name: string,
  predicate: (user: Entity<"user">, settings: NoInfer<S>) => boolean,
  options?: ExcludeUsersOptions<S>
) => Transform = Exclude.users

/**
 * Keeps the messages for which the predicate is true, with their reactions. The others
 * are left out with theirs, and all are counted as dropped with the name as the reason.
 * Records may come in any order, and a message more than once: the newest record
 * decides, as `Exclusion` says.
 *
 * Replies to an excluded message and messages that quote it are kept, as if that
 * message were missing from the source. A reaction to a message that no record
 * describes is kept too; a sink that checks references rejects it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const messages: <S extends Schema.Json | undefined = undefined>(
  name: string,
  predicate: (message: Entity<"message">, settings: NoInfer<S>) => boolean,
  options?: Options<S>
) => Transform = Exclude.messages

/**
 * Rejects the entities for which the function returns an issue, and writes them to the
 * rejects file. The issue must not quote the entity.
 *
 * @category constructors
 * @since 0.1.0
 */
export const reject: <S extends Schema.Json | undefined = undefined>(
  name: string,
  issue: (entity: Entity, settings: NoInfer<S>) => string | undefined,
  options?: Options<S>
) => Transform = PerRecord.reject

/**
 * Removes fields, per kind: `redact({ user: ["name"], message: ["attachments.custom"]
 * })`. A user's `name`, `imageUrl` or `isBot` is also removed from the `userSnapshot`
 * of messages and members. `custom` may repeat the value of a field: list it as well.
 *
 * @category constructors
 * @since 0.1.0
 */
export const redact = (fields: Redactions, options: { readonly name?: string | undefined } = {}): Transform =>
  Redact.redact(fields, options)

/**
 * Gives users, channels and messages new ids wherever the model refers to them.
 *
 * If a function maps two ids to one, the run fails and names both. A table may map two
 * user ids to one, which joins these users. Ids in `custom` and failed webhooks are not
 * changed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const renameIds: <S extends Schema.Json | undefined = undefined>(
  ids: NewIdsConfig<NoInfer<S>>,
  options?: RenameOptions<S>
) => Transform = RenameIds.renameIds

/**
 * Replaces user ids by a keyed hash (HMAC-SHA-256, 32 hex digits) wherever the model
 * refers to a user, so references stay intact. The same key gives the same ids. Without
 * the key they cannot be guessed from a list of addresses, so it needs at least 16
 * characters. Other identifying fields are kept: redact `name`, `handle` and `email`,
 * and `custom` if a provider repeats ids there.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hashIds: (options: {
  readonly key: Redacted.Redacted
  /** @default "hash-ids" */
  readonly name?: string | undefined
}) => Transform = RenameIds.hashIds

/**
 * The errors of a transform, other than `TransformFailed`.
 *
 * @category models
 * @since 0.1.0
 */
export type ErrorOf<T> = T extends Transform<infer E, unknown> ? E : never

/**
 * The services that a transform needs.
 *
 * @category models
 * @since 0.1.0
 */
export type ServicesOf<T> = T extends Transform<unknown, infer R> ? R : never

/**
 * Runs transforms one after the other, as one, and checks the result of each.
 *
 * @category combinators
 * @since 0.1.0
 */
export const compose = <const T extends ReadonlyArray<Transform<unknown, unknown>>>(
  name: string,
  transforms: T
): Transform<ErrorOf<T[number]>, ServicesOf<T[number]>> =>
  Compose.compose(name, transforms as ReadonlyArray<Transform<ErrorOf<T[number]>, ServicesOf<T[number]>>>)

/**
 * A result that keeps the whole batch.
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

/**
 * What happens to entities between source and sink.
 *
 * A transform is a named function over a batch. It must be pure in the sense of
 * a resumed run: the same entities give the same result, whatever batch they
 * come in. Everything it leaves out is counted by reason, and what it gives is
 * judged: an error names the transform and the record.
 *
 * The text of a function is part of the fingerprint, so that output of two
 * versions is never mixed. Values that the function closes over are not seen:
 * give them as `settings`, which it gets as its last argument.
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
   * The consequence of a record of which a function made something wrong.
   *
   * @category models
   * @since 0.1.0
   */
  INVALID,
  /**
   * The consequence of an id that is in a table of `renameIds` and did not occur.
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
 * Makes a transform of a function over a batch. It must account for each record;
 * an error names the transform when it does not. Unlike the others it may change
 * ids, and nobody notices two records that get the same.
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
 * Changes every entity. Kind and ids must stay what they are, and the entity that
 * the function gets must not be changed in place.
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
 * Changes every entity by an effect, such as a call of a service: some at a time,
 * in the order in which they came. A resumed run asks again for what had not been
 * committed: answers must be the same then, or be kept. Interrupting the run
 * interrupts the effects. An effect that fails is the same as a function that throws.
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
 * Keeps what the predicate holds for; the rest is dropped, with the name as the
 * reason.
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
 * Keeps the channels that the predicate holds for, with whatever belongs to
 * them. The others are left out with their members, messages and reactions, all
 * counted as dropped with the name as the reason. Records may come in any order,
 * and a channel more than once: the newest record decides, as `Exclusion` says.
 *
 * What belongs to a channel that no record describes stays what it is: a sink
 * that checks references rejects it. Users stay, also those who only occur in
 * channels that are left out.
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
 * Keeps the users that the predicate holds for. The others are left out, counted
 * as dropped with the name as the reason. What becomes of their messages,
 * reactions, memberships and mentions is said by the options: all of it is left
 * out too, unless it is `"keep"`. Other records lose their references to such a
 * user, as `Exclusion.withoutReferences` says.
 *
 * Who is only named in other records, and has no record of their own, is not
 * judged.
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
 * Keeps the messages that the predicate holds for, with the reactions to them. The
 * others are left out with theirs, all counted as dropped with the name as the
 * reason. Records may come in any order, and a message more than once: the newest
 * record decides, as `Exclusion` says.
 *
 * Replies to a message that is left out, and messages that quote it, stay what they
 * are when such a message is missing. So does a reaction to a message that no record
 * describes: a sink that checks references rejects it.
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
 * Sets aside, in the rejects file, what the function gives a issue for. The
 * issue must not quote the entity.
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
 * Leaves fields out, per kind: `redact({ user: ["name"], message: ["attachments.custom"] })`.
 * A user's `name`, `imageUrl` or `isBot` goes from the `userSnapshot` of messages
 * and members too. `custom` may repeat what a field says: name it as well.
 *
 * @category constructors
 * @since 0.1.0
 */
export const redact = (fields: Redactions, options: { readonly name?: string } = {}): Transform =>
  Redact.redact(fields, options)

/**
 * Gives users, channels and messages other ids wherever the model refers to them.
 *
 * Two ids that a function makes one end the run with both of them; a table may
 * join people, by giving two ids the same new one. Ids in `custom`, and failed
 * webhooks, are not touched.
 *
 * @category constructors
 * @since 0.1.0
 */
export const renameIds: <S extends Schema.Json | undefined = undefined>(
  ids: NewIdsConfig<NoInfer<S>>,
  options?: RenameOptions<S>
) => Transform = RenameIds.renameIds

/**
 * Replaces user ids by a keyed hash (HMAC-SHA-256, 32 hex digits) wherever the
 * model refers to a user, so that references stay whole. The same key gives the
 * same ids; without it they cannot be guessed from a list of addresses, so it
 * needs at least 16 characters. What else tells who somebody is stays: redact
 * `name`, `handle` and `email`, and `custom` if a provider repeats ids there.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hashIds: (options: {
  readonly key: Redacted.Redacted
  /** @default "hash-ids" */
  readonly name?: string
}) => Transform = RenameIds.hashIds

/**
 * What a transform fails with beside `TransformFailed`.
 *
 * @category models
 * @since 0.1.0
 */
export type ErrorOf<T> = T extends Transform<infer E, unknown> ? E : never

/**
 * What a transform needs.
 *
 * @category models
 * @since 0.1.0
 */
export type ServicesOf<T> = T extends Transform<unknown, infer R> ? R : never

/**
 * Runs transforms one after the other, as one, and judges what each gives.
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

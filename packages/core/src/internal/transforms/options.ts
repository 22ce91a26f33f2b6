// The options of the constructors of `Transform`.
import type * as Schema from "effect/Schema"
import type { Entity, Kind } from "../../Entity.ts"
import type { UserPolicy } from "../../Exclusion.ts"
import type * as Fingerprint from "../../settings/Fingerprint.ts"

/**
 * Identifies the function of a transform in fingerprints. `S` is JSON or `undefined`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Code<S extends Schema.Json | undefined> extends Fingerprint.Code {
  /** Values that the result depends on. The function gets them as its last argument. @default undefined */
  readonly settings?: S
  /**
   * Whether the function depends on the order of records, or remembers some of them. A
   * run with worker threads is then read by one thread.
   *
   * @default false
   */
  readonly ordered?: boolean | undefined
}

/**
 * Identifies a transform, and says what happens if its function throws or returns an
 * invalid result.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<S extends Schema.Json | undefined = undefined> extends Code<S> {
  /**
   * `fail` ends the run; `reject` rejects the unchanged record with the code
   * `transform_failed` or `transform_invalid`. May be changed when a run is resumed.
   *
   * @default "fail"
   */
  readonly onThrow?: "fail" | "reject" | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface EffectOptions<S extends Schema.Json | undefined = undefined> extends Options<S> {
  /** The number of records of a batch that are processed at a time. @default 8 */
  readonly concurrency?: number | undefined
}

/**
 * What happens to records that refer to an excluded user, in addition to the options of
 * every transform.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExcludeUsersOptions<S extends Schema.Json | undefined = undefined>
  extends Options<S>, Partial<UserPolicy> {}

/**
 * @category models
 * @since 0.1.0
 */
export interface RenameOptions<S extends Schema.Json | undefined = undefined> extends Options<S> {
  /** @default "rename-ids" */
  readonly name?: string | undefined
}

/**
 * New ids, by a function or by a table of old to new ids. Ids that are not in a table
 * are kept.
 *
 * @category models
 * @since 0.1.0
 */
export type NewIds<S> =
  | ((id: string, settings: S) => string)
  | Readonly<Record<string, string>>
  | ReadonlyMap<string, string>

/**
 * @category models
 * @since 0.1.0
 */
export interface NewIdsConfig<S = undefined> {
  readonly user?: NewIds<S> | undefined
  readonly channel?: NewIds<S> | undefined
  readonly message?: NewIds<S> | undefined
}

/**
 * Paths to the fields of `A` that may be absent, such as `name`, `userSnapshot.name`
 * and, in each element of a list, `attachments.url`. Below `custom`, any path.
 *
 * @category models
 * @since 0.1.0
 */
export type OptionalPath<A> = {
  [F in keyof A & string]-?: (object extends Pick<A, F> ? F : never) | PathBelow<F, NonNullable<A[F]>>
}[keyof A & string]

/** Paths of fields to remove, by kind.
 *
 * @category models
 * @since 0.1.0
 */
export type Redactions = { readonly [K in Kind]?: ReadonlyArray<OptionalPath<Entity<K>>> }

// internal

type PathBelow<F extends string, V> = V extends string | number | boolean
  ? never
  : V extends ReadonlyArray<infer E>
    ? E extends string | number | boolean
      ? never
      : `${F}.${OptionalPath<E>}`
    : string extends keyof V
      ? `${F}.${string}`
      : `${F}.${OptionalPath<V>}`

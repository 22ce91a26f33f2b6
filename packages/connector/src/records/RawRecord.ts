/**
 * Maps a provider's records with tables that name each field once: how it is read,
 * which field of the model it becomes, and its other spellings. Nothing is dropped
 * without being counted.
 *
 * A table is keyed by the fields of the model, so the compiler requires those that
 * every record must have. Fields that the table does not name go into the extras,
 * which become `custom.<provider>`. A value of an unexpected type is kept there too
 * and counted as `unreadable_field.<kind>.<field>`. A value that is nested too deep
 * rejects the record.
 *
 * Fields are read in the order of the table. Put fields that may reject above fields
 * that count something, so that nothing is counted for a rejected record. The steps
 * of reading are compiled once for each list of field names, so a field that a
 * record does not have costs nothing.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { Entity } from "@chatferry/core"
import { type Kept, type Names, RawField, type Read } from "../internal/records/field.ts"
import type { BaseContext, Part } from "../internal/records/part.ts"
import { type Kit, makeKit, type Table } from "../internal/records/table.ts"

export {
  /**
   * The consequences of codes that this module counts. Add them to those of the source.
   *
   * @category models
   * @since 0.1.0
   */
  declared
} from "../internal/records/consequences.ts"

export {
  /**
   * One entry of a table, and how a missing value is handled.
   *
   * @category models
   * @since 0.1.0
   */
  Field,
  /**
   * Fields that are kept although the model has no field for them.
   *
   * @category models
   * @since 0.1.0
   */
  type Kept,
  /**
   * An object as the provider writes it.
   *
   * @category models
   * @since 0.1.0
   */
  type Raw,
  /**
   * A field that the record itself has, as opposed to one made from others.
   *
   * @category models
   * @since 0.1.0
   */
  RawField,
  /**
   * Reads a value: `undefined` if it is blank, `UNREADABLE` if it is not understood.
   *
   * @category models
   * @since 0.1.0
   */
  type Read,
  /**
   * The result for a value of an unexpected form.
   *
   * @category models
   * @since 0.1.0
   */
  UNREADABLE
} from "../internal/records/field.ts"

export {
  /**
   * The context that every mapping needs besides the record.
   *
   * @category models
   * @since 0.1.0
   */
  type BaseContext,
  /**
   * A table of records inside other records. It returns records without pushing them.
   *
   * @category models
   * @since 0.1.0
   */
  type Part,
  /**
   * The reason why a record is rejected, and the fields that had been read by then.
   *
   * @category models
   * @since 0.1.0
   */
  Rejection
} from "../internal/records/part.ts"

export {
  /**
   * Removes secrets from a value at any depth.
   *
   * @category operations
   * @since 0.1.0
   */
  withoutSecrets,
  /**
   * The fields that never leave the source.
   *
   * @category configuration
   * @since 0.1.0
   */
  type Secrets
} from "../internal/records/secrets.ts"

export {
  /**
   * The fields of a table.
   *
   * @category models
   * @since 0.1.0
   */
  type Fields,
  /**
   * Makes tables of one kind of record, and fields that are made from several others.
   *
   * @category models
   * @since 0.1.0
   */
  type Kit,
  /**
   * How a table treats fields without a field in the model.
   *
   * @category models
   * @since 0.1.0
   */
  type Rest,
  /**
   * A table of entities.
   *
   * @category models
   * @since 0.1.0
   */
  type Table,
  /**
   * The context of a table's functions.
   *
   * @category models
   * @since 0.1.0
   */
  type X
} from "../internal/records/table.ts"

/**
 * The settings that all tables of a provider share.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Settings {
  /** Extras go to `custom.<name>`. */
  readonly name: string
  /** Whether a value can be left out without losing information. */
  readonly isBlank: (value: unknown) => boolean
  /**
   * Fields that never leave the source, at any depth.
   *
   * @default none
   */
  readonly secrets?: ReadonlyArray<string> | undefined
  /**
   * Whether a field of a kept value, at any depth, must not leave the source because of its value.
   *
   * @default none
   */
  readonly isSecret?: ((name: string, value: unknown) => boolean) | undefined
}

/**
 * Makes the tables of one provider.
 *
 * @category models
 * @since 0.1.0
 */
export interface Provider<C> {
  /** Tables of entities. */
  readonly kind: <K extends Entity.Kind, D extends C = C>(
    kind: K
  ) => Kit<Entity.Entity<K>, D, Table<Entity.Entity<K>, D>>
  /**
   * Tables of records inside other records. `label` names them in notes. Their secrets
   * are counted under `secretsOf`.
   */
  readonly part: <E, D extends C = C>(label: string, secretsOf?: string) => Kit<E, D, Part<E, D>>
}

/**
 * Makes a provider from the settings that its tables share. `C` is the context of
 * their mappings.
 *
 * @category constructors
 * @since 0.1.0
 */
export const provider = <C extends BaseContext>(settings: Settings): Provider<C> => ({
  kind: (kind) => makeKit(settings, kind, kind, kind),
  part: (label, secretsOf = label) => makeKit(settings, label, secretsOf, undefined)
})

/**
 * Makes a field from its spellings. The first one with a value counts. Another one
 * with a different value goes to the extras.
 *
 * @category constructors
 * @since 0.1.0
 */
export const field = <A>(read: Read<A>, ...names: Names): RawField<A> =>
  new RawField({ mode: "value", read, names })

/**
 * Makes a field that is a list. Elements that cannot be read are left out, and then
 * the whole list also goes to the extras.
 *
 * @category constructors
 * @since 0.1.0
 */
export const list = <A>(read: Read<A>, ...names: Names): RawField<ReadonlyArray<A>> =>
  new RawField({ mode: "list", read, names })

/**
 * Makes a field that is a record inside the record. `scalar` reads a value that is
 * not an object.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nested = <A, C>(part: Part<A, C>, name: string, scalar?: Read<A>): RawField<A, C> =>
  new RawField({
    mode: "part",
    part,
    names: [name],
    ...(scalar !== undefined && { read: scalar })
  })

/**
 * Makes a field that is a list of records inside the record. `scalar` reads elements
 * that are not objects.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nestedList = <A, C>(
  part: Part<A, C>,
  name: string,
  scalar?: Read<A>
): RawField<ReadonlyArray<A>, C> =>
  new RawField({
    mode: "parts",
    part,
    names: [name],
    ...(scalar !== undefined && { read: scalar })
  })

/**
 * Makes a field with the unchanged value, for functions that interpret it themselves.
 *
 * @category constructors
 * @since 0.1.0
 */
export const any = (...names: Names): RawField<unknown> => field<unknown>((value) => value, ...names)

/**
 * Makes a kept field under its first name. `read` converts the value that is kept.
 * Without it, every value is kept for which `isNothing` is false.
 *
 * @category constructors
 * @since 0.1.0
 */
export const kept = (
  names: Names,
  options: {
    readonly read?: Read<unknown> | undefined
    readonly isNothing?: ((value: unknown) => boolean) | undefined
  } = {}
): Kept => ({ names, read: options.read, isNothing: options.isNothing })

/**
 * Maps a provider's records by tables that name each field once: how it is
 * read, what it becomes, which other names it has, and what happens to a value
 * that cannot be read. Nothing is dropped without being counted.
 *
 * A table is keyed by the fields of the model, so that the compiler asks for
 * those that every record must have. What the table does not name goes into the
 * extras, which become `custom.<provider>`. A value of an unexpected type is
 * kept there too and counted as `unreadable_field.<kind>.<field>`; a value that
 * is nested too deep rejects the record.
 *
 * Fields are read in the order of the table. Those that may reject belong above
 * those that count something, so that nothing of a rejected record is counted.
 * The steps of a record are decided once for each list of fields: what a record
 * does not have costs nothing.
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
   * What this module counts: list it among the consequences of the source.
   *
   * @category models
   * @since 0.1.0
   */
  declared
} from "../internal/records/consequences.ts"

export {
  /**
   * What one entry of a table gives, and what happens when it gives nothing.
   *
   * @category models
   * @since 0.1.0
   */
  Field,
  /**
   * Fields that are kept though the model has no place for them.
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
   * A field that the record itself has, and not one that is made of others.
   *
   * @category models
   * @since 0.1.0
   */
  RawField,
  /**
   * Reads a value: `undefined` when it says nothing, `UNREADABLE` when it says something that is not understood.
   *
   * @category models
   * @since 0.1.0
   */
  type Read,
  /**
   * There is a value, and it is not what the field should hold.
   *
   * @category models
   * @since 0.1.0
   */
  UNREADABLE
} from "../internal/records/field.ts"

export {
  /**
   * What a mapping needs besides the record.
   *
   * @category models
   * @since 0.1.0
   */
  type BaseContext,
  /**
   * A table of records inside other records. It gives them and pushes nothing.
   *
   * @category models
   * @since 0.1.0
   */
  type Part,
  /**
   * Why a record gives none of the model, and what had been read of it by then.
   *
   * @category models
   * @since 0.1.0
   */
  Rejection
} from "../internal/records/part.ts"

export {
  /**
   * Takes secrets out of a value, at any depth.
   *
   * @category operations
   * @since 0.1.0
   */
  withoutSecrets,
  /**
   * Which fields never leave the source.
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
   * Makes tables of one kind of record, and the fields that are made of several others.
   *
   * @category models
   * @since 0.1.0
   */
  type Kit,
  /**
   * What a table says of fields that fill none of the model.
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
   * What the functions of a table may use.
   *
   * @category models
   * @since 0.1.0
   */
  type X
} from "../internal/records/table.ts"

/**
 * What all records of a provider have in common.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Settings {
  /** Extras go to `custom.<name>`. */
  readonly name: string
  /** Nothing is lost when a field with such a value is left out. */
  readonly isBlank: (value: unknown) => boolean
  /**
   * Fields that never leave the source, at any depth.
   *
   * @default none
   */
  readonly secrets?: ReadonlyArray<string> | undefined
  /**
   * Fields of what is kept that never leave the source because of what they hold, at any depth.
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
   * Tables of what stands inside records. `label` names it in notes; its secrets
   * are counted for `secretsOf`.
   */
  readonly part: <E, D extends C = C>(label: string, secretsOf?: string) => Kit<E, D, Part<E, D>>
}

/**
 * Says what all records of a provider have in common. `C` is what their mapping
 * needs besides the record.
 *
 * @category constructors
 * @since 0.1.0
 */
export const provider = <C extends BaseContext>(settings: Settings): Provider<C> => ({
  kind: (kind) => makeKit(settings, kind, kind, kind),
  part: (label, secretsOf = label) => makeKit(settings, label, secretsOf, undefined)
})

/**
 * A field by its spellings: the first that gives a value counts. Another one
 * that says something else goes to the extras.
 *
 * @category constructors
 * @since 0.1.0
 */
export const field = <A>(read: Read<A>, ...names: Names): RawField<A> =>
  new RawField({ mode: "value", read, names })

/**
 * A list. Elements that cannot be read are left out, and then the whole list
 * goes to the extras as well.
 *
 * @category constructors
 * @since 0.1.0
 */
export const list = <A>(read: Read<A>, ...names: Names): RawField<ReadonlyArray<A>> =>
  new RawField({ mode: "list", read, names })

/**
 * A record inside the record. `scalar` reads what is not an object.
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
 * A list of records inside the record. `scalar` reads elements that are not
 * objects.
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
 * The value as it stands, for what a function looks into by itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const any = (...names: Names): RawField<unknown> => field<unknown>((value) => value, ...names)

/**
 * Fields that are kept under the first name where there is something in them.
 * `read` says what is kept; without it, everything that is not nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const kept = (
  names: Names,
  options: { readonly read?: Read<unknown>; readonly isNothing?: (value: unknown) => boolean } = {}
): Kept => ({ names, read: options.read, isNothing: options.isNothing })

// Tables and the kits that make them.
import type { Entity } from "@chatferry/core"
import type { BatchBuilder } from "@chatferry/core/run"
import type * as Schema from "effect/Schema"
import { Definition, type Settings } from "./definition.ts"
import { type AnyField, Field, type Kept, type Raw, type RawField } from "./field.ts"
import { type BaseContext, type Part, Rejection } from "./part.ts"
import { Reader } from "./reader.ts"
import { Shapes } from "./shape.ts"

type OptionalKeys<E> = { [K in keyof E]-?: object extends Pick<E, K> ? K : never }[keyof E]
type Filled = "_tag" | "custom"

/** A table must contain every required field of `E` and may contain others. */
export type Fields<E, C> = {
  readonly [K in Exclude<keyof E, OptionalKeys<E> | Filled>]: Field<E[K], C, true>
} & {
  readonly [K in Exclude<OptionalKeys<E>, Filled>]?: Field<NonNullable<E[K]>, C>
}

/** The context of a table's functions while a record is read. */
export interface X<E, C> {
  /** The fields that have been read so far, which are those above this one. */
  readonly draft: Partial<E>
  readonly context: C
  readonly raw: Raw
  /** Sets another field of the model after the current one. */
  readonly set: <K extends Exclude<OptionalKeys<E>, Filled>>(to: K, value: E[K] | undefined) => void
  /** Adds a value to the extras. */
  readonly keep: (name: string, value: unknown) => void
  /** Whether the extras have a value with this name. */
  readonly isKept: (name: string) => boolean
  /** Keeps a field of the record as unreadable and counts it. */
  readonly unreadable: (name: string) => void
  readonly note: (code: string) => void
  /** Reads a value of the field `name` with another table. A value that the table cannot read makes the field unreadable. */
  readonly part: <A>(part: Part<A, C>, name: string, value: unknown) => A | undefined
}

/** How a table treats fields without a field in the model. */
export interface Rest<E, C> {
  /** Fields that are added to the extras if they are not blank. */
  readonly kept?: ReadonlyArray<string | Kept>
  /** Fields that are left out, and counted if they are not blank. */
  readonly dropped?: ReadonlyArray<string>
  /** Fields of this record alone that never leave the source, and are counted if they are not blank. */
  readonly secrets?: ReadonlyArray<string>
  /** Fields that the caller reads, so they are neither kept nor counted. */
  readonly elsewhere?: ReadonlyArray<string>
  /** Fields that are checked, or further steps, without a field in the model. They run after the kept fields. */
  readonly also?: ReadonlyArray<Field<unknown, C>>
  /** Lists of records inside this one. `map` maps them after it has pushed this record. */
  readonly each?: {
    readonly [name: string]: (values: ReadonlyArray<unknown>, of: E, context: C, within: string) => void
  }
  /**
   * How fields are treated that the table does not name. `drop` counts them together
   * as `other`. A function receives their names for every record.
   *
   * @default "keep"
   */
  readonly unknown?:
    | "keep"
    | "keepUnlessBlank"
    | "drop"
    | ((x: X<E, C>, names: ReadonlyArray<string>) => void)
  /** Whether a value is such a record, for parts only. Any other value is unreadable. */
  readonly isEnough?: (raw: Raw) => boolean
}

type Values<F extends ReadonlyArray<AnyField>> = { [I in keyof F]: F[I]["Type"] | undefined }
type Given<A> = Exclude<A, undefined | void>
type Always<A> = A extends undefined | void ? false : true

/** Makes tables of one kind of entity or part. `T` is the type of its tables. */
export interface Kit<E, C, T> {
  /** Makes a field from several others if the record has any of them. */
  readonly from: <const F extends ReadonlyArray<RawField<unknown, C>>, A>(
    fields: F,
    make: (x: X<E, C>, ...values: Values<F>) => A
  ) => Field<Given<A>, C, false>
  /** Makes a field from several others for every record, even if it has none of them. */
  readonly always: <const F extends ReadonlyArray<RawField<unknown, C>>, A>(
    fields: F,
    make: (x: X<E, C>, ...values: Values<F>) => A
  ) => Field<Given<A>, C, [Always<A>] extends [true] ? true : false>
  /** Makes a table. Throws if the table names a field of the record twice. */
  readonly table: (fields: Fields<E, C>, rest?: Rest<E, C>) => T
}

/** Reads and maps records of one kind. */
export class Table<E, in C> implements Part<E, C> {
  readonly #definition: Definition
  readonly #shapes: Shapes
  readonly #readers = new WeakMap<BatchBuilder.BatchBuilder, Reader>()
  #latest: { readonly out: BatchBuilder.BatchBuilder; readonly reader: Reader } | undefined

  /** @internal */
  constructor(definition: Definition) {
    this.#definition = definition
    this.#shapes = new Shapes(definition)
  }

  /** Reads a record without pushing it, or returns why it is rejected. */
  readonly read = (raw: Raw, context: C): E | Rejection<E> =>
    this.#readerOf((context as BaseContext).out).read(raw, context as BaseContext) as E | Rejection<E>

  /**
   * Pushes the entity or rejects the record, and maps the records inside it.
   * `within` is the record's path inside its origin. `of` is the context that its
   * meaning depends on if it is a part.
   */
  readonly map = (raw: Raw, context: C, within = "", of?: () => Schema.Json | undefined): void => {
    const { rest, tag } = this.#definition
    const { out } = context as BaseContext
    const found = this.read(raw, context)
    if (found instanceof Rejection) {
      return out.reject(tag as Entity.Kind, found.code, found.message, raw, within, of?.())
    }
    out.push(found as Entity.Entity)
    for (const name in rest.each) {
      const values = raw[name]
      if (Array.isArray(values) && values.length > 0) {
        rest.each[name]?.(values, found as never, context as never, within)
      }
    }
  }

  #readerOf(out: BatchBuilder.BatchBuilder): Reader {
    if (this.#latest?.out === out) return this.#latest.reader
    let reader = this.#readers.get(out)
    if (reader === undefined) {
      reader = new Reader(this.#definition, this.#shapes, out)
      this.#readers.set(out, reader)
    }
    this.#latest = { out, reader }
    return reader
  }
}

export const makeKit = <E, C, T>(
  settings: Settings,
  label: string,
  secretsOf: string,
  tag: Entity.Kind | undefined
): Kit<E, C, T> => ({
  from: (sources, make) => new Field({ mode: "from", sources, make: make as never }) as never,
  always: (sources, make) => new Field({ mode: "always", sources, make: make as never }) as never,
  table: (fields, rest = {}) =>
    new Table(new Definition(settings, label, secretsOf, tag, fields as never, rest)) as T
})

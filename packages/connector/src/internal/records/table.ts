// Tables and what makes them.
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

/** Every field of `E` that must be there has to be in the table; others may be. */
export type Fields<E, C> = {
  readonly [K in Exclude<keyof E, OptionalKeys<E> | Filled>]: Field<E[K], C, true>
} & {
  readonly [K in Exclude<OptionalKeys<E>, Filled>]?: Field<NonNullable<E[K]>, C>
}

/** What the functions of a table may use while a record is read. */
export interface X<E, C> {
  /** What has been read so far: the fields above this one. */
  readonly draft: Partial<E>
  readonly context: C
  readonly raw: Raw
  /** Sets another field of the model, behind the one that is being made. */
  readonly set: <K extends Exclude<OptionalKeys<E>, Filled>>(to: K, value: E[K] | undefined) => void
  /** Puts a value into the extras. */
  readonly keep: (name: string, value: unknown) => void
  /** Tells whether the extras have such a value. */
  readonly isKept: (name: string) => boolean
  /** Keeps a field of the record as one that cannot be read, and counts it. */
  readonly unreadable: (name: string) => void
  readonly note: (code: string) => void
  /** Reads a value of the field `name` by another table; one that is not such a record makes the field unreadable. */
  readonly part: <A>(part: Part<A, C>, name: string, value: unknown) => A | undefined
}

/** What a table says of fields that fill none of the model. */
export interface Rest<E, C> {
  /** Put into the extras where there is something in them. */
  readonly kept?: ReadonlyArray<string | Kept>
  /** Left out, and counted where there is something in them. */
  readonly dropped?: ReadonlyArray<string>
  /** Fields of this record alone that never leave the source, counted where there is something in them. */
  readonly secrets?: ReadonlyArray<string>
  /** Read by whoever calls, so that they are neither kept nor counted. */
  readonly elsewhere?: ReadonlyArray<string>
  /** Fields that are judged, or steps that are taken, and fill nothing; behind what is kept. */
  readonly also?: ReadonlyArray<Field<unknown, C>>
  /** Lists of records inside, mapped when `map` has pushed this one. */
  readonly each?: {
    readonly [name: string]: (values: ReadonlyArray<unknown>, of: E, context: C, within: string) => void
  }
  /**
   * What becomes of fields that the table does not name. `drop` counts them
   * together, as `other`. A function gets their names for every record.
   *
   * @default "keep"
   */
  readonly unknown?:
    | "keep"
    | "keepUnlessBlank"
    | "drop"
    | ((x: X<E, C>, names: ReadonlyArray<string>) => void)
  /** Of a part: whether a record is one. What is not is a value that cannot be read. */
  readonly isEnough?: (raw: Raw) => boolean
}

type Values<F extends ReadonlyArray<AnyField>> = { [I in keyof F]: F[I]["Type"] | undefined }
type Given<A> = Exclude<A, undefined | void>
type Always<A> = A extends undefined | void ? false : true

/** Makes tables of one kind of entity, or of one kind of part; `T` is what its tables can do. */
export interface Kit<E, C, T> {
  /** Made of several fields, if the record has any of them. */
  readonly from: <const F extends ReadonlyArray<RawField<unknown, C>>, A>(
    fields: F,
    make: (x: X<E, C>, ...values: Values<F>) => A
  ) => Field<Given<A>, C, false>
  /** The same for every record, whether it has them or not. */
  readonly always: <const F extends ReadonlyArray<RawField<unknown, C>>, A>(
    fields: F,
    make: (x: X<E, C>, ...values: Values<F>) => A
  ) => Field<Given<A>, C, [Always<A>] extends [true] ? true : false>
  /** Throws when it names a field of the record twice. */
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

  /** Gives the record without pushing it, or why there is none. */
  readonly read = (raw: Raw, context: C): E | Rejection<E> =>
    this.#readerOf((context as BaseContext).out).read(raw, context as BaseContext) as E | Rejection<E>

  /**
   * Pushes the entity or rejects the record, and maps the records inside.
   * `within` is the record's place in what the origin stands for, and `of` what
   * its meaning depends on if that is a part.
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

// One entry of a table: the fields of the record that it reads, and how it converts them.
import * as RawValue from "../../records/RawValue.ts"
import type { Part } from "./part.ts"

export type Raw = RawValue.RawObject

export const UNREADABLE: typeof RawValue.UNREADABLE = RawValue.UNREADABLE

export type Read<A> = (value: unknown) => A | undefined | typeof UNREADABLE

/** One or more spellings of a field. */
export type Names = readonly [string, ...Array<string>]

export type Mode = "value" | "list" | "part" | "parts" | "from" | "always"

export interface Missing {
  readonly code: string
  readonly message: string
}

type Make = (x: never, ...values: ReadonlyArray<never>) => unknown

interface Options {
  readonly mode: Mode
  readonly names?: ReadonlyArray<string>
  readonly read?: Read<unknown>
  readonly part?: Part<unknown, never>
  readonly sources?: ReadonlyArray<AnyField>
  readonly make?: Make
  readonly fallback?: (context: never) => unknown
  readonly missing?: Missing
}

/** `Has`: the field always has a value, or the record is rejected. */
export class Field<out A, in C = unknown, out Has extends boolean = boolean> {
  declare readonly Type: A
  declare readonly Has: Has
  declare protected readonly Context: (context: C) => void
  /** @internal */
  readonly of: Options

  constructor(of: Options) {
    this.of = of
  }

  /** Supplies a value if the record has none. */
  or<D extends C, B extends A | undefined>(
    fallback: (context: D) => B
  ): Field<A, D, undefined extends B ? false : true> {
    return new Field({ ...this.of, fallback })
  }

  /** Rejects the record if the field has no value. `message` must not quote the record. */
  orReject(code: string, message: string): Field<A, C, true> {
    return new Field({ ...this.of, missing: { code, message } })
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- A field of any context and value.
export type AnyField = Field<any, any>

/** A field that the record itself has. */
export class RawField<out A, in C = unknown> extends Field<A, C, false> {}

/** Fields that are kept although the model has no field for them. */
export interface Kept {
  readonly names: Names
  readonly read: Read<unknown> | undefined
  readonly isNothing: ((value: unknown) => boolean) | undefined
}

/** Reads nothing. */
export const unread: Read<never> = () => undefined

/** The names of all fields of the record that an entry reads. */
export const namesOf = ({ of }: AnyField): ReadonlyArray<string> => [
  ...(of.names ?? []),
  ...(of.sources ?? []).flatMap(namesOf)
]

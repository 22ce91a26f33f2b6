/**
 * What a record has besides the fields its mapping reads.
 *
 * Fields that the model does not know go into a bag, which goes on under the
 * provider's name in `custom`; fields that are left out on purpose are counted.
 * Nothing gets lost that nobody was told of.
 *
 * Records of one export come in few shapes, so a shape is judged once and then
 * known by its list of fields: comparing that is far cheaper than looking up
 * each field of each record.
 *
 * @stability unstable
 * @since 0.1.0
 */
import type { BatchBuilder, Counter } from "./BatchBuilder.ts"
import * as Consequence from "./Consequence.ts"
import type { Entity, Kind } from "./Entity.ts"
import { isDeeper, MAX_DEPTH } from "./internal/depth.ts"
import { declared } from "./internal/fieldConsequences.ts"
import type { Timestamp } from "./Timestamp.ts"
import { type ReadTime, UNREADABLE, type Wire } from "./Wire.ts"

/**
 * One provider's part of `custom` while it is being filled.
 *
 * @category models
 * @since 0.1.0
 */
export type Bag = Record<string, NonNullable<Entity["custom"]>[string][string]>

/**
 * Stands for a bag with a value so deep that it cannot be written as JSON
 * safely. The record is to be rejected with `TOO_DEEP_MESSAGE`.
 *
 * @category models
 * @since 0.1.0
 */
export const TOO_DEEP: Bag = Object.freeze({})

/**
 * @category errors
 * @since 0.1.0
 */
export const TOO_DEEP_MESSAGE: string = `a value is nested deeper than ${MAX_DEPTH} levels`

export {
  /**
   * What this module counts, and sources that leave fields out by themselves.
   *
   * @category models
   * @since 0.1.0
   */
  declared
} from "./internal/fieldConsequences.ts"

export {
  /**
   * Tells whether arrays and objects are nested deeper than `levels`.
   *
   * @category guards
   * @since 0.1.0
   */
  isDeeper,
  /**
   * Most levels of arrays and objects in a value of a bag.
   *
   * @category models
   * @since 0.1.0
   */
  MAX_DEPTH
} from "./internal/depth.ts"

/**
 * Puts a value that came from JSON into a bag, which is made when there is none yet.
 *
 * @category operations
 * @since 0.1.0
 */
export const keep = (bag: Bag | undefined, field: string, value: unknown): Bag => {
  if (bag === TOO_DEEP) return TOO_DEEP
  if (typeof value === "object" && isDeeper(value, MAX_DEPTH)) return TOO_DEEP
  const target = bag ?? {}
  if (field === "__proto__") {
    Object.defineProperty(target, field, { value, enumerable: true, configurable: true, writable: true })
  } else target[field] = value as Bag[string]
  return target
}

/**
 * Sets an optional time of an entity that is being filled in, from a field of
 * the record. A value that is no time goes into the bag as it is and is counted
 * as `unreadable_time.<kind>.<field>`.
 *
 * @category models
 * @since 0.1.0
 */
export type SetTime = <Field extends string>(
  draft: { [P in Field]?: Timestamp },
  to: Field,
  wire: Wire,
  from: string,
  bag: Bag | undefined,
  kind: Kind,
  context: { readonly out: BatchBuilder }
) => Bag | undefined

/**
 * Makes a `SetTime` of how the provider writes times.
 *
 * @category constructors
 * @since 0.1.0
 */
export const timeSetter =
  (time: ReadTime): SetTime =>
  (draft, to, wire, from, bag, kind, { out }) => {
    const found = time(wire[from])
    if (found === undefined) return bag
    if (found !== UNREADABLE) {
      draft[to] = found
      return bag
    }
    out.note(Consequence.codeOf(declared.unreadableTime, `${kind}.${from}`))
    return keep(bag, from, wire[from])
  }

/**
 * Tells whether the mapping makes something of a value of this shape.
 *
 * @category models
 * @since 0.1.0
 */
export type IsReadable = (value: unknown, wire: Wire) => boolean

/**
 * The fields of one kind of record, as a provider documents them. What is not
 * among them is unknown.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fields {
  /** Name in notes. */
  readonly kind: string
  /** Fields the mapping reads itself. */
  readonly read: ReadonlyArray<string>
  /** Fields of the provider's own that are kept if there is something in them. */
  readonly kept?: ReadonlyArray<string>
  /** Fields that are left out and counted if there is something in them. */
  readonly dropped: ReadonlyArray<string>
  /** Fields among those it reads that it cannot read in every shape; in another one they are kept as unknown ones are. */
  readonly readable?: Readonly<Record<string, IsReadable>>
}

/**
 * What a provider's fields have in common.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Nothing is lost when a field with such a value is left out. */
  readonly isBlank: (value: unknown) => boolean
  /** Fields that never leave the source, whatever the kind says of them. None by default. */
  readonly isSecret?: (field: string) => boolean
}

/**
 * Judges records of one kind. Made once for each kind and each builder.
 *
 * @category models
 * @since 0.1.0
 */
export class Leftovers {
  readonly #out: BatchBuilder
  readonly #kind: string
  readonly #read: ReadonlySet<string>
  readonly #kept: ReadonlySet<string>
  readonly #dropped: ReadonlySet<string>
  readonly #readable: ReadonlyMap<string, IsReadable>
  readonly #isBlank: Options["isBlank"]
  readonly #isSecret: (field: string) => boolean
  readonly #shapes: Array<Shape> = []

  constructor({ dropped, kept, kind, read, readable }: Fields, options: Options, out: BatchBuilder) {
    this.#out = out
    this.#kind = kind
    this.#read = new Set(read)
    this.#kept = new Set(kept)
    this.#dropped = new Set(dropped)
    this.#readable = new Map(Object.entries(readable ?? {}))
    this.#isBlank = options.isBlank
    this.#isSecret = options.isSecret ?? (() => false)
  }

  /**
   * Puts unreadable, kept and unknown fields into the bag, and counts dropped
   * ones as `field_dropped.<kind>.<field>`, secrets as `secret_dropped.…` and
   * unreadable ones as `unreadable_field.…`.
   */
  into(bag: Bag | undefined, wire: Wire): Bag | undefined {
    const isBlank = this.#isBlank
    const { checked, dropped, kept, unknown } = this.#shapeOf(wire)
    for (const { counter, field } of dropped) if (!isBlank(wire[field])) counter.count++
    let filled = bag
    for (const { field, isReadable } of checked) {
      const value = wire[field]
      if (isReadable(value, wire) || isBlank(value)) continue
      this.#out.note(Consequence.codeOf(declared.unreadableField, `${this.#kind}.${field}`))
      filled = keep(filled, field, value)
    }
    for (const field of kept) if (!isBlank(wire[field])) filled = keep(filled, field, wire[field])
    return this.keepUnknown(filled, wire, unknown)
  }

  /** Counts dropped fields and secrets, unknown ones as `other`. */
  drop(wire: Wire): void {
    const isBlank = this.#isBlank
    const { dropped, unknown } = this.#shapeOf(wire)
    for (const { counter, field } of dropped) if (!isBlank(wire[field])) counter.count++
    for (const field of unknown) {
      if (!isBlank(wire[field]))
        this.#out.note(Consequence.codeOf(declared.fieldDropped, `${this.#kind}.other`))
    }
  }

  /** Puts fields into the bag that nothing is known of. */
  protected keepUnknown(bag: Bag | undefined, wire: Wire, fields: ReadonlyArray<string>): Bag | undefined {
    let filled = bag
    // What was made of a table has all of its columns, `undefined` where a cell is empty.
    for (const field of fields) if (wire[field] !== undefined) filled = keep(filled, field, wire[field])
    return filled
  }

  #shapeOf(wire: Wire): Shape {
    const fields = Object.keys(wire)
    const shapes = this.#shapes
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i] as Shape
      if (!isSame(shape.fields, fields)) continue
      if (i > 0) {
        shapes[i] = shapes[i - 1] as Shape
        shapes[i - 1] = shape
      }
      return shape
    }
    const shape = this.#judge(fields)
    if (shapes.length === MAX_SHAPES) shapes.pop()
    shapes.push(shape)
    return shape
  }

  #judge(fields: ReadonlyArray<string>): Shape {
    const isSecret = this.#isSecret
    const isDropped = (field: string) => isSecret(field) || this.#dropped.has(field)
    const isKnown = (field: string) => this.#read.has(field) || this.#kept.has(field) || isDropped(field)
    const codeOf = (field: string) =>
      Consequence.codeOf(
        isSecret(field) ? declared.secretDropped : declared.fieldDropped,
        `${this.#kind}.${field}`
      )
    return {
      fields,
      checked: fields.flatMap((field) => {
        const isReadable = this.#readable.get(field)
        return isReadable === undefined ? [] : [{ field, isReadable }]
      }),
      kept: fields.filter((field) => this.#kept.has(field)),
      unknown: fields.filter((field) => !isKnown(field)),
      dropped: fields.filter(isDropped).map((field) => ({ field, counter: this.#out.counter(codeOf(field)) }))
    }
  }
}

/**
 * Remembers what is made for each kind's fields, so that each is made once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const perKind = <A>(make: (fields: Fields) => A): ((fields: Fields) => A) => {
  const known = new Map<Fields, A>()
  return (fields) => {
    let found = known.get(fields)
    if (found === undefined) known.set(fields, (found = make(fields)))
    return found
  }
}

// internal

interface Shape {
  readonly fields: ReadonlyArray<string>
  readonly unknown: ReadonlyArray<string>
  readonly kept: ReadonlyArray<string>
  readonly dropped: ReadonlyArray<{ readonly field: string; readonly counter: Counter }>
  readonly checked: ReadonlyArray<{ readonly field: string; readonly isReadable: IsReadable }>
}

/** Messages of one export have over a hundred: each combination of optional fields is one. */
const MAX_SHAPES = 128

const isSame = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

// Tells what a record has besides the fields its mapping reads.
//
// Records of one export come in few shapes, so a shape is judged once and then
// known by its list of fields: comparing that is far cheaper than looking up
// each field of each record.
import { type Bag, keep } from "./bag.ts"
import type { Counter, Out } from "./out.ts"
import { isBlank, isWire, type Wire } from "./wire.ts"

/** Tells whether the mapping makes something of a value of this shape. */
export type IsReadable = (value: unknown) => boolean

interface Shape {
  readonly fields: ReadonlyArray<string>
  readonly unknown: ReadonlyArray<string>
  readonly kept: ReadonlyArray<string>
  readonly dropped: ReadonlyArray<{ readonly field: string; readonly counter: Counter }>
  readonly checked: ReadonlyArray<{ readonly field: string; readonly isReadable: IsReadable }>
}

export interface Fields {
  /** Name in notes. */
  readonly kind: string
  /** Fields the mapping reads itself. */
  readonly read: ReadonlyArray<string>
  /** Fields of Stream's own that are kept if there is something in them. */
  readonly kept: ReadonlyArray<string>
  /** Fields that are left out and counted if there is something in them. */
  readonly dropped: ReadonlyArray<string>
  /** Fields among those it reads that it cannot read in every shape; in another one they are kept as unknown ones are. */
  readonly readable: Readonly<Record<string, IsReadable>>
}

export class Leftovers {
  readonly #out: Out
  readonly #kind: string
  readonly #read: ReadonlySet<string>
  readonly #kept: ReadonlySet<string>
  readonly #dropped: ReadonlySet<string>
  readonly #readable: ReadonlyMap<string, IsReadable>
  readonly #shapes: Array<Shape> = []

  constructor({ dropped, kept, kind, read, readable }: Fields, out: Out) {
    this.#out = out
    this.#kind = kind
    this.#read = new Set(read)
    this.#kept = new Set(kept)
    this.#dropped = new Set(dropped)
    this.#readable = new Map(Object.entries(readable))
  }

  /** Counts dropped fields, and puts custom, kept and unreadable ones into the bag. */
  into(bag: Bag | undefined, wire: Wire): Bag | undefined {
    const { checked, dropped, kept, unknown } = this.#shapeOf(wire)
    for (const { counter, field } of dropped) if (!isBlank(wire[field])) counter.count++
    let filled = bag
    for (const { field, isReadable } of checked) {
      const value = wire[field]
      if (isBlank(value) || isReadable(value)) continue
      this.#out.note(`unreadable_field.${this.#kind}.${field}`)
      filled = keep(filled, field, value)
    }
    for (const field of kept) if (!isBlank(wire[field])) filled = keep(filled, field, wire[field])
    const { custom } = wire
    filled = this.#nested(filled, custom)
    for (const field of unknown) {
      if (custom !== undefined) this.#noteTwice(filled, field)
      filled = keep(filled, field, wire[field])
    }
    return filled
  }

  /** Custom fields stand beside the others, or in an object of their own. */
  #nested(bag: Bag | undefined, nested: unknown): Bag | undefined {
    if (nested === undefined) return bag
    if (!isWire(nested)) return isBlank(nested) ? bag : keep(bag, "custom", nested)
    let filled = bag
    for (const field of Object.keys(nested)) {
      if (this.#isPlaced(field)) continue
      this.#noteTwice(filled, field)
      filled = keep(filled, field, nested[field])
    }
    return filled
  }

  /** Of two fields with one name only one can be kept. */
  #noteTwice(bag: Bag | undefined, field: string): void {
    if (bag !== undefined && Object.hasOwn(bag, field)) this.#out.note(`custom_field_twice.${this.#kind}`)
  }

  // What the mapping looks for among custom fields as well.
  #isPlaced(field: string): boolean {
    return (field === "name" || field === "image") && this.#read.has(field)
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
    const isKnown = (field: string) =>
      field === "custom" || this.#read.has(field) || this.#kept.has(field) || this.#dropped.has(field)
    return {
      fields,
      checked: fields.flatMap((field) => {
        const isReadable = this.#readable.get(field)
        return isReadable === undefined ? [] : [{ field, isReadable }]
      }),
      kept: fields.filter((field) => this.#kept.has(field)),
      unknown: fields.filter((field) => !isKnown(field)),
      dropped: fields
        .filter((field) => this.#dropped.has(field))
        .map((field) => ({ field, counter: this.#out.counter(`field_dropped.${this.#kind}.${field}`) }))
    }
  }
}

// internal

const MAX_SHAPES = 16

const isSame = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

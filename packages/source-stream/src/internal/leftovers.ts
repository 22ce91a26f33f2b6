// Custom fields stand beside the others, or in an object of their own.
import { type BatchBuilder, Consequence, Leftovers } from "@chatferry/core"
import { type Bag, keep } from "./bag.ts"
import { declared } from "./consequences.ts"
import { isBlank, isWire, type Wire } from "./wire.ts"

const NESTED = "custom"
/** What the mapping looks for among custom fields as well, if it reads it. */
const PLACED = ["name", "image"]

export class StreamLeftovers extends Leftovers.Leftovers {
  readonly #out: BatchBuilder.BatchBuilder
  readonly #kind: string
  readonly #placed: ReadonlySet<string>

  constructor(fields: Leftovers.Fields, out: BatchBuilder.BatchBuilder) {
    super({ ...fields, read: [...fields.read, NESTED] }, { isBlank }, out)
    this.#out = out
    this.#kind = fields.kind
    this.#placed = new Set(PLACED.filter((field) => fields.read.includes(field)))
  }

  protected override keepUnknown(
    bag: Bag | undefined,
    wire: Wire,
    fields: ReadonlyArray<string>
  ): Bag | undefined {
    const nested = wire[NESTED]
    if (nested === undefined) return super.keepUnknown(bag, wire, fields)
    let filled = this.#nested(bag, nested)
    for (const field of fields) {
      this.#noteTwice(filled, field)
      filled = keep(filled, field, wire[field])
    }
    return filled
  }

  #nested(bag: Bag | undefined, nested: unknown): Bag | undefined {
    if (!isWire(nested)) return isBlank(nested) ? bag : keep(bag, NESTED, nested)
    let filled = bag
    for (const field of Object.keys(nested)) {
      if (this.#placed.has(field)) continue
      this.#noteTwice(filled, field)
      filled = keep(filled, field, nested[field])
    }
    return filled
  }

  /** Of two fields with one name only one can be kept. */
  #noteTwice(bag: Bag | undefined, field: string): void {
    if (bag !== undefined && Object.hasOwn(bag, field)) {
      this.#out.note(Consequence.codeOf(declared.customFieldTwice, this.#kind))
    }
  }
}

// The extras of a record, which become `custom.<provider>`.
import { type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import type { BatchBuilder } from "@chatferry/core/run"
import { declared } from "./consequences.ts"
import type { Definition } from "./definition.ts"
import { type Raw, UNREADABLE } from "./field.ts"
import { Rejection } from "./part.ts"
import { withoutSecrets } from "./secrets.ts"
import type { KeptStep } from "./shape.ts"

type Custom = NonNullable<Entity.Entity["custom"]>
type Values = Record<string, Custom[string][string]>

/** Rejects a record with a value that is nested too deep to be written as JSON safely. */
export const tooDeep = (draft: Record<string, unknown>): Rejection =>
  new Rejection(declared.tooDeep.code, `a value is nested deeper than ${Json.MAX_DEPTH} levels`, draft)

/** Collects the values of a record that are kept outside the model. A reader reuses it for all records. */
export class Extras {
  readonly #definition: Definition
  readonly #out: BatchBuilder.BatchBuilder
  readonly #isBlank: (value: unknown) => boolean
  #values: Values | undefined
  /** Fields with unreadable values. */
  #unreadable: Array<string> | undefined
  /** A value was nested too deep to be kept. */
  isTooDeep = false

  constructor(definition: Definition, out: BatchBuilder.BatchBuilder) {
    this.#definition = definition
    this.#out = out
    this.#isBlank = definition.settings.isBlank
  }

  /** Starts another record. */
  clear(): void {
    this.#values = undefined
    this.#unreadable = undefined
    this.isTooDeep = false
  }

  keep(name: string, value: unknown): void {
    if (this.#definition.rest.unknown === "drop") return this.#out.note(this.#definition.codeOfDropped(name))
    const isWritable = typeof value !== "number" || Number.isFinite(value)
    // JSON would write an infinite number as null.
    if (!isWritable) this.#out.note(this.#definition.codeOfUnreadable(name))
    if (typeof value === "object" && Json.isDeeper(value, Json.MAX_DEPTH)) this.isTooDeep = true
    else this.#set(name, isWritable ? value : String(value))
  }

  #set(name: string, value: unknown): void {
    const values = (this.#values ??= {})
    if (name === "__proto__") {
      Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true })
    } else values[name] = value as Values[string]
  }

  isKept(name: string): boolean {
    return this.#values !== undefined && Object.hasOwn(this.#values, name)
  }

  /** Marks a field as unreadable, unless it is blank. `keepUnreadable` keeps its value. */
  unreadable(raw: Raw, name: string): void {
    if (!this.#isBlank(raw[name])) (this.#unreadable ??= []).push(name)
  }

  keepKnown(raw: Raw, { isSimple, kept, names }: KeptStep): void {
    const isNothing = kept.isNothing ?? this.#isBlank
    if (isSimple) {
      const value = raw[names[0] as string]
      if (!isNothing(value)) this.keep(kept.names[0], value)
      return
    }
    // The first spelling is kept under the first name, and further ones under their own names.
    let isKept = false
    for (const name of names) {
      const value =
        kept.read === undefined ? (isNothing(raw[name]) ? undefined : raw[name]) : kept.read(raw[name])
      if (value === UNREADABLE) this.unreadable(raw, name)
      else if (value !== undefined) {
        this.keep(isKept ? name : kept.names[0], value)
        isKept = true
      }
    }
  }

  /** Keeps unreadable fields in the order of `keys`, which is that of the record. */
  keepUnreadable(raw: Raw, keys: ReadonlyArray<string>): void {
    const names = this.#unreadable
    if (names === undefined) return
    for (const name of keys) {
      if (!names.includes(name)) continue
      if (this.#definition.rest.unknown !== "drop") this.#out.note(this.#definition.codeOfUnreadable(name))
      this.keep(name, raw[name])
    }
  }

  /** Keeps or counts fields that the table does not name. */
  keepUnknown(raw: Raw, names: ReadonlyArray<string>): void {
    const { unknown = "keep" } = this.#definition.rest
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const value = raw[name]
      if (unknown === "keep") {
        // Records from CSV have all columns, with `undefined` for empty cells.
        if (value !== undefined) this.keep(name, value)
      } else if (!this.#isBlank(value)) {
        if (unknown === "keepUnlessBlank") this.keep(name, value)
        else this.#out.note(this.#definition.codeOfDropped("other"))
      }
    }
  }

  /** Returns the kept values without secrets; `undefined` if there are none. */
  take(): Custom | undefined {
    const { settings } = this.#definition
    const values = this.#values
    this.#values = undefined
    return values && { [settings.name]: withoutSecrets(values, settings, this.#onSecret) }
  }

  readonly #onSecret = (name: string): void => this.#out.note(this.#definition.codeOfSecret(name))
}

import { Json } from "@chatferry/core/files"
import { type BatchBuilder } from "@chatferry/core/run"
// Reads records by one table, for one builder of batches.
import * as RawValue from "../../records/RawValue.ts"
import { declared } from "./consequences.ts"
import type { Definition, Draft } from "./definition.ts"
import { Dropped } from "./dropped.ts"
import * as Extras from "./extras.ts"
import { type Missing, type Raw, type Read, unread, UNREADABLE } from "./field.ts"
import { isSame } from "./isSame.ts"
import { type BaseContext, type Part, Rejection } from "./part.ts"
import { withoutSecrets } from "./secrets.ts"
import type { KeptStep, Make, Shape, Shapes, Slot, Step } from "./shape.ts"

/** It is the `X` of the functions that a table has. */
export class Reader {
  readonly #definition: Definition
  readonly #shapes: Shapes
  readonly #out: BatchBuilder.BatchBuilder
  readonly #isBlank: (value: unknown) => boolean
  readonly #dropped: Dropped
  /** How many records of this table it stands in. */
  readonly #depth: number
  #within: Reader | undefined
  isBusy = false
  draft: Draft = NOTHING
  raw: Raw = NOTHING
  context: unknown = undefined
  #extras: Extras.Extras | undefined
  #isDeep = false
  /** Fields whose value is not what they should hold. */
  #unreadable: Array<string> | undefined
  /** Names and values of further fields that a function sets, which come behind its own: one list, kept for all records. */
  readonly #further: Array<unknown> = []

  constructor(definition: Definition, shapes: Shapes, out: BatchBuilder.BatchBuilder, depth = 0) {
    this.#definition = definition
    this.#shapes = shapes
    this.#out = out
    this.#isBlank = definition.settings.isBlank
    this.#dropped = new Dropped(out, this.#isBlank)
    this.#depth = depth
  }

  readonly set = (to: string, value: unknown): void => {
    if (value !== undefined) this.#further.push(to, value)
  }

  readonly keep = (name: string, value: unknown): void => {
    if (this.#definition.rest.unknown === "drop") return this.#out.note(this.#definition.codeOfDropped(name))
    const isWritable = typeof value !== "number" || Number.isFinite(value)
    // JSON would make nothing of a number that is larger than any.
    if (!isWritable) this.#out.note(this.#definition.codeOfUnreadable(name))
    const extras = Extras.keep(this.#extras, name, isWritable ? value : String(value))
    if (extras === Extras.TOO_DEEP) this.#isDeep = true
    else this.#extras = extras
  }

  readonly isKept = (name: string): boolean => this.#extras !== undefined && Object.hasOwn(this.#extras, name)

  readonly unreadable = (name: string): void => {
    if (!this.#isBlank(this.raw[name])) (this.#unreadable ??= []).push(name)
  }

  readonly note = (code: string): void => this.#out.note(code)

  readonly part = <A>(part: Part<A, unknown>, name: string, raw: unknown): A | undefined => {
    const found = this.#partOf(part, raw, unread)
    if (found !== UNREADABLE) return found as A | undefined
    this.unreadable(name)
    return undefined
  }

  read(raw: Raw, context: BaseContext): Draft | Rejection {
    // A record inside one of its own table is read by a reader of its own.
    if (this.isBusy) return this.#inner().read(raw, context)
    if (this.#depth > Json.MAX_DEPTH) {
      return new Rejection(declared.tooDeep.code, Extras.TOO_DEEP_MESSAGE, {})
    }
    const { rest, tag } = this.#definition
    if (rest.isEnough?.(raw) === false) return NOT_ENOUGH
    const shape = this.#shapes.of(raw)
    const draft: Draft = {}
    if (tag !== undefined) draft["_tag"] = tag
    this.isBusy = true
    this.draft = draft
    this.raw = raw
    this.context = context
    this.#extras = undefined
    this.#isDeep = false
    this.#unreadable = undefined
    const rejected = this.#run(shape.steps) ?? this.#finish(shape)
    // Whoever has the record is to have the only hold on it.
    this.raw = NOTHING
    this.draft = NOTHING
    this.context = undefined
    this.isBusy = false
    return rejected ?? draft
  }

  #inner(): Reader {
    return (this.#within ??= new Reader(this.#definition, this.#shapes, this.#out, this.#depth + 1))
  }

  #run(steps: ReadonlyArray<Step>): Rejection | undefined {
    const { draft, raw } = this
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as Step
      const { to } = step
      if (step.isPlain) {
        const value = step.read(raw[step.name])
        if (value === UNREADABLE) this.unreadable(step.name)
        else if (value !== undefined && to !== "") draft[to] = value
        continue
      }
      let value = step.make === undefined ? this.#take(step.slot) : this.#make(step.make, step.sources)
      if (value === undefined && step.fallback !== undefined) value = step.fallback(this.context)
      if (value !== undefined) {
        if (to !== "") draft[to] = value
      } else if (step.missing !== undefined) return this.#missing(step.missing)
      if (this.#further.length > 0) this.#setFurther()
    }
    return undefined
  }

  #missing({ code, message }: Missing): Rejection {
    this.#further.length = 0
    return new Rejection(code, message, this.draft)
  }

  #setFurther(): void {
    const further = this.#further
    for (let i = 0; i < further.length; i += 2) this.draft[further[i] as string] = further[i + 1]
    further.length = 0
  }

  #finish(shape: Shape): Rejection | undefined {
    const { draft, raw } = this
    const { rest, settings } = this.#definition
    const { inner, kept, unknown } = shape
    this.#dropped.count(shape, raw)
    for (let i = 0; i < kept.length; i++) this.#keepKnown(kept[i] as KeptStep)
    this.#run(shape.also)
    for (let i = 0; i < inner.length; i++) {
      if (!Array.isArray(raw[inner[i] as string])) this.unreadable(inner[i] as string)
    }
    if (this.#unreadable !== undefined) this.#keepUnreadable(shape.keys, this.#unreadable)
    if (typeof rest.unknown === "function") rest.unknown(this as never, unknown)
    else if (unknown.length > 0) this.#treatUnknown(unknown)
    if (this.#isDeep) return new Rejection(declared.tooDeep.code, Extras.TOO_DEEP_MESSAGE, draft)
    if (this.#extras !== undefined) {
      draft["custom"] = { [settings.name]: withoutSecrets(this.#extras, settings, this.#onSecret) }
      this.#extras = undefined
    }
    return undefined
  }

  readonly #onSecret = (name: string): void => this.#out.note(this.#definition.codeOfSecret(name))

  #make(make: Make, sources: ReadonlyArray<Slot>): unknown {
    // Spreading a list of values takes several times as long.
    switch (sources.length) {
      case 0:
        return make(this)
      case 1:
        return make(this, this.#take(sources[0] as Slot))
      case 2:
        return make(this, this.#take(sources[0] as Slot), this.#take(sources[1] as Slot))
      case 3:
        return make(
          this,
          this.#take(sources[0] as Slot),
          this.#take(sources[1] as Slot),
          this.#take(sources[2] as Slot)
        )
      case 4:
        return make(
          this,
          this.#take(sources[0] as Slot),
          this.#take(sources[1] as Slot),
          this.#take(sources[2] as Slot),
          this.#take(sources[3] as Slot)
        )
      case 5:
        return make(
          this,
          this.#take(sources[0] as Slot),
          this.#take(sources[1] as Slot),
          this.#take(sources[2] as Slot),
          this.#take(sources[3] as Slot),
          this.#take(sources[4] as Slot)
        )
      default:
        return make(this, ...sources.map((slot) => this.#take(slot)))
    }
  }

  #take(slot: Slot): unknown {
    if (slot.name === "") return undefined
    if (!slot.isPlain) return this.#takeAny(slot)
    const value = slot.read(this.raw[slot.name])
    if (value !== UNREADABLE) return value
    this.unreadable(slot.name)
    return undefined
  }

  #takeAny(slot: Slot): unknown {
    const { name, others } = slot
    let found = this.#takeOne(slot, name)
    for (let i = 0; i < others.length; i++) {
      const other = others[i] as string
      const value = this.#takeOne(slot, other)
      if (value === undefined) continue
      if (found === undefined) found = value
      else if (!isSame(value, found)) this.keep(other, this.raw[other])
    }
    return found
  }

  #takeOne(slot: Slot, name: string): unknown {
    const raw = this.raw[name]
    const value =
      slot.mode === "value"
        ? slot.read(raw)
        : slot.mode === "part"
          ? this.#partOf(slot.part as Part<unknown, unknown>, raw, slot.read)
          : this.#listOf(slot, name, raw)
    if (value !== UNREADABLE) return value
    this.unreadable(name)
    return undefined
  }

  #listOf(slot: Slot, name: string, raw: unknown): unknown {
    if (!Array.isArray(raw)) return UNREADABLE
    const values: Array<unknown> = []
    let isPartial = false
    for (let i = 0; i < raw.length; i++) {
      const one: unknown = raw[i]
      const value =
        slot.mode === "list"
          ? slot.read(one)
          : this.#partOf(slot.part as Part<unknown, unknown>, one, slot.read)
      if (value === UNREADABLE) isPartial ||= !this.#isBlank(one)
      else if (value !== undefined) values.push(value)
    }
    if (isPartial) this.unreadable(name)
    return values.length === 0 ? undefined : values
  }

  #partOf(part: Part<unknown, unknown>, raw: unknown, read: Read<unknown>): unknown {
    if (!RawValue.isObject(raw)) return read(raw) ?? (this.#isBlank(raw) ? undefined : UNREADABLE)
    if (this.#isBlank(raw)) return undefined
    const found = part.read(raw, this.context)
    if (!(found instanceof Rejection)) return found
    if (found.code !== declared.tooDeep.code) return UNREADABLE
    this.#isDeep = true
    return undefined
  }

  #keepKnown({ isSimple, kept, names }: KeptStep): void {
    const { raw } = this
    const isNothing = kept.isNothing ?? this.#isBlank
    if (isSimple) {
      const value = raw[names[0] as string]
      if (!isNothing(value)) this.keep(kept.names[0], value)
      return
    }
    // Another spelling of what was kept already goes under its own name.
    let isKept = false
    for (const name of names) {
      const value =
        kept.read === undefined ? (isNothing(raw[name]) ? undefined : raw[name]) : kept.read(raw[name])
      if (value === UNREADABLE) this.unreadable(name)
      else if (value !== undefined) {
        this.keep(isKept ? name : kept.names[0], value)
        isKept = true
      }
    }
  }

  /** In the order of the record. */
  #keepUnreadable(keys: ReadonlyArray<string>, names: ReadonlyArray<string>): void {
    for (const name of keys) {
      if (!names.includes(name)) continue
      if (this.#definition.rest.unknown !== "drop") this.#out.note(this.#definition.codeOfUnreadable(name))
      this.keep(name, this.raw[name])
    }
  }

  #treatUnknown(names: ReadonlyArray<string>): void {
    const { unknown = "keep" } = this.#definition.rest
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const value = this.raw[name]
      if (unknown === "keep") {
        // What was made of a table has all of its columns, `undefined` where a cell is empty.
        if (value !== undefined) this.keep(name, value)
      } else if (!this.#isBlank(value)) {
        if (unknown === "keepUnlessBlank") this.keep(name, value)
        else this.#out.note(this.#definition.codeOfDropped("other"))
      }
    }
  }
}

// internal

const NOTHING: Draft = Object.freeze({})

/** Only parts give it, and what they are part of keeps the value as one that cannot be read. */
const NOT_ENOUGH = new Rejection("", "it says too little", {})

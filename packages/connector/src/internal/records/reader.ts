// Reads records with one table for one builder of batches.
import { Json } from "@chatferry/core/files"
import type { BatchBuilder } from "@chatferry/core/run"
import * as RawValue from "../../records/RawValue.ts"
import { declared } from "./consequences.ts"
import type { Definition, Draft } from "./definition.ts"
import { Dropped } from "./dropped.ts"
import { Extras, tooDeep } from "./extras.ts"
import { type Missing, type Raw, type Read, unread, UNREADABLE } from "./field.ts"
import { isSame } from "./isSame.ts"
import { type BaseContext, type Part, Rejection } from "./part.ts"
import type { KeptStep, Make, Shape, Shapes, Slot, Step } from "./shape.ts"

/** Reads records, and is the `X` of the table's functions. */
export class Reader {
  readonly #definition: Definition
  readonly #shapes: Shapes
  readonly #out: BatchBuilder.BatchBuilder
  readonly #isBlank: (value: unknown) => boolean
  readonly #dropped: Dropped
  /** The number of enclosing records of the same table. */
  readonly #depth: number
  #within: Reader | undefined
  isBusy = false
  draft: Draft = NOTHING
  raw: Raw = NOTHING
  context: unknown = undefined
  readonly #extras: Extras
  /** Names and values of further fields that a function sets after its own. One list, reused for all records. */
  readonly #further: Array<unknown> = []

  constructor(definition: Definition, shapes: Shapes, out: BatchBuilder.BatchBuilder, depth = 0) {
    this.#definition = definition
    this.#shapes = shapes
    this.#out = out
    this.#isBlank = definition.settings.isBlank
    this.#dropped = new Dropped(out, this.#isBlank)
    this.#extras = new Extras(definition, out)
    this.#depth = depth
  }

  readonly set = (to: string, value: unknown): void => {
    if (value !== undefined) this.#further.push(to, value)
  }

  readonly keep = (name: string, value: unknown): void => this.#extras.keep(name, value)

  readonly isKept = (name: string): boolean => this.#extras.isKept(name)

  readonly unreadable = (name: string): void => this.#extras.unreadable(this.raw, name)

  readonly note = (code: string): void => this.#out.note(code)

  readonly part = <A>(part: Part<A, unknown>, name: string, raw: unknown): A | undefined => {
    const found = this.#partOf(part, raw, unread)
    if (found !== UNREADABLE) return found as A | undefined
    this.unreadable(name)
    return undefined
  }

  read(raw: Raw, context: BaseContext): Draft | Rejection {
    // A record inside another one of the same table needs a separate reader.
    if (this.isBusy) return this.#inner().read(raw, context)
    if (this.#depth > Json.MAX_DEPTH) return tooDeep({})
    const { rest, tag } = this.#definition
    if (rest.isEnough?.(raw) === false) return NOT_ENOUGH
    const shape = this.#shapes.of(raw)
    const draft: Draft = {}
    if (tag !== undefined) draft["_tag"] = tag
    this.isBusy = true
    this.draft = draft
    this.raw = raw
    this.context = context
    this.#extras.clear()
    const rejected = this.#run(shape.steps) ?? this.#finish(shape)
    // The reader does not keep the record in memory.
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
    const { rest } = this.#definition
    const { inner, kept, unknown } = shape
    const extras = this.#extras
    this.#dropped.count(shape, raw)
    for (let i = 0; i < kept.length; i++) extras.keepKnown(raw, kept[i] as KeptStep)
    this.#run(shape.also)
    for (let i = 0; i < inner.length; i++) {
      if (!Array.isArray(raw[inner[i] as string])) this.unreadable(inner[i] as string)
    }
    extras.keepUnreadable(raw, shape.keys)
    if (typeof rest.unknown === "function") rest.unknown(this as never, unknown)
    else extras.keepUnknown(raw, unknown)
    if (extras.isTooDeep) return tooDeep(draft)
    const custom = extras.take()
    if (custom !== undefined) draft["custom"] = custom
    return undefined
  }

  #make(make: Make, sources: ReadonlyArray<Slot>): unknown {
    // Spreading a list of arguments takes several times as long.
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
    this.#extras.isTooDeep = true
    return undefined
  }
}

// internal

const NOTHING: Draft = Object.freeze({})

/** Only parts return it. The enclosing record keeps the value as unreadable. */
const NOT_ENOUGH = new Rejection("", "it says too little", {})

// Compiles the steps of reading a record once for each shape, which is a list of field names.
import type { Definition, Entry } from "./definition.ts"
import { type AnyField, type Kept, type Missing, type Mode, type Raw, type Read, unread } from "./field.ts"
import type { Part } from "./part.ts"

/** Records of one export have over a hundred shapes, one for each combination of optional fields. */
const MAX_NODES = 8192

/** A field in records of one shape. */
export interface Slot {
  readonly mode: Mode
  /** The first spelling in the shape; `""` if it has none. */
  readonly name: string
  /** The other spellings in the shape. */
  readonly others: ReadonlyArray<string>
  readonly read: Read<unknown>
  readonly part: Part<unknown, unknown> | undefined
  /** The field has one spelling in the shape and is read as a single value. */
  readonly isPlain: boolean
}

export type Make = (x: unknown, ...values: ReadonlyArray<unknown>) => unknown

/** The step for one entry of the table. */
export interface Step {
  readonly to: string
  /** The name of the slot, which most steps only read. */
  readonly name: string
  readonly read: Read<unknown>
  readonly slot: Slot
  readonly sources: ReadonlyArray<Slot>
  readonly make: Make | undefined
  readonly fallback: ((context: unknown) => unknown) | undefined
  readonly missing: Missing | undefined
  /** The step only reads one field. */
  readonly isPlain: boolean
}

/** The step for a kept field of one shape. */
export interface KeptStep {
  readonly kept: Kept
  readonly names: ReadonlyArray<string>
  readonly isSimple: boolean
}

export interface Shape {
  readonly keys: ReadonlyArray<string>
  /** The index among the remembered shapes. It is reused when they are forgotten. */
  readonly index: number
  readonly steps: ReadonlyArray<Step>
  readonly kept: ReadonlyArray<KeptStep>
  readonly also: ReadonlyArray<Step>
  readonly dropped: ReadonlyArray<{ readonly name: string; readonly code: string }>
  /** The fields with lists of records inside the record. */
  readonly inner: ReadonlyArray<string>
  readonly unknown: ReadonlyArray<string>
}

/** A tree of shapes by the names of their fields in order, so that a lookup allocates nothing. */
interface Node {
  /** The first name at this node and its successor. Most nodes have no others. */
  name: string
  next: Node | undefined
  others: Map<string, Node> | undefined
  shape: Shape | undefined
}

/** The shapes of one table. */
export class Shapes {
  readonly #definition: Definition
  #root = empty()
  #nodes = 0
  #shapes = 0

  constructor(definition: Definition) {
    this.#definition = definition
  }

  of(raw: Raw): Shape {
    let node = this.#root
    for (const name in raw) {
      const next = node.name === name ? node.next : node.others?.get(name)
      if (next === undefined) return this.#learn(raw)
      node = next
    }
    return node.shape ?? this.#learn(raw)
  }

  #learn(raw: Raw): Shape {
    const keys = Object.keys(raw)
    // Input may have any field names, so all shapes are forgotten when there are too many.
    if (this.#nodes + keys.length > MAX_NODES) {
      this.#root = empty()
      this.#nodes = 0
      this.#shapes = 0
    }
    if (keys.length > MAX_NODES) return compile(this.#definition, keys, 0)
    let node = this.#root
    for (const name of keys) node = this.#step(node, name)
    return (node.shape ??= compile(this.#definition, keys, this.#shapes++))
  }

  #step(node: Node, name: string): Node {
    const known = node.name === name ? node.next : node.others?.get(name)
    if (known !== undefined) return known
    const next = empty()
    this.#nodes++
    if (node.next === undefined) {
      node.name = name
      node.next = next
    } else (node.others ??= new Map()).set(name, next)
    return next
  }
}

// internal

const empty = (): Node => ({ name: "", next: undefined, others: undefined, shape: undefined })

const compile = (definition: Definition, keys: ReadonlyArray<string>, index: number): Shape => {
  const has = new Set(keys)
  const steps = (entries: ReadonlyArray<Entry>) =>
    entries.filter(({ field }) => isTaken(field, has)).map((entry) => stepOf(entry, has))
  const { rest } = definition
  return {
    keys,
    index,
    steps: steps(definition.entries),
    kept: definition.kept.flatMap((kept) => {
      const names = kept.names.filter((name) => has.has(name))
      const isSimple = names.length === 1 && kept.read === undefined
      return names.length === 0 ? [] : [{ kept, names, isSimple }]
    }),
    also: steps(definition.also),
    dropped: keys.flatMap((name) => {
      const role = definition.roleOf(name)
      if (role === "secret") return [{ name, code: definition.codeOfSecret(name) }]
      return role === "dropped" ? [{ name, code: definition.codeOfDropped(name) }] : []
    }),
    inner: keys.filter((name) => rest.each !== undefined && Object.hasOwn(rest.each, name)),
    unknown: keys.filter((name) => definition.roleOf(name) === undefined)
  }
}

/** Whether a shape needs a step for a field. */
const isTaken = ({ of }: AnyField, has: ReadonlySet<string>): boolean =>
  of.mode === "always" ||
  of.fallback !== undefined ||
  of.missing !== undefined ||
  of.names?.some((name) => has.has(name)) === true ||
  of.sources?.some((source) => isTaken(source, has)) === true

const stepOf = ({ field, to }: Entry, has: ReadonlySet<string>): Step => {
  const { fallback, make, missing, sources = [] } = field.of
  const slot = slotOf(field, has)
  return {
    to,
    name: slot.name,
    read: slot.read,
    slot,
    sources: withoutAbsent(sources.map((source) => slotOf(source, has))),
    make: make as Make | undefined,
    fallback: fallback as Step["fallback"],
    missing,
    isPlain: slot.isPlain && fallback === undefined && missing === undefined
  }
}

/** Drops trailing slots that the shape does not have. Missing arguments are `undefined`. */
const withoutAbsent = (slots: ReadonlyArray<Slot>): ReadonlyArray<Slot> =>
  slots.slice(0, slots.findLastIndex(({ name }) => name !== "") + 1)

const slotOf = ({ of }: AnyField, has: ReadonlySet<string>): Slot => {
  const [name = "", ...others] = (of.names ?? []).filter((one) => has.has(one))
  return {
    mode: of.mode,
    name,
    others,
    read: of.read ?? unread,
    part: of.part as Slot["part"],
    isPlain: of.mode === "value" && name !== "" && others.length === 0
  }
}

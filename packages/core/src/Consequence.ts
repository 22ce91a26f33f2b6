/**
 * What the codes of a ledger mean for the data.
 *
 * Code that counts a drop, a reject, a merge, a synthesised record or a note declares
 * the reason code once, as a value, and counts `declaration.code`. Sources, sinks and
 * transforms list their declarations. The report, its JSON and the tables of the
 * documentation are made from these lists.
 *
 * A code with a variable part is declared as a family: `field_dropped.{field}` covers
 * every code that starts with `field_dropped.`, and its sentence may contain `{field}`
 * too.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"
import { kinds } from "./Entity.ts"
import { type Ledger, type LedgerKind, ledgerKinds, type Outcome as CountedOutcome } from "./Ledger.ts"

/**
 * What a code means for the data. `lost`: the data is missing from the output and was
 * not meant to be. `changed`: it is in the output in another form.
 * `left_out_on_purpose`: a setting, a transform or the mapping left it out.
 * `information`: nothing changed.
 *
 * @category models
 * @since 0.1.0
 */
export type Effect = "lost" | "changed" | "left_out_on_purpose" | "information"

/**
 * All effects, in the order in which reports list them.
 *
 * @category models
 * @since 0.1.0
 */
export const effects = [
  "lost",
  "changed",
  "left_out_on_purpose",
  "information"
] as const satisfies ReadonlyArray<Effect>

/**
 * How a code is counted: as one of the outcomes of a kind, or as a note.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome = CountedOutcome | "noted"

/**
 * Everything about a code except the code itself.
 *
 * @category models
 * @since 0.1.0
 */
export interface Meaning {
  readonly effect: Effect
  /** What happened to the counted records or values, in a few words that follow their number. Never contains content. */
  readonly says: string
  /** What to do about it, as a full sentence. */
  readonly action?: string | undefined
  /** Restricts the declaration to one outcome. @default any outcome */
  readonly outcome?: Outcome | undefined
  /** Restricts the declaration to some kinds. @default all kinds */
  readonly kinds?: ReadonlyArray<LedgerKind> | undefined
}

/**
 * The declaration of one code or of one family of codes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Consequence<out Code extends string = string> extends Meaning {
  readonly code: Code
}

/**
 * A code that occurred, how often, and what that means. Notes have no `kind`.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Occurrence extends Schema.Opaque<Occurrence>()(
  Schema.Struct({
    code: Schema.String,
    outcome: Schema.Literals(["synthesised", "merged", "dropped", "rejected", "noted"]),
    kind: Schema.optionalKey(Schema.Literals([...kinds, "unknown"])),
    count: Schema.Finite,
    effect: Schema.Literals(effects),
    says: Schema.String,
    action: Schema.optionalKey(Schema.String)
  })
) {}

/**
 * Occurrences with the same meaning.
 *
 * @category models
 * @since 0.1.0
 */
export interface Group {
  readonly effect: Effect
  readonly says: string
  readonly action?: string | undefined
  readonly count: number
  /** The most frequent first. */
  readonly occurrences: ReadonlyArray<Occurrence>
}

/**
 * What a report says about a code that nothing declares. Such a code counts as `lost`,
 * because nothing shows otherwise.
 *
 * @category models
 * @since 0.1.0
 */
export const NOT_EXPLAINED = "not explained: no source, transform or sink says what this code means"

/**
 * Declares a code, or a family of codes with one `{name}` in it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <const Code extends string>(code: Code, meaning: Meaning): Consequence<Code> => ({
  code,
  ...meaning
})

/**
 * The code of a family with its variable part filled in.
 *
 * @category operations
 * @since 0.1.0
 */
export const codeOf = ({ code }: Consequence, part: string): string => {
  // Notes are counted record by record: a regular expression would take several times as long.
  const at = code.indexOf("{")
  return at < 0 ? code : code.slice(0, at) + part + code.slice(code.indexOf("}", at) + 1)
}

/**
 * Finds the declaration of a code, restricted to an outcome and a kind if they are
 * given. An exact code takes precedence over the family that contains it.
 *
 * @category operations
 * @since 0.1.0
 */
export const find = (
  declarations: ReadonlyArray<Consequence>,
  code: string,
  at: { readonly outcome?: Outcome | undefined; readonly kind?: LedgerKind | undefined } = {}
): Consequence | undefined => {
  let found: Consequence | undefined
  for (const one of declarations) {
    if (partOf(one, code) === undefined || !isAbout(one, at)) continue
    if (one.code === code) return one
    if (found === undefined || one.code.length > found.code.length) found = one
  }
  return found
}

/**
 * The sentence of a declaration for one of its codes.
 *
 * @category operations
 * @since 0.1.0
 */
export const sentence = (declaration: Consequence, code: string): string => {
  const [placeholder] = PLACEHOLDER.exec(declaration.code) ?? []
  const part = partOf(declaration, code)
  return placeholder === undefined || part === undefined
    ? declaration.says
    : declaration.says.replaceAll(placeholder, () => part)
}

/**
 * All codes of a ledger with their meaning, in the order of reports: by effect, then
 * count, then code.
 *
 * @category operations
 * @since 0.1.0
 */
export const occurred = (
  declarations: ReadonlyArray<Consequence>,
  ledger: Ledger
): ReadonlyArray<Occurrence> => {
  const all: Array<Occurrence> = []
  const add = (code: string, outcome: Outcome, count: number, kind?: LedgerKind) => {
    const at = kind === undefined ? { outcome } : { outcome, kind }
    const declared = find(declarations, code, at)
    all.push({
      code,
      ...at,
      count,
      effect: declared?.effect ?? "lost",
      says: declared === undefined ? NOT_EXPLAINED : sentence(declared, code),
      ...(declared?.action !== undefined && { action: declared.action })
    })
  }
  for (const kind of ledgerKinds) {
    for (const outcome of OUTCOMES) {
      for (const [code, count] of Object.entries(ledger.kinds[kind][outcome])) add(code, outcome, count, kind)
    }
  }
  for (const [code, count] of Object.entries(ledger.notes)) add(code, "noted", count)
  return all.toSorted(inOrder)
}

/**
 * Joins the occurrences before a sink with those inside it. Equal occurrences are added
 * up.
 *
 * @category operations
 * @since 0.1.0
 */
export const join = (
  before: ReadonlyArray<Occurrence>,
  after: ReadonlyArray<Occurrence>
): ReadonlyArray<Occurrence> => {
  const joined = new Map<string, Occurrence>()
  for (const one of [...before, ...after]) {
    const id = JSON.stringify({ ...one, count: 0 })
    joined.set(id, { ...one, count: one.count + (joined.get(id)?.count ?? 0) })
  }
  return Array.from(joined.values()).toSorted(inOrder)
}

/**
 * Groups occurrences with the same meaning, in the order of reports.
 *
 * @category operations
 * @since 0.1.0
 */
export const group = (occurrences: ReadonlyArray<Occurrence>): ReadonlyArray<Group> => {
  const groups = new Map<string, Array<Occurrence>>()
  for (const one of occurrences.toSorted(inOrder)) {
    const id = JSON.stringify([one.effect, one.says, one.action])
    groups.set(id, [...(groups.get(id) ?? []), one])
  }
  return Array.from(groups.values(), (all): Group => {
    const [{ action, effect, says }] = all as [Occurrence]
    const count = all.reduce((sum, one) => sum + one.count, 0)
    return { effect, says, ...(action !== undefined && { action }), count, occurrences: all }
  }).toSorted((a, b) => inOrder(asOne(a), asOne(b)))
}

// internal

const OUTCOMES = ["rejected", "dropped", "merged", "synthesised"] as const satisfies ReadonlyArray<Outcome>
const PLACEHOLDER = /\{\w+\}/u

/** The text at the placeholder: `""` if there is no placeholder, `undefined` if the code does not match. */
const partOf = ({ code: declared }: Consequence, code: string): string | undefined => {
  const placeholder = PLACEHOLDER.exec(declared)
  if (placeholder === null) return declared === code ? "" : undefined
  const before = declared.slice(0, placeholder.index)
  const after = declared.slice(placeholder.index + placeholder[0].length)
  const isOne = code.length > before.length + after.length && code.startsWith(before) && code.endsWith(after)
  return isOne ? code.slice(before.length, code.length - after.length) : undefined
}

const isAbout = (
  { kinds: only, outcome }: Meaning,
  at: { readonly outcome?: Outcome | undefined; readonly kind?: LedgerKind | undefined }
) =>
  (outcome === undefined || at.outcome === undefined || outcome === at.outcome) &&
  (only === undefined || at.kind === undefined || only.includes(at.kind))

const inOrder = (a: Occurrence, b: Occurrence): number =>
  effects.indexOf(a.effect) - effects.indexOf(b.effect) ||
  b.count - a.count ||
  (a.code === b.code ? 0 : a.code < b.code ? -1 : 1)

const asOne = ({ count, occurrences }: Group): Occurrence => ({
  ...(occurrences[0] as Occurrence),
  count
})

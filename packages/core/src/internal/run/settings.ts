// The settings that a run depends on, and their changes since the run was started.
import * as Schema from "effect/Schema"
import * as Printable from "../../errors/Printable.ts"
import * as Fingerprint from "../../settings/Fingerprint.ts"
import type { Options } from "./model.ts"

const Named = Schema.Struct({
  name: Schema.String,
  fingerprint: Schema.Record(Schema.String, Schema.Json)
})
type Named = typeof Named.Type

export class Settings extends Schema.Opaque<Settings>()(
  Schema.Struct({
    source: Named,
    transforms: Schema.Array(Named),
    sink: Named,
    /** Digest of the corrections, for a run with corrections. */
    corrections: Schema.optionalKey(Schema.String)
  })
) {}

/** A change, as a sentence. A change of code can be accepted, by its token. */
export interface Change {
  readonly text: string
  readonly token?: string
}

export const of = <RS, ET, RT, RK, RP>(
  {
    buckets = 1,
    sink,
    transforms = []
  }: Pick<Options<RS, ET, RT, RK, RP>, "sink" | "transforms" | "buckets">,
  source: Named,
  corrections?: string
): Settings => ({
  source: { name: source.name, fingerprint: source.fingerprint },
  transforms: transforms.map((one) => ({ name: one.name, fingerprint: one.fingerprint })),
  sink: { name: sink.name, fingerprint: buckets === 1 ? sink.fingerprint : { ...sink.fingerprint, buckets } },
  ...(corrections !== undefined && { corrections })
})

export const digest = ({ corrections, sink, source, transforms }: Settings): string =>
  Fingerprint.digest([
    source.name,
    source.fingerprint,
    transforms.map(({ fingerprint, name }) => [name, fingerprint]),
    sink.name,
    sink.fingerprint,
    ...(corrections === undefined ? [] : [corrections])
  ])

/** All differences, in the order source, transforms, sink. */
export const changes = (before: Settings, after: Settings): ReadonlyArray<Change> => [
  ...endChanges("source", before.source, after.source),
  ...transformChanges(before.transforms, after.transforms),
  ...endChanges("sink", before.sink, after.sink),
  ...correctionChanges(before.corrections, after.corrections)
]

/** Sentences about names that are new or missing, or that are in another order. */
export const listChanges = (
  before: ReadonlyArray<string>,
  after: ReadonlyArray<string>,
  one: (name: string) => string,
  all: string
): ReadonlyArray<string> => {
  const [was, is] = [new Set(before), new Set(after)]
  const lines = [
    ...before.filter((name) => !is.has(name)).map((name) => `${one(name)} is missing`),
    ...after.filter((name) => !was.has(name)).map((name) => `${one(name)} is new`)
  ]
  const isMoved = before
    .filter((name) => is.has(name))
    .some((name, i) => name !== after.filter((other) => was.has(other))[i])
  return isMoved ? [...lines, `${all} are in another order`] : lines
}

// internal

const quoted = (name: string) => `"${Printable.line(name)}"`

const endChanges = (role: "source" | "sink", before: Named, after: Named): ReadonlyArray<Change> =>
  before.name === after.name
    ? namedChanges(`${role} ${Printable.line(before.name)}`, before, after)
    : [{ text: `the ${role} was ${quoted(before.name)} and is ${quoted(after.name)} now` }]

const transformChanges = (
  before: ReadonlyArray<Named>,
  after: ReadonlyArray<Named>
): ReadonlyArray<Change> => {
  const [was, is] = [byName(before), byName(after)]
  const lines = listChanges(
    Array.from(was.keys()),
    Array.from(is.keys()),
    (name) => `transform ${quoted(name)}`,
    "the transforms"
  )
  return [
    ...lines.map((text) => ({ text })),
    ...Array.from(was).flatMap(([name, one]) => {
      const other = is.get(name)
      return other === undefined ? [] : namedChanges(`transform ${quoted(name)}`, one, other)
    })
  ]
}

/** No two have the same name, which is checked earlier. */
const byName = (transforms: ReadonlyArray<Named>): ReadonlyMap<string, Named> =>
  new Map(transforms.map((one) => [one.name, one]))

const correctionChanges = (before: string | undefined, after: string | undefined): ReadonlyArray<Change> => {
  if (before === after) return []
  if (before === undefined) return [{ text: "it had no corrections and has some now" }]
  return [
    { text: after === undefined ? "it had corrections and has none now" : "the corrections have changed" }
  ]
}

const namedChanges = (who: string, before: Named, after: Named): ReadonlyArray<Change> =>
  Fingerprint.differences({ "": before.fingerprint }, { "": after.fingerprint }).flatMap((difference) => {
    const inputs = inputChanges(difference)
    if (inputs !== undefined && inputs.length > 0) return inputs.map((text) => ({ text: `${who}: ${text}` }))
    // The function of a transform does not need its own name.
    const named = difference.setting === "function" ? { ...difference, setting: "" } : difference
    const text = `${who}: ${Fingerprint.describe(named)}`
    return Fingerprint.isCode(difference) && !hasVersions(difference)
      ? { text, token: tokenOf(who, difference) }
      : { text }
  })

/** A changed version says that the results are different. */
const hasVersions = ({ after, before }: Fingerprint.Difference) =>
  [before, after].every((value) => (value as Fingerprint.Fingerprint)["version"] !== undefined)

const inputChanges = ({ after, before, setting }: Fingerprint.Difference) => {
  const [, prefix, name] = /^(.*?)(inputs)$/su.exec(setting) ?? []
  if (name === undefined || prefix === undefined || !isNames(before) || !isNames(after)) return undefined
  const of = prefix === "" ? "" : `${Printable.line(prefix.replace(/\.$/u, ""))}: `
  return listChanges(before, after, (input) => `${of}input ${Printable.line(input)}`, `${of}the inputs`)
}

const isNames = (value: Schema.Json | undefined): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((name) => typeof name === "string")

/** Identifies exactly this change: accepting it does not accept the next one. */
const tokenOf = (who: string, { after, before, setting }: Fingerprint.Difference) =>
  Fingerprint.digest([who, setting, before ?? null, after ?? null]).slice(0, 12)

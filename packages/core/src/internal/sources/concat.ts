import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Setting from "../../settings/Setting.ts"
import * as Settings from "../../settings/Settings.ts"
import { InvalidConfig, InvalidPosition, named as namedFailure } from "../../SourceError.ts"
import { named, rejectedOf } from "../rejects/named.ts"
import { A_SOURCE, duplicateName, isSource, membersOf } from "../settings/members.ts"
import { type Codes, codesOf } from "./codes.ts"
import type { Reader, Segment, Source } from "./model.ts"
import { once } from "./once.ts"
import { ambiguous, separate } from "./separate.ts"

/** The sources do not show whether they belong to one application, so the user must say it. */
const ids = Setting.oneOf("shared", "separate").annotate({
  expected:
    '"shared" if equal ids mean the same in all sources, as in several exports of one application, or "separate" if they do not, so that each id is prefixed with the name of its source'
})

export const Options = Schema.Struct({ ids })

export const concat = <R>(
  name: string,
  sources: ReadonlyArray<Source<R>>,
  options: typeof Options.Type
): Source<R> => {
  const given: Partial<typeof Options.Type> = typeof options === "object" ? options : {}
  const found = membersOf(sources, isSource)
  const members = given.ids === "separate" ? found.map(separate) : found
  const codes = codesOf(members)
  const problem = problemOf(found, given)
  const checked = Effect.andThen(
    Settings.decode(Joined, { ...given, name, sources }),
    problem === undefined ? Effect.void : new InvalidConfig({ setting: "sources", problem })
  )
  return {
    name: typeof name === "string" ? name : "sources",
    isParallel: members.every(({ isParallel }) => isParallel === true),
    kinds: new Set(members.flatMap((source) => Array.from(source.kinds))),
    consequences: codes.consequences,
    inputs: members.flatMap((source) => source.inputs ?? []),
    check: Effect.andThen(
      checked,
      Effect.forEach(
        members,
        (source) => Effect.mapError(source.check ?? Effect.void, namedFailure(source.name)),
        { discard: true }
      )
    ),
    open: Effect.gen(function* () {
      yield* checked
      const open = yield* Effect.forEach(members, (source) =>
        Effect.map(Effect.mapError(source.open, namedFailure(source.name)), (reader) => ({
          name: source.name,
          reader
        }))
      )
      return yield* readerOf(open, codes)
    }),
    rejected: rejectedOf(members, codes)
  }
}

// internal

const Joined = Schema.Struct({
  name: Setting.name,
  sources: Setting.listOf(Setting.value(isSource, A_SOURCE), "a list with at least one source"),
  ids
})

const problemOf = (
  sources: ReadonlyArray<{ readonly name: string }>,
  { ids }: Partial<typeof Options.Type>
) => {
  const twice = duplicateName(sources)
  if (twice !== undefined) return `has two sources with the name ${twice}`
  const both = ids === "separate" ? ambiguous(sources) : undefined
  return both === undefined
    ? undefined
    : `has the sources ${both[0]} and ${both[1]}: with these names as prefixes, ids of both could become the same; rename one of them`
}

interface Open {
  readonly name: string
  readonly reader: Reader
}

/** A segment, with the segment of its own reader. */
interface Part extends Open {
  readonly own: Segment
  readonly joined: Segment
}

const readerOf = (open: ReadonlyArray<Open>, codes: Codes) =>
  Effect.map(
    once(
      Effect.map(Effect.forEach(open, partsOf), (nested) => {
        const parts = nested.flat()
        return { parts, byKey: new Map(parts.map((part) => [keyOf(part.joined), part])) }
      })
    ),
    (known): Reader => {
      const partOf = (segment: Segment) =>
        Effect.flatMap(known, ({ byKey }) => {
          const part = byKey.get(keyOf(segment))
          const problem = "there is no such partition in any of the sources"
          return part === undefined
            ? Effect.fail(new InvalidPosition({ partition: segment.partition.id, problem }))
            : Effect.succeed(part)
        })
      return {
        fingerprint: Object.fromEntries(open.map(({ name, reader }) => [name, reader.fingerprint])),
        segments: Effect.map(known, ({ parts }) => parts.map(({ joined }) => joined)),
        read: (segment, position) =>
          Stream.unwrap(
            Effect.map(partOf(segment), ({ name, own, reader }) =>
              reader.read(own, position).pipe(
                Stream.map((batch) => codes.withCodes(name, named(name, batch))),
                Stream.mapError(namedFailure(name))
              )
            )
          ),
        retrace: (segment, readDigest) =>
          Effect.flatMap(partOf(segment), ({ name, own, reader }) =>
            Effect.mapError(reader.retrace?.(own, readDigest) ?? Effect.void, namedFailure(name))
          )
      }
    }
  )

const partsOf = ({ name, reader }: Open) =>
  Effect.map(Effect.mapError(reader.segments, namedFailure(name)), (segments) =>
    segments.map((own): Part => {
      const partition = { ...own.partition, id: `${name}/${own.partition.id}` }
      return { name, reader, own, joined: { ...own, partition } }
    })
  )

const keyOf = ({ no, partition }: Segment) => `${no}/${partition.id}`

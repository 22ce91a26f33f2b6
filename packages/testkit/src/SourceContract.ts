/**
 * Rules that every source keeps, as values that any test runner can run.
 *
 * The source is read a number of times, so give it a small input that has every
 * oddity of the provider rather than a large one. Batches are held in memory.
 *
 * @stability unstable
 * @since 0.1.0
 */
import type { Entity, Ledger, Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Rule } from "./Contract.ts"
import { codesAreDeclared, ledgerOf } from "./internal/codes.ts"
import * as Read from "./internal/reading.ts"
import { readAll, type Reading, sampled } from "./internal/reading.ts"
import * as Rejects from "./internal/rejectChecks.ts"
import { first, refused, rule, type Verdict } from "./internal/rule.ts"
import * as Checks from "./internal/sourceChecks.ts"

/**
 * How many records of each kind a fixture gives. Kinds that are not named give none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Expected {
  readonly records: { readonly [K in Entity.Kind]?: number }
  readonly rejected?: { readonly [K in Ledger.LedgerKind]?: number }
}

/**
 * A source and what is known about its fixture.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<R> {
  readonly source: Source.Source<R>
  /** A source over other input or with other settings; its fingerprint or one of its partitions must differ. */
  readonly changed?: Source.Source<R>
  readonly expected?: Expected
  /** Texts of which nothing may be in a record, such as planted access tokens. */
  readonly secrets?: ReadonlyArray<string>
  /** Texts from inside records, which may be in records and in what was rejected and nowhere else. */
  readonly content?: ReadonlyArray<string>
  /** At how many positions of each partition reading is taken up again, spread evenly. Default 12. */
  readonly positions?: number
  /** How far the bytes of the batches may be from the size of their partition, as a share of it. Default 0.05. */
  readonly bytesTolerance?: number
}

/**
 * Lists the rules for a source.
 *
 * @category testing
 * @since 0.1.0
 */
export const rules = <R>(options: Options<R>): ReadonlyArray<Rule<R>> => {
  const { changed, content = [], expected, secrets = [], source } = options
  const all = readAll(source)
  const about = (name: string, judge: (readings: ReadonlyArray<Reading>) => Verdict | undefined) =>
    rule(name, Effect.map(all, judge))
  return [
    rule("names its partitions uniquely and the same each time", segmentsAgree(source)),
    rule(
      "gives the same batches each time it is read",
      Effect.flatMap(all, (once) => readAgain(source, once))
    ),
    rule(
      "can be read by two at once",
      Effect.flatMap(all, (alone) => interleaved(source, alone))
    ),
    about("gives entities that are valid and survive JSON", Checks.entitiesAreValid),
    about("gives only the kinds that it declares", (readings) =>
      Checks.kindsAreDeclared(source.kinds, readings)
    ),
    about("gives positions that survive JSON", Checks.positionsAreJson),
    rule("goes on with exactly the rest after a position", resumes(options, all)),
    rule(
      "gives nothing after the last position",
      Effect.flatMap(all, (readings) => endsAtLast(source, readings))
    ),
    rule("refuses a position that it did not write", refusesPosition(source)),
    rule("finds what its trails tell of again, and refuses others", retraces(options, all)),
    rule("has the same fingerprint each time", fingerprintIsStable(source)),
    ...(changed === undefined
      ? []
      : [rule("has another fingerprint when the input changes", fingerprintChanges(source, changed))]),
    about("says of each rejected record what is wrong and where", Checks.rejectedAreTold),
    rule(
      "reads each line of its rejects again, alone, and no other",
      Effect.flatMap(all, (readings) => Rejects.readAgain(source, readings))
    ),
    about("declares what each code means that it counts", (readings) =>
      codesAreDeclared(source.consequences ?? [], ledgerOf(readings))
    ),
    about("shows no ids in the places of its batches", Checks.placesHaveNoIds),
    about("counts the bytes of each partition", (readings) =>
      Checks.bytesAddUp(readings, options.bytesTolerance ?? 0.05)
    ),
    ...(expected === undefined
      ? []
      : [
          about("gives as many records and rejects as the fixture has", (readings) =>
            Checks.countsMatch(readings, expected)
          )
        ]),
    ...(secrets.length === 0
      ? []
      : [
          about("keeps secrets out of records and rejects", (readings) =>
            Checks.secretsAreLeftOut(readings, secrets)
          )
        ]),
    ...(content.length === 0
      ? []
      : [
          rule(
            "says nothing of what records contain in messages, places and names",
            Effect.zipWith(all, Read.fingerprint(source), (readings, fingerprint) =>
              Checks.contentIsKeptIn(readings, JSON.stringify(fingerprint), content)
            )
          )
        ])
  ]
}

// internal

const segmentsAgree = <R>(source: Source.Source<R>) =>
  Effect.zipWith(Read.segments(source), Read.segments(source), (a, b) => {
    const ids = a.map(({ no, partition }) => JSON.stringify([partition.id, no]))
    return first([
      Checks.same("the same segments of partitions in the same order", JSON.stringify(a), JSON.stringify(b)),
      Checks.same("unique ids", `${ids.length} ids`, `${new Set(ids).size} ids`)
    ])
  })

// A stream is a value: running it again, as a retry does, reads again.
const readAgain = <R>(source: Source.Source<R>, once: ReadonlyArray<Reading>) =>
  compared(source, once, (stream) => Effect.zip(Stream.runCollect(stream), Stream.runCollect(stream)))

const interleaved = <R>(source: Source.Source<R>, alone: ReadonlyArray<Reading>) =>
  compared(source, alone, (stream) =>
    Effect.map(Stream.runCollect(Stream.zip(stream, stream)), (pairs) => [
      pairs.map(([left]) => left),
      pairs.map(([, right]) => right)
    ])
  )

/** What one reader gives twice. */
const compared = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>,
  twice: (
    stream: Stream.Stream<Source.Batch, SourceError.Failure>
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<Source.Batch>>, SourceError.Failure>
) =>
  Read.asked(source, (reader) =>
    Effect.map(
      Effect.forEach(readings, ({ batches, segment }) =>
        Effect.map(twice(reader.read(segment, Option.none())), (both) =>
          first(both.map((found) => Checks.sameBatches(segment, batches, found)))
        )
      ),
      first
    )
  )

const resumes = <R>(
  { positions = 12, source }: Options<R>,
  all: Effect.Effect<ReadonlyArray<Reading>, SourceError.SourceError, Exclude<R, Scope.Scope>>
) =>
  Effect.gen(function* () {
    for (const { batches, segment } of yield* all) {
      for (const at of sampled(batches.length, positions)) {
        const position = batches[at]?.position ?? null
        const rest = yield* Stream.runCollect(
          Read.read(source, segment, Option.some(Checks.throughJson(position)))
        )
        const verdict = Checks.sameRecords(
          `partition ${segment.partition.id} after batch ${at + 1} of ${batches.length}`,
          batches.slice(at + 1),
          rest
        )
        if (verdict !== undefined) return verdict
      }
    }
    return undefined
  })

const endsAtLast = <R>(source: Source.Source<R>, readings: ReadonlyArray<Reading>) =>
  Effect.gen(function* () {
    for (const { batches, segment } of readings) {
      const last = batches.at(-1)
      if (last === undefined) continue
      const rest = yield* Stream.runCollect(Read.read(source, segment, Option.some(last.position)))
      const verdict = Checks.sameRecords(`partition ${segment.partition.id} after its last batch`, [], rest)
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

const refusesPosition = <R>(source: Source.Source<R>) =>
  Effect.gen(function* () {
    const [segment] = yield* Read.segments(source)
    if (segment === undefined) return undefined
    for (const position of FOREIGN) {
      const read = Stream.runDrain(Read.read(source, segment, Option.some(position)))
      const verdict = yield* refused(`reading after the position ${JSON.stringify(position)}`, read)
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

// What no source writes; a source that took one for a start or an end would repeat or lose records.
const FOREIGN = [{ "not a position": true }, "not a position", [[[null]]]]

const retraces = <R>(
  { positions = 12, source }: Options<R>,
  all: Effect.Effect<ReadonlyArray<Reading>, SourceError.SourceError, Exclude<R, Scope.Scope>>
) =>
  Effect.gen(function* () {
    for (const { batches, segment } of yield* all) {
      const trails = batches.flatMap(({ trail }) => (trail === undefined ? [] : [Checks.throughJson(trail)]))
      if (trails.length === 0) continue
      if (!(yield* Read.asked(source, (reader) => Effect.succeed(reader.retrace !== undefined)))) {
        return {
          expected: `a way to retrace the trails of partition ${segment.partition.id}`,
          actual: "none"
        }
      }
      for (const at of sampled(trails.length, positions))
        yield* Read.retrace(source, segment, trails[at] ?? null)
      for (const trail of FOREIGN) {
        const what = `retracing ${JSON.stringify(trail)} in partition ${segment.partition.id}`
        const verdict = yield* refused(what, Read.retrace(source, segment, trail))
        if (verdict !== undefined) return verdict
      }
    }
    return undefined
  })

const fingerprintIsStable = <R>(source: Source.Source<R>) =>
  Effect.gen(function* () {
    const before = yield* Read.fingerprint(source)
    const segments = yield* Read.segments(source)
    yield* readAll(source)
    const after = yield* Read.fingerprint(source)
    const silent = segments.find(({ partition }) => partition.fingerprint === "")?.partition
    return first([
      Checks.same("the fingerprint from before reading", JSON.stringify(before), JSON.stringify(after)),
      silent === undefined
        ? undefined
        : { expected: `a fingerprint of partition ${silent.id}`, actual: "an empty one" }
    ])
  })

// What a checkpoint compares: the settings, and the content of each partition.
const identity = <R>(source: Source.Source<R>) =>
  Effect.zipWith(Read.fingerprint(source), Read.segments(source), (fingerprint, segments) =>
    JSON.stringify([
      fingerprint,
      segments.map(({ no, partition, range }) => [partition.id, partition.fingerprint, no, range])
    ])
  )

const fingerprintChanges = <R>(source: Source.Source<R>, changed: Source.Source<R>) =>
  Effect.zipWith(identity(source), identity(changed), (a, b) =>
    a === b
      ? {
          expected: "another fingerprint of the source or of a partition",
          actual: "the same for both inputs"
        }
      : undefined
  )

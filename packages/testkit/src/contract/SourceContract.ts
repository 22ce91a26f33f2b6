/**
 * Rules for every source, as values that any test runner can run.
 *
 * The source is read a few hundred times, so give it a small input with every
 * oddity of the provider rather than a large one. Batches are held in memory.
 * The rules write input that is given as `files` to disk. They then know its
 * content, move it and change it.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import { codesAreDeclared, ledgerOf } from "../internal/contract/engine/codes.ts"
import { closesAll } from "../internal/contract/engine/handles.ts"
import { fingerprint, readAll, type Reading } from "../internal/contract/engine/reading.ts"
import { first, rule, type Verdict } from "../internal/contract/engine/rule.ts"
import * as Checks from "../internal/contract/source/checks.ts"
import * as Content from "../internal/contract/source/content.ts"
import * as Disturbed from "../internal/contract/source/disturbed.ts"
import { fingerprintChanges, opensAndStops } from "../internal/contract/source/identity.ts"
import { locationsLead } from "../internal/contract/source/locations.ts"
import type { FilesOptions, Options } from "../internal/contract/source/options.ts"
import * as Positions from "../internal/contract/source/positions.ts"
import * as Rejects from "../internal/contract/source/rejectChecks.ts"
import * as Repeats from "../internal/contract/source/repeats.ts"
import { type AnyOptions, type Disk, subjectOf, type Subject } from "../internal/contract/source/subject.ts"
import type { Rule } from "./Contract.ts"

export type {
  Changed,
  Corrected,
  CorrectedFiles,
  Expected,
  Failing,
  FilesOptions,
  Given,
  Limited,
  Limits,
  Options
} from "../internal/contract/source/options.ts"

/**
 * Lists the rules for a source.
 *
 * @category testing
 * @since 0.1.0
 */
export const rules: {
  <R>(options: FilesOptions<R>): ReadonlyArray<Rule<R | FileSystem.FileSystem | Path.Path>>
  <R, F = void, E2 = never, R2 = never>(
    options: Options<R, F, E2, R2>
  ): ReadonlyArray<Rule<R | Exclude<R2, Scope.Scope>>>
} = <R>(options: AnyOptions<R>) => {
  const { files, maxPositionLength = 4096, positions = 12 } = options
  const subject = subjectOf(options)
  const asks = <E2>(
    name: string,
    judge: (subject: Subject<R, Disk>) => Effect.Effect<Verdict | undefined, E2, R | Disk>
  ) => rule(name, Effect.scoped(Effect.flatMap(subject, judge)))
  const read = <E2>(
    name: string,
    judge: (
      readings: ReadonlyArray<Reading>,
      subject: Subject<R, Disk>
    ) => Effect.Effect<Verdict | undefined, E2, R | Disk>
  ) =>
    asks(name, (of) =>
      Effect.flatMap(readAll(of.source), (readings): Effect.Effect<Verdict | undefined, E2, R | Disk> =>
        judge(readings, of)
      )
    )
  /** The same for a source with the smallest possible batches. */
  const readSmall: typeof read = (name, judge) =>
    asks(name, (of) => Effect.flatMap(readAll(of.small), (readings) => judge(readings, of)))
  const about = (
    name: string,
    judge: (readings: ReadonlyArray<Reading>, subject: Subject<R, Disk>) => Verdict | undefined
  ) => read(name, (readings, of) => Effect.sync(() => judge(readings, of)))
  const isPlanted = options.kept !== undefined || options.content !== undefined
  const isChangeable = files !== undefined && isPlanted
  return [
    asks("names its partitions uniquely and the same each time", ({ source }) =>
      Repeats.partitionsAgree(source)
    ),
    asks("cuts its partitions into segments by their content alone", ({ small, source }) =>
      Repeats.cutsAgree(source, small)
    ),
    read("gives the same batches from each segment alone as in order", (readings, { source }) =>
      Repeats.segmentsStandAlone(source, readings)
    ),
    read("gives the same batches each time it is read", (readings, { source }) =>
      Repeats.readAgain(source, readings)
    ),
    read("can be read by two readers at once", (readings, { source }) =>
      Repeats.interleaved(source, readings)
    ),
    read("gives the same records when each read of a file returns only a part", (readings, { source }) =>
      Disturbed.takesShortReads(source, readings)
    ),
    read("gives the same records in any order of directory listings", (readings, { source }) =>
      Disturbed.ignoresOrder(source, readings)
    ),
    asks("gives the same records in every time zone", ({ source }) => Content.ignoresTimeZone(source)),
    read("fails with a source error, or gives everything, when the file system fails", (readings, of) =>
      Disturbed.survivesFaults(of.source, readings)
    ),
    read("fails with a source error, or gives everything, when a service fails", (readings, of) =>
      Disturbed.survivesService(of.source, readings)
    ),
    asks("fails when its input is missing", ({ failing, source }) => Disturbed.missesInput(source, failing)),
    asks("can be interrupted while the file system does not answer", ({ source }) =>
      Disturbed.isInterruptible(source)
    ),
    asks("reads files in pieces", ({ source }) => Disturbed.readsInPieces(source)),
    about("puts more than one record into its batches", Content.batchesAreNotTiny),
    asks("closes every file it opens, even when it is stopped", ({ source }) =>
      closesAll("reading", opensAndStops(source))
    ),
    about("gives entities that are valid and survive JSON", Checks.entitiesAreValid),
    about("gives only the kinds that it declares", (readings, { source }) =>
      Checks.kindsAreDeclared(source.kinds, readings)
    ),
    about("gives positions that survive JSON", Checks.positionsAreJson),
    about("keeps its positions small", (readings) =>
      Positions.positionsAreSmall(readings, maxPositionLength)
    ),
    readSmall("resumes with exactly the rest after a position", (readings, { small }) =>
      Positions.resumes(small, readings, positions)
    ),
    readSmall("gives nothing after the last position", (readings, { small }) =>
      Positions.endsAtLast(small, readings)
    ),
    asks("rejects a position it did not write", ({ source }) => Positions.rejectsForeign(source)),
    ...when(options.replaced !== undefined || isChangeable, () =>
      readSmall("rejects a position of different content", (readings, { replaced }) =>
        Effect.flatMap(replaced, (other) =>
          other === undefined ? Effect.succeed(NOTHING_TO_CHANGE) : Positions.rejectsOther(readings, other)
        )
      )
    ),
    readSmall("retraces its own read digests and rejects others", (readings, { small }) =>
      Positions.retraces(small, readings, positions)
    ),
    asks("has the same fingerprint each time", ({ source }) => Repeats.fingerprintIsStable(source)),
    ...when(options.changed !== undefined || isChangeable, () =>
      asks("has a different fingerprint when the input or a setting changes", ({ changed, source }) =>
        Effect.flatMap(changed, (others) => fingerprintChanges(source, others))
      )
    ),
    ...when(options.moved !== undefined || files !== undefined, () =>
      read("gives the same when its input is moved", (readings, { moved, source }) =>
        Effect.flatMap(moved, (other) => Content.ignoresFolder(source, readings, other ?? source))
      )
    ),
    about("says what is wrong and where for each rejected record", Checks.rejectedAreReported),
    about("gives each reject a location that leads to it", (readings, { expected, files }) =>
      locationsLead(readings, files, expected?.locations)
    ),
    read("reads each of its rejects again, alone, and no other line", (readings, { source }) =>
      Rejects.readAgain(source, readings)
    ),
    read("finds a reject by its address and reads the correction in its place", (readings, { source }) =>
      Rejects.staysAsItIs(source, readings)
    ),
    ...when(options.corrected !== undefined, () =>
      read("gives the same from corrected rejects as from a correct input", (readings, of) =>
        Effect.flatMap(of.corrected, (corrected) =>
          corrected === undefined ? Effect.undefined : Rejects.givesTheRight(of.source, readings, corrected)
        )
      )
    ),
    about("declares the meaning of each code it counts", (readings, { source }) =>
      codesAreDeclared(source.consequences ?? [], ledgerOf(readings))
    ),
    about("shows no ids in the locations of its batches", Checks.locationsHaveNoIds),
    about("counts the bytes of each segment", (readings) =>
      Checks.bytesAddUp(readings, options.bytesTolerance ?? 0)
    ),
    ...when(options.expected !== undefined, () =>
      about("gives the expected records and rejects", (readings, { expected = { records: {} } }) =>
        first([
          Checks.countsMatch(readings, expected),
          Content.givesEntities(readings, expected.entities ?? [])
        ])
      )
    ),
    ...when(options.kept !== undefined, () =>
      about("gives every text that must arrive", (readings, { kept }) => Content.keepsAll(readings, kept))
    ),
    ...when(options.secrets !== undefined, () =>
      about("keeps secrets out of records and rejects", (readings, { secrets }) =>
        Checks.secretsAreLeftOut(readings, secrets)
      )
    ),
    ...when(options.secrets !== undefined, () =>
      read("keeps secrets out of fingerprints, partitions, errors and logs", (readings, of) =>
        Content.keepsSecrets(of.source, readings, of.secrets)
      )
    ),
    ...when(options.content !== undefined, () =>
      read("shows no record content in messages, locations and names", (readings, of) =>
        Effect.map(fingerprint(of.source), (fingerprint) =>
          Checks.contentIsKeptIn(readings, fingerprint, of.content)
        )
      )
    )
  ]
}

// internal

const when = <A>(isAsked: boolean, make: () => A): ReadonlyArray<A> => (isAsked ? [make()] : [])

const NOTHING_TO_CHANGE: Verdict = {
  expected: "texts of `kept` or `content` in the files, so that they can be changed",
  actual: "none"
}

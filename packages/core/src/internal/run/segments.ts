// The segments of a run, and descriptions of partitions that have changed.
import * as Effect from "effect/Effect"
import * as Printable from "../../errors/Printable.ts"
import { InvalidConfig } from "../../MigrationError.ts"
import type { Checkpoint } from "../../run/Checkpoint.ts"
import type { Partition, Segment } from "../../Source.ts"
import { InvalidPosition, SourceError } from "../../SourceError.ts"
import * as Sha256 from "../files/sha256.ts"
import type { Opened } from "./opened.ts"
import type { PartitionNames } from "./runFile.ts"
import { listChanges } from "./settings.ts"
import type { State } from "./state.ts"

/** Fails unless each partition has a unique id, and its segments are numbered from 0. */
export const of = Effect.fnUntraced(function* (source: Opened, state: State) {
  const segments = yield* source.segments
  const problem = problemOf(segments)
  if (problem !== undefined) {
    return yield* state.fail(new InvalidConfig({ setting: "source", problem }))
  }
  return segments
})

/** The fingerprint of a segment, which a checkpoint has for each segment. */
export const fingerprintOf = (segment: Segment | undefined): string => {
  if (segment === undefined) return ""
  const { fingerprint = segment.partition.fingerprint, no, partition, range } = segment
  return Sha256.hex(JSON.stringify([partition.id, fingerprint, no, range])).slice(0, 16)
}

/** Bytes of all segments, as progress needs them: 0 if one of them does not report its size. */
export const totalBytes = (segments: ReadonlyArray<Segment>): number => {
  const sum = segments.reduce((bytes, segment) => bytes + (segment.bytes ?? Number.NaN), 0)
  return Number.isFinite(sum) ? sum : 0
}

/** Each partition once. */
export const partitionsOf = (segments: ReadonlyArray<Segment>): ReadonlyArray<Partition> =>
  segments.filter(({ no }) => no === 0).map(({ partition }) => partition)

/** Names for the run file; without file names if there are very many. */
export const namesOf = (segments: ReadonlyArray<Segment>): ReadonlyArray<PartitionNames> => {
  const partitions = partitionsOf(segments)
  const count = partitions.reduce((sum, { files = [] }) => sum + files.length, 0)
  return partitions.map(({ files, id }) =>
    files === undefined || count > MOST_FILES ? { id } : { id, files }
  )
}

/**
 * Lists the inputs that have changed since a run read them to their end. `before` is
 * what the run began with, if known.
 */
export const changes = Effect.fnUntraced(function* (
  source: Opened,
  segments: ReadonlyArray<Segment>,
  { report, segmentsDone }: Pick<Checkpoint, "segmentsDone"> & { readonly report: object | null },
  before: ReadonlyArray<PartitionNames> | undefined
): Effect.fn.Return<ReadonlyArray<string>> {
  const at = segmentsDone.findIndex(({ fingerprint }, i) => fingerprint !== fingerprintOf(segments[i]))
  // A finished run has read all of them.
  if (at < 0 && (report === null || segments.length === segmentsDone.length)) return []
  const names = partitionsOf(segments).map(({ id }) => id)
  const moved =
    before === undefined
      ? []
      : listChanges(
          before.map(({ id }) => id),
          names,
          input,
          "the inputs"
        )
  if (moved.length > 0) return moved
  const segment = segments[at < 0 ? segmentsDone.length : at]
  if (segment === undefined) return ["an input is missing"]
  const { partition } = segment
  if (at < 0) return [`${input(partition.id)} is new`]
  const files = fileChanges(partition, before)
  if (files.length > 0) return files
  const readDigest = segmentsDone[at]?.readDigest ?? null
  const found =
    readDigest === null || source.retrace === undefined
      ? undefined
      : yield* source.retrace(segment, readDigest).pipe(
          Effect.as(undefined),
          Effect.catch((error) => Effect.succeed(invalidPosition(error)?.problem))
        )
  return [found ?? `${input(partition.id)} has changed since it was read`]
})

/** Names the new and missing files of a partition, if a position is not valid any more. */
export const namingFiles =
  ({ partition }: Segment, before: ReadonlyArray<PartitionNames> | undefined) =>
  (error: SourceError): SourceError => {
    const reason = invalidPosition(error)
    const files = reason === undefined ? [] : fileChanges(partition, before)
    if (reason === undefined || files.length === 0) return error
    return new SourceError({
      source: error.source,
      reason: new InvalidPosition({ ...reason, problem: cut(files) })
    })
  }

/** The first ten sentences, and the number of the others. */
export const cut = (sentences: ReadonlyArray<string>): string => {
  const more = sentences.length - MOST_SENTENCES
  return [...sentences.slice(0, MOST_SENTENCES), ...(more > 0 ? [`and ${more} more`] : [])].join("; ")
}

// internal

const MOST_SENTENCES = 10
const MOST_FILES = 100_000

const input = (name: string) => `input ${Printable.line(name)}`

const invalidPosition = ({ reason }: SourceError): InvalidPosition | undefined =>
  reason._tag === "InvalidPosition" ? reason : undefined

const problemOf = (segments: ReadonlyArray<Segment>): string | undefined => {
  const ids = new Set<string>()
  let next = 0
  let id: string | undefined
  for (const { no, partition } of segments) {
    if (no === 0) {
      if (ids.has(partition.id)) {
        return "two partitions have the same id; sources that are joined need different names"
      }
      ids.add(partition.id)
      id = partition.id
      next = 0
    }
    if (partition.id !== id || no !== next) {
      return `the segments of ${input(partition.id)} must be numbered consecutively from 0`
    }
    next++
  }
  return undefined
}

const fileChanges = ({ files, id }: Partition, before: ReadonlyArray<PartitionNames> | undefined) => {
  const known = before?.find((one) => one.id === id)?.files
  return files === undefined || known === undefined ? [] : listChanges(known, files, input, "the inputs")
}

// The partitions of a run, and how to name those that are not what they were.
import * as Effect from "effect/Effect"
import type { Checkpoint } from "../Checkpoint.ts"
import { InvalidConfig } from "../MigrationError.ts"
import * as Printable from "../Printable.ts"
import type { Partition, Source } from "../Source.ts"
import { InvalidPosition, SourceError } from "../SourceError.ts"
import type { State } from "./migrationState.ts"
import type { PartitionNames } from "./runFile.ts"
import { listChanges } from "./runSettings.ts"
import * as Sha256 from "./sha256.ts"

/** Positions are kept by partition, so no two may share an id. */
export const of = Effect.fnUntraced(function* <E, R>(source: Source<E, R>, state: State) {
  const partitions = yield* source.partitions
  if (new Set(partitions.map(({ id }) => id)).size < partitions.length) {
    const problem = "two partitions have the same id; sources that are joined need different names"
    return yield* state.fail(new InvalidConfig({ setting: "source", problem }))
  }
  return partitions
})

/** Tells a partition from others in a checkpoint, which has one for each. */
export const printOf = (partition: Partition | undefined): string =>
  partition === undefined
    ? ""
    : Sha256.hex(JSON.stringify([partition.id, partition.fingerprint])).slice(0, 16)

/** Bytes of all, as progress wants them: 0 when one of them does not say. */
export const totalBytes = (partitions: ReadonlyArray<Partition>): number => {
  const sum = partitions.reduce((bytes, partition) => bytes + (partition.bytes ?? Number.NaN), 0)
  return Number.isFinite(sum) ? sum : 0
}

/** Names for the run's file; without those of files where they are very many. */
export const namesOf = (partitions: ReadonlyArray<Partition>): ReadonlyArray<PartitionNames> => {
  const count = partitions.reduce((sum, { files = [] }) => sum + files.length, 0)
  return partitions.map(({ files, id }) =>
    files === undefined || count > MOST_FILES ? { id } : { id, files }
  )
}

/**
 * Says which inputs are not what they were when a run read them to their end; nothing when all are. `before` is what
 * the run began with, where that is known.
 */
export const changes = Effect.fnUntraced(function* <E, R>(
  source: Source<E, R>,
  partitions: ReadonlyArray<Partition>,
  { partitionsDone, report }: Checkpoint,
  before: ReadonlyArray<PartitionNames> | undefined
): Effect.fn.Return<ReadonlyArray<string>, never, R> {
  const at = partitionsDone.findIndex(({ print }, i) => print !== printOf(partitions[i]))
  // A finished run has read all of them.
  if (at < 0 && (report === null || partitions.length === partitionsDone.length)) return []
  const names = partitions.map(({ id }) => id)
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
  const partition = partitions[at < 0 ? partitionsDone.length : at]
  if (partition === undefined) return ["an input is not there any more"]
  if (at < 0) return [`${input(partition.id)} is new`]
  const files = fileChanges(partition, before)
  if (files.length > 0) return files
  const trail = partitionsDone[at]?.trail ?? null
  const found =
    trail === null || source.retrace === undefined
      ? undefined
      : yield* source.retrace(partition, trail).pipe(
          Effect.as(undefined),
          Effect.catch((error) => Effect.succeed(invalidPosition(error)?.problem))
        )
  return [found ?? `${input(partition.id)} is not what it was when it was read`]
})

/** Names the files of a partition that are new or gone, where a position does not fit any more. */
export const namingFiles =
  (partition: Partition, before: ReadonlyArray<PartitionNames> | undefined) =>
  <E>(error: E): E => {
    const reason = invalidPosition(error)
    const files = reason === undefined ? [] : fileChanges(partition, before)
    if (reason === undefined || files.length === 0) return error
    const problem = cut(files)
    const { source } = error as SourceError
    return new SourceError({ source, reason: new InvalidPosition({ ...reason, problem }) }) as E
  }

/** The first ten of some sentences, and how many there are more. */
export const cut = (sentences: ReadonlyArray<string>): string => {
  const more = sentences.length - MOST_SENTENCES
  return [...sentences.slice(0, MOST_SENTENCES), ...(more > 0 ? [`and ${more} more`] : [])].join("; ")
}

// internal

const MOST_SENTENCES = 10
const MOST_FILES = 100_000

const input = (name: string) => `input ${Printable.line(name)}`

const invalidPosition = (error: unknown): InvalidPosition | undefined =>
  error instanceof SourceError && error.reason._tag === "InvalidPosition" ? error.reason : undefined

const fileChanges = ({ files, id }: Partition, before: ReadonlyArray<PartitionNames> | undefined) => {
  const known = before?.find((one) => one.id === id)?.files
  return files === undefined || known === undefined ? [] : listChanges(known, files, input, "the inputs")
}

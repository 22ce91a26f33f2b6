// Reads the file of an export, and counts requested items that are missing from it.
import { ArchiveReader, type ExportJob, type ExportJobs, Archives } from "@chatferry/connector"
import { type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { declaredByApi } from "../consequences.ts"
import { filesOf } from "../reading/files.ts"
import { ofPart } from "../settings/fingerprint.ts"
import type { Limits } from "../settings/limits.ts"
import { type Batch, locationOf } from "./batch.ts"
import type { End, Job, Part } from "./order.ts"
import type { ApiSettings } from "./settings.ts"

type Ready = ExportJob.Ready<Batch, Part, End>

export const readExport = (
  ready: Ready,
  position: Option.Option<Source.Position>,
  limits: Limits,
  settings: ApiSettings
): ExportJobs.Reading<FileSystem.FileSystem | Path.Path> => {
  const { order } = ready.job
  const wanted = wantedOf(ready.job)
  const at = Option.flatMap(position, decodeAt)
  const seen = new Set(Option.isSome(at) ? at.value.seen : [])
  const read = Option.map(at, (found) => found.read)
  const batches = Stream.map(readFile(ready, read, seen, limits, settings), (batch): Source.Batch => {
    const sorted = Array.from(seen).toSorted((a, b) => a - b)
    return { ...batch, position: { seen: sorted, read: batch.position } }
  })
  const isForeign = Option.isSome(position) && Option.isNone(at)
  return {
    batches: isForeign
      ? Stream.fail(SourceError.foreignPosition(locationOf(order)))
      : Stream.unwrap(Effect.as(checked(ready, limits, settings), batches)),
    notes: () => {
      const absent = wanted.length - seen.size
      const { code } =
        order.kind === "users" ? declaredByApi.userNotInExport : declaredByApi.channelNotInExport
      return absent === 0 ? {} : { [code]: absent }
    }
  }
}

/** Fails if content already read from a file has changed. */
export const retrace = Effect.fnUntraced(function* (
  file: string,
  readDigest: Schema.Json,
  limits: Limits
): Effect.fn.Return<void, SourceError.SourceErrorReason, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const { size } = yield* Effect.mapError(fs.stat(file), Archives.readFailed(file))
  yield* ArchiveReader.retrace(filesOf(limits), yield* archiveOf(file, Number(size), limits), readDigest)
})

// internal

/** The position in an export. */
const At = Schema.Struct({
  /** Indexes of the requested items that have come. */
  seen: Schema.Array(Schema.Int),
  read: Schema.Json
})

const decodeAt = Schema.decodeUnknownOption(At)

/** Cids of the channels, or ids of the users, that the export should contain. */
const wantedOf = ({ order, part }: Job) => order.items.slice(part.from, part.to).map(({ name }) => name)

/** A task named in the settings may belong to another export. Nothing is taken from it until all requested items have been found in it. */
const checked = Effect.fnUntraced(function* (ready: Ready, limits: Limits, settings: ApiSettings) {
  const { disown, isNamed, job } = ready
  if (!isNamed) return
  const seen = new Set<number>()
  yield* Stream.runDrain(readFile(ready, Option.none(), seen, limits, settings))
  const all = wantedOf(job).length
  if (seen.size === all) return
  yield* disown
  return yield* new SourceError.InvalidConfig({
    setting: `taskIds["${job.location}"]`,
    problem: `is the task of another export: ${all - seen.size} of ${all} ${job.order.kind} are not in it`
  })
})

const readFile = (
  { file, job }: Ready,
  position: Option.Option<Source.Position>,
  seen: Set<number>,
  limits: Limits,
  { takesMessagesOfUsers }: ApiSettings
): Stream.Stream<Source.Batch, SourceError.SourceErrorReason, FileSystem.FileSystem | Path.Path> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const archive = yield* archiveOf(file, job.bytes, limits)
      const isOfUsers = job.order.kind === "users"
      const tag = isOfUsers ? "user" : "channel"
      const locations = new Map(wantedOf(job).map((id, i) => [id, i]))
      const files = filesOf(limits, isOfUsers && !takesMessagesOfUsers)
      return Stream.tap(ArchiveReader.read(files, archive, job.bytes, position), ({ records }) =>
        Effect.sync(() => {
          for (const record of records) {
            const i = record._tag === tag ? locations.get(record.id) : undefined
            if (i !== undefined) seen.add(i)
          }
        })
      )
    })
  )

const archiveOf = Effect.fnUntraced(function* (file: string, size: number, limits: Limits) {
  const path = yield* Path.Path
  const content = { _tag: "files", files: [{ name: path.basename(file), path: file, size }] } as const
  const printed = yield* ofPart({ id: "export", bytes: size, content }, limits)
  const files = printed.content._tag === "files" ? printed.content.files : []
  return yield* Archives.fromFiles(path.basename(path.dirname(file)), files)
})

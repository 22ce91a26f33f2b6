// Exports made by the API as partitions of a source.
import { ArchiveReader, ExportJobs } from "@chatferry/connector"
import { Archives, Sha256, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { declaredByApi } from "../consequences.ts"
import { filesOf } from "../files.ts"
import { ofPart } from "../fingerprint.ts"
import type { Limits } from "../limits.ts"
import { atPlace, type Batch, cut, placeOf } from "./batch.ts"
import { type Ready, ready } from "./exporter.ts"
import { digestOf, exportsOnDisk, FOLDER } from "./journal.ts"
import * as Roster from "./roster.ts"
import { type ApiSettings, channelItem, userItem } from "./settings.ts"
import type { Exporter } from "./work.ts"

type Reason = SourceError.SourceErrorReason
type Services = HttpClient.HttpClient | FileSystem.FileSystem | Path.Path

/** All batches, after listing what has to be listed. */
export const batches = ({
  client,
  directory,
  settings
}: Exporter): Effect.Effect<ReadonlyArray<Batch>, Reason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const { apiKey, baseUrl } = settings.client
    if (settings.lists.some(({ items }) => items === undefined)) yield* locked(directory)
    const of = Sha256.hex([JSON.stringify([baseUrl, apiKey])]).slice(0, 12)
    const cuts = yield* Effect.forEach(settings.lists, ({ items, kind, size }) =>
      Effect.gen(function* () {
        if (items !== undefined) return cut(kind, items, size, excludedOf(kind, settings))
        const file = path.join(directory, FOLDER, `all-${kind}-${of}.ndjson`)
        const ids = yield* Roster.all(client, kind, file, settings.maxPages)
        const found = ids.map((id) => (kind === "users" ? userItem(id) : channelItem(id, settings.messages)))
        return cut(kind, found, size, excludedOf(kind, settings))
      })
    )
    const all = cuts.flat()
    for (const place of settings.taskIds.keys()) {
      if (!all.some((batch) => holds(batch, place))) {
        return yield* new SourceError.InvalidConfig({
          setting: `taskIds["${place}"]`,
          problem: "is no export of this run"
        })
      }
    }
    return all
  }).pipe(Effect.scoped)

export const partitionOf = (batch: Batch, { client, options }: ApiSettings): Source.Partition => ({
  id: placeOf(batch),
  fingerprint: digestOf(client.apiKey, batch, options)
})

/** Has a batch exported, unless an earlier run has, and reads it. Exports that come next are asked for meanwhile. */
export const read = (
  exporter: Exporter,
  all: ReadonlyArray<Batch>,
  id: string,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, Reason, Services> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const index = all.findIndex((batch) => placeOf(batch) === id)
      const current = all[index]
      if (current === undefined) {
        return yield* new SourceError.InvalidPosition({ partition: id, problem: "there is no such batch" })
      }
      const next = all.slice(index + 1, index + exporter.settings.exportsInFlight)
      yield* locked(exporter.directory)
      return ExportJobs.read({
        partition: id,
        position,
        ready: (step) => ready(exporter, current, step),
        next: next.map((batch) => ready(exporter, batch, () => Effect.void)),
        read: (one, file, from) => readExport(exporter, one, file, from, id),
        retrace: (file, trail) => retraceFile(file, trail, exporter.limits)
      })
    })
  )

/** Fails unless what an earlier run read of a batch is on the disk as it was. Stream is not asked. */
export const retrace = (
  { directory, limits, settings }: Pick<Exporter, "directory" | "limits" | "settings">,
  all: ReadonlyArray<Batch>,
  id: string,
  trail: Schema.Json
): Effect.Effect<void, Reason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const batch = all.find((one) => placeOf(one) === id)
    if (batch === undefined) return
    const ready = yield* exportsOnDisk(directory, batch, settings.client.apiKey, settings.options)
    yield* ExportJobs.retrace(
      { partition: id, trail, retrace: (file, of) => retraceFile(file, of, limits) },
      ready
    )
  })

// internal

/** Keeps other processes out of the folder of lists and journals while the scope is open. */
const locked = (directory: string) =>
  Effect.flatMap(Path.Path, (path) => ExportJobs.lock(path.join(directory, FOLDER)))

/** Whether a place is that of a batch, or of a part of one. */
const holds = ({ first, kind, last }: Batch, place: string): boolean => {
  const part = atPlace(place)
  return part !== undefined && part.kind === kind && part.first >= first && part.last <= last
}

const excludedOf = (kind: Batch["kind"], { excluded }: ApiSettings): ReadonlySet<string> =>
  kind === "users" ? excluded : new Set()

/** Where reading of an export stands. */
const At = Schema.Struct({
  /** Which of the things that it is to hold have come, by their places among them. */
  seen: Schema.Array(Schema.Int),
  read: Schema.Json
})

const decodeAt = Schema.decodeUnknownOption(At)

/** Reads an export, and counts what was asked for and is not in it. */
const readExport = (
  exporter: Exporter,
  one: Ready,
  file: string,
  position: Option.Option<Source.Position>,
  partition: string
): ExportJobs.Reading<FileSystem.FileSystem | Path.Path> => {
  const { kind, wanted } = one
  const at = Option.flatMap(position, decodeAt)
  const seen = new Set(Option.isSome(at) ? at.value.seen : [])
  const read = Option.map(at, (found) => found.read)
  const batches = Stream.map(readFile(file, one, read, exporter, seen), (batch): Source.Batch => {
    const sorted = Array.from(seen).toSorted((a, b) => a - b)
    return { ...batch, position: { seen: sorted, read: batch.position } }
  })
  const isForeign = Option.isSome(position) && Option.isNone(at)
  return {
    batches: isForeign
      ? Stream.fail(SourceError.foreignPosition(partition))
      : Stream.unwrap(Effect.as(checked(one, file, exporter), batches)),
    notes: () => {
      const absent = wanted.length - seen.size
      const { code } = kind === "users" ? declaredByApi.userNotInExport : declaredByApi.channelNotInExport
      return absent === 0 ? {} : { [code]: absent }
    }
  }
}

/** A task that the settings name may be that of another export: nothing is taken from it before all is found that was asked for. */
const checked = (one: Ready, file: string, exporter: Exporter) =>
  Effect.gen(function* () {
    const { disown, kind, place, wanted } = one
    if (disown === undefined) return
    const seen = new Set<number>()
    yield* Stream.runDrain(readFile(file, one, Option.none(), exporter, seen))
    if (seen.size === wanted.length) return
    yield* disown
    return yield* new SourceError.InvalidConfig({
      setting: `taskIds["${place}"]`,
      problem: `is the task of another export: ${wanted.length - seen.size} of ${wanted.length} ${kind} are not in it`
    })
  })

const readFile = (
  file: string,
  { bytes, kind, wanted }: Ready,
  position: Option.Option<Source.Position>,
  { limits, settings }: Exporter,
  seen: Set<number>
): Stream.Stream<Source.Batch, Reason, FileSystem.FileSystem | Path.Path> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const archive = yield* archiveOf(file, bytes, limits)
      const tag = kind === "users" ? "user" : "channel"
      const places = new Map(wanted.map((id, i) => [id, i]))
      const isBesideChannels = kind === "users" && !settings.takesMessagesOfUsers
      const batches = ArchiveReader.read(filesOf(limits, isBesideChannels), archive, bytes, position)
      return Stream.tap(batches, ({ records }) =>
        Effect.sync(() => {
          for (const record of records) {
            const i = record._tag === tag ? places.get(record.id) : undefined
            if (i !== undefined) seen.add(i)
          }
        })
      )
    })
  )

const retraceFile = (file: string, trail: Schema.Json, limits: Limits) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { size } = yield* Effect.mapError(fs.stat(file), Archives.readFailed(file))
    yield* ArchiveReader.retrace(filesOf(limits), yield* archiveOf(file, Number(size), limits), trail)
  })

const archiveOf = (file: string, size: number, limits: Limits) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const content = { _tag: "files", files: [{ name: path.basename(file), path: file, size }] } as const
    const printed = yield* ofPart({ id: "export", bytes: size, content }, limits)
    const files = printed.content._tag === "files" ? printed.content.files : []
    return yield* Archives.fromFiles(path.basename(path.dirname(file)), files)
  })

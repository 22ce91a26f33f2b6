// Exports made by the API as partitions of a source.
import { ArchiveReader, ExportJobs } from "@chatferry/connector"
import { Archives, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Enrich from "../enrich/enrich.ts"
import { filesOf } from "../files.ts"
import { type Exporter, ready } from "./exporter.ts"
import { digestOf, exportsOnDisk } from "./journal.ts"
import { placeOf } from "./request.ts"
import { ofRequest } from "./windows.ts"

type Reason = SourceError.SourceErrorReason
type Services = HttpClient.HttpClient | FileSystem.FileSystem | Path.Path

/** Windows, and what enriches them. What a window holds is known only when it has been exported: positions tell that. */
export const partitions = ({ settings }: Pick<Exporter, "settings">): ReadonlyArray<Source.Partition> => [
  ...settings.requests.flatMap((request) => {
    const fingerprint = digestOf(settings.applicationId, request.parameters)
    return ofRequest(request).map((window) => ({ id: placeOf(window), fingerprint }))
  }),
  ...(settings.enrich === undefined ? [] : Enrich.partitions(settings.enrich, settings))
]

export const read = (
  exporter: Exporter,
  id: string,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, Reason, Services> => {
  const { client, limits, settings } = exporter
  const { enrich: enrichment, from, maxPages, to } = settings
  const isEnrichment =
    enrichment !== undefined && Enrich.partitions(enrichment, settings).some((unit) => unit.id === id)
  return isEnrichment
    ? Enrich.read(client, id, position, { limits, enrichment, from, to, maxPages })
    : readWindow(exporter, id, position)
}

/** Fails unless what an earlier run read of a window is on the disk as it was. Sendbird is not asked. */
export const retrace = (
  { directory, limits, settings }: Omit<Exporter, "client" | "named">,
  id: string,
  trail: Schema.Json
): Effect.Effect<void, Reason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const current = windowsOf(settings).find(({ window }) => placeOf(window) === id)
    if (current === undefined) return
    const digest = digestOf(settings.applicationId, current.request.parameters)
    const ready = yield* exportsOnDisk(directory, current.window, digest)
    yield* ExportJobs.retrace(
      { partition: id, trail, retrace: (file, of) => retraceFile(file, of, limits) },
      ready
    )
  })

// internal

const windowsOf = ({ requests }: Exporter["settings"]) =>
  requests.flatMap((request) => ofRequest(request).map((window) => ({ request, window })))

/** Has a window exported, unless an earlier run has, and reads it. Exports that come next are asked for meanwhile. */
const readWindow = (
  exporter: Exporter,
  id: string,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, Reason, Services> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const all = windowsOf(exporter.settings)
      const index = all.findIndex(({ window }) => placeOf(window) === id)
      const current = all[index]
      if (current === undefined) {
        return yield* new SourceError.InvalidPosition({ partition: id, problem: "there is no such window" })
      }
      const next = all.slice(index + 1, index + exporter.settings.exportsInFlight)
      yield* ExportJobs.lock(exporter.directory)
      return ExportJobs.read({
        partition: id,
        position,
        ready: (step) => ready(exporter, current.request, current.window, step),
        next: next.map(({ request, window }) => ready(exporter, request, window, () => Effect.void)),
        read: ({ bytes }, file, from) => ({ batches: readFile(exporter, file, bytes, from) }),
        retrace: (file, trail) => retraceFile(file, trail, exporter.limits)
      })
    })
  )

const readFile = (
  { limits }: Exporter,
  file: string,
  bytes: number,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, Reason, Services> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const archive = yield* archiveOf(file, READ_WHOLE, limits)
      return ArchiveReader.read(filesOf(limits), archive, bytes, position)
    })
  )

const retraceFile = (file: string, trail: Schema.Json, limits: Exporter["limits"]) =>
  Effect.scoped(
    Effect.flatMap(archiveOf(file, 0, limits), (archive) =>
      ArchiveReader.retrace(filesOf(limits), archive, trail)
    )
  )

const archiveOf = (file: string, wholeUpTo: number, limits: Exporter["limits"]) =>
  Effect.gen(function* () {
    const name = (yield* Path.Path).basename(file)
    return yield* Archives.openZip(yield* Archives.fromFile(file, wholeUpTo), name, limits)
  })

const READ_WHOLE = 32 << 20

// Exports made by the API as partitions of a source.
import { Archives, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Enrich from "../enrich/enrich.ts"
import { readArchive } from "../readArchive.ts"
import { type Exporter, type Ready, ready } from "./exporter.ts"
import { digestOf } from "./journal.ts"
import { placeOf, type Request, type Window } from "./request.ts"
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
  const { enrich: enrichment, from, to } = settings
  const isEnrichment =
    enrichment !== undefined && Enrich.partitions(enrichment, settings).some((unit) => unit.id === id)
  return isEnrichment
    ? Enrich.read(client, id, position, { limits, enrichment, from, to })
    : readWindow(exporter, id, position)
}

// internal

/** Has a window exported, unless an earlier run has, and reads it. Exports that come next are asked for meanwhile. */
const readWindow = (
  exporter: Exporter,
  id: string,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, Reason, Services> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const all = exporter.settings.requests.flatMap((request) =>
        ofRequest(request).map((window) => ({ request, window }))
      )
      const index = all.findIndex(({ window }) => placeOf(window) === id)
      const at = Option.isSome(position) ? yield* decoded(position.value, id) : start
      const current = all[index]
      if (current === undefined) {
        return yield* new SourceError.InvalidPosition({ partition: id, problem: "there is no such window" })
      }
      yield* prepareNext(exporter, all.slice(index + 1, index + exporter.settings.exportsInFlight))
      let exports: ReadonlyArray<Ready> = []
      const waits = Stream.callback<Source.Batch, Reason, Services>((queue) =>
        Effect.gen(function* () {
          exports = yield* ready(exporter, current.request, current.window, (place) =>
            Effect.asVoid(Queue.offer(queue, waiting(at, place)))
          )
          yield* Queue.end(queue)
        })
      )
      const reads = Stream.suspend(() => readAll(exporter, id, exports, at))
      return Stream.concat(Stream.rechunk(waits, 1), reads)
    })
  )

/** Where reading of a window stands: at which of its exports, and where in that one. */
const At = Schema.Struct({
  export: Schema.Int,
  /** Empty before the first batch of an export. */
  requestId: Schema.String,
  read: Schema.NullOr(Schema.Json)
})
type At = typeof At.Type

const start: At = { export: 0, requestId: "", read: null }

const decodeAt = Schema.decodeUnknownOption(At)

const decoded = (position: Source.Position, partition: string) =>
  Effect.mapError(
    Effect.fromOption(decodeAt(position)),
    () => new SourceError.InvalidPosition({ partition, problem: "it was not written by this source" })
  )

/** Tells people that a run is alive while Sendbird works. */
const waiting = (at: At, place: string): Source.Batch => ({
  records: [],
  rejected: [],
  position: { ...at },
  bytes: 0,
  place
})

// What goes wrong with one of them comes up when it is its turn.
const prepareNext = (
  exporter: Exporter,
  next: ReadonlyArray<{ readonly request: Request; readonly window: Window }>
): Effect.Effect<void, never, Services | Scope.Scope> =>
  Effect.forEach(
    next,
    ({ request, window }) =>
      Effect.forkScoped(Effect.exit(ready(exporter, request, window, () => Effect.void))),
    { discard: true }
  )

const readAll = (
  exporter: Exporter,
  partition: string,
  exports: ReadonlyArray<Ready>,
  at: At
): Stream.Stream<Source.Batch, Reason, Services> => {
  const current = exports[at.export]
  if (at.requestId !== "" && current?.requestId !== at.requestId) {
    const problem = "its export had to be made again and may hold other records now"
    return Stream.fail(new SourceError.InvalidPosition({ partition, problem }))
  }
  return Stream.fromIterable(exports.slice(at.export)).pipe(
    Stream.rechunk(1),
    Stream.zipWithIndex,
    Stream.flatMap(([one, offset]) => {
      const position = offset === 0 && at.read !== null ? Option.some(at.read) : Option.none()
      const within = { export: at.export + offset, requestId: one.requestId }
      return one.file === undefined
        ? Stream.succeed(nothing(one, within.export))
        : readFile(exporter, one, one.file, within, position)
    })
  )
}

const nothing = ({ absence, place }: Ready, index: number): Source.Batch => ({
  records: [],
  rejected: [],
  notes: { [absence]: 1 },
  position: { export: index + 1, requestId: "", read: null },
  bytes: 0,
  place: `${place}: nothing to export`
})

const readFile = (
  { limits }: Exporter,
  { bytes }: Ready,
  file: string,
  within: Omit<At, "read">,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, Reason, Services> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const path = yield* Path.Path
      const archive = yield* Archives.openZip(
        yield* Archives.fromFile(file, READ_WHOLE),
        path.basename(file),
        limits
      )
      return Stream.map(readArchive(archive, bytes, position, limits), (batch) => ({
        ...batch,
        position: { ...within, read: batch.position }
      }))
    })
  )

const READ_WHOLE = 32 << 20

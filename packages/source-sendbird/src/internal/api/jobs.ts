// Export windows as jobs that Sendbird runs on request.
import { type ApiClient, ArchiveReader, type ExportJob, ExportJobs, Archives } from "@chatferry/connector"
import { type Source, SourceError } from "@chatferry/core"
import { Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { declared } from "../consequences.ts"
import { filesOf } from "../reading/files.ts"
import type { Limits } from "../settings/limits.ts"
import * as ExportRecord from "./exportRecord.ts"
import * as Past from "./pastExports.ts"
import { body, JOURNAL, type Parameters, locationOf, type Request, type Window } from "./request.ts"
import { type ApiSettings, isTooOld } from "./settings.ts"
import { problemInZip } from "./verifyZip.ts"
import { DAY, halve, ofRequest } from "./windows.ts"

/** A window and the request that it belongs to. */
export interface Order {
  readonly request: Request
  readonly window: Window
}

export interface Exporter {
  readonly client: ApiClient.Client
  readonly settings: ApiSettings
  readonly directory: string
  readonly limits: Limits
  /** Exports named in the settings, by the locations of their windows. */
  readonly named: Effect.Effect<ReadonlyMap<string, string>, SourceError.SourceErrorReason>
}

/** All windows in the order in which they are exported. */
export const ordersOf = ({ requests }: Pick<ApiSettings, "requests">): ReadonlyArray<Order> =>
  requests.flatMap((request) => ofRequest(request).map((window) => ({ request, window })))

export const partitionOf = (
  { request, window }: Order,
  { applicationId }: Pick<ApiSettings, "applicationId">
): Source.Partition => ({ id: locationOf(window), fingerprint: digestOf(applicationId, request.parameters) })

export const make = ({ client, directory, limits, named, settings }: Exporter) =>
  Effect.flatMap(Path.Path, (path) => {
    const baseOf = ({ request, window: { dataType } }: Order, { end, start }: Part) => {
      const digest = digestOf(settings.applicationId, request.parameters)
      return path.join(directory, `${dataType}-${compact(start)}-${compact(end)}-${digest}`)
    }
    return ExportJobs.make<Order, Part, End>({
      ...settings,
      name: "Sendbird",
      retryPolicy: settings,
      part: Part,
      ends: ["no data", "too old"],
      locationOf: ({ window }, part) => locationOf({ ...window, ...part }),
      journalOf: (order) => ({
        file: baseOf(order, order.window) + JOURNAL,
        head: { format: "chatferry-sendbird-export/2", dataType: order.window.dataType },
        part: { start: order.window.start, end: order.window.end }
      }),
      fileOf: (order, part) => `${baseOf(order, part)}.zip`,
      split: (part) => halve(part, settings.shortestMillis),
      named: ({ location }) => Effect.map(named, (ids) => ids.get(location)),
      before: (job) => before(client, settings, job),
      post: ({ order: { request }, part }, operation, onInFlight) =>
        Effect.map(
          client.postNonIdempotent(
            { operation, path: `/export/${request.dataType}`, decode: ExportRecord.decode },
            body(part, request.parameters),
            onInFlight
          ),
          ({ requestId }) => requestId
        ),
      look: ({ order, location }, id) =>
        Effect.map(Past.get(client, order.window.dataType, id, location), lookOf),
      failed,
      hints: {
        outcomeUnknown:
          "Check the connection, then run again: the next run first looks up whether the request has arrived.",
        lost: "Check the exports in Sendbird's dashboard, then run again."
      },
      problemIn: (_, file, _bytes, operation) => problemInZip(file, operation, limits),
      notesOf: ({ state }) =>
        state === "ready"
          ? {}
          : { [(state === "too old" ? declared.windowTooOld : declared.emptyWindow).code]: 1 },
      read: ({ file, job }, position) => ({
        batches: Stream.unwrap(
          Effect.map(archiveOf(file, READ_WHOLE, limits), (archive) =>
            ArchiveReader.read(filesOf(limits), archive, job.bytes, position)
          )
        )
      }),
      retrace: (file, readDigest) =>
        Effect.scoped(
          Effect.flatMap(archiveOf(file, 0, limits), (archive) =>
            ArchiveReader.retrace(filesOf(limits), archive, readDigest)
          )
        )
    })
  })

// internal

/** A window, or part of one after exports of the whole window have failed. */
const Part = Schema.Struct({ start: Schema.Int, end: Schema.Int })
type Part = typeof Part.Type

type End = "no data" | "too old"
type Job = ExportJob.Job<Order, Part, End>

/** A short digest of the parameters with which a window is exported. */
const digestOf = (applicationId: string, parameters: Parameters): string =>
  Sha256.hex([
    JSON.stringify([applicationId, Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))])
  ]).slice(0, 12)

const compact = (millis: number) => new Date(millis).toISOString().replace(/[-:.]/gu, "")

const before = Effect.fnUntraced(function* (
  client: ApiClient.Client,
  settings: ApiSettings,
  job: Job
): Effect.fn.Return<ExportJob.Before<End>, SourceError.SourceErrorReason> {
  const { discarded, order, part, state } = job
  const window = { ...order.window, ...part }
  // Only the list shows whether a request whose response was lost has arrived.
  if (settings.reuseExports || state === "asking") {
    const id = yield* Past.find(client, order.request, window, discarded, settings.maxPages)
    if (id !== undefined) return { _tag: "found", id }
  }
  return (yield* isTooOld(window, order.request)) ? { _tag: "ended", end: "too old" } : undefined
})

const lookOf = (found: ExportRecord.ExportRecord | undefined): ExportJob.Look<End> => {
  if (found === undefined) return { _tag: "gone" }
  const { status, url } = found
  switch (status) {
    case "no data":
      return { _tag: "ended", end: "no data" }
    case "failed":
      return { _tag: "failed", problem: "" }
    case "done":
      return { _tag: "done", url }
    default:
      return { _tag: "working", status: status === "other" ? "waiting" : status }
  }
}

const failed = ({ failures, part }: Job, operation: string) => {
  const hours = ((part.end - part.start) / DAY) * 24
  return new SourceError.RequestFailed({
    operation,
    attempts: failures,
    problem: `Sendbird reports that it failed, even for a window of ${hours.toFixed(1)} hours`,
    hint: "Ask Sendbird about it, or lower shortestWindow."
  })
}

const archiveOf = Effect.fnUntraced(function* (file: string, wholeUpTo: number, limits: Limits) {
  const name = (yield* Path.Path).basename(file)
  return yield* Archives.openZip(yield* Archives.fromFile(file, wholeUpTo), name, limits)
})

const READ_WHOLE = 32 << 20

// Batches as jobs that Stream runs on request.
import { type ApiClient, type ExportJob, ExportJobs } from "@chatferry/connector"
import { type SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import { declaredByApi } from "../consequences.ts"
import type { Limits } from "../settings/limits.ts"
import { type Batch, body } from "./batch.ts"
import * as Failures from "./failures.ts"
import * as Order from "./order.ts"
import { readExport, retrace } from "./readExport.ts"
import type { ApiSettings } from "./settings.ts"
import * as Task from "./task.ts"
import { problemInExport } from "./verifyExport.ts"

export interface Exporter {
  readonly client: ApiClient.Client
  readonly settings: ApiSettings
  readonly directory: string
  readonly limits: Limits
}

export const make = ({ client, directory, limits, settings }: Exporter) =>
  Effect.flatMap(Path.Path, (path) =>
    ExportJobs.make<Batch, Order.Part, Order.End>({
      ...settings,
      name: "Stream",
      retryPolicy: settings.client,
      baseUrl: settings.client.baseUrl,
      part: Order.Part,
      ends: Order.ENDS,
      locationOf: Order.locationIn,
      nameOf: Order.nameOf,
      journalOf: (batch) => ({
        file: path.join(directory, Order.FOLDER, `${Order.baseOf(batch, settings)}.json`),
        head: { format: "chatferry-stream-export/2" },
        part: Order.wholeOf(batch),
        isOurs: (parts) => Order.covers(parts, batch)
      }),
      fileOf: (batch, part) => path.join(directory, Order.fileOf(batch, part, settings)),
      split: Order.halve,
      named: ({ location }) => Effect.succeed(settings.taskIds.get(location)),
      before: (job) => before(job, settings),
      post: ({ order: { items, kind }, part }, operation, onInFlight) =>
        client.postNonIdempotent(
          {
            operation,
            endpoint: kind === "users" ? "export users" : "export channels",
            path: kind === "users" ? "/export/users" : "/export_channels",
            decode: Task.decodeId
          },
          body(kind, items.slice(part.from, part.to), settings.options),
          onInFlight
        ),
      rejected: (job, error) => onErrorResponse(job, error, settings),
      look: (job, id) => look(client, job, id, settings),
      stops: (job) =>
        job.state === "over limit" && settings.usersOverLimit === "stop"
          ? Failures.overLimit(job)
          : undefined,
      unknown: Failures.unknownTask,
      failed: Failures.failed,
      hints: {
        outcomeUnknown:
          "Check the connection, then run again. Stream may be making exports that nobody waits for, which do no harm.",
        lost: "Ask Stream's support about it, then run again."
      },
      problemIn: (job, file, bytes) =>
        problemInExport(file, bytes, Order.isLines(job.order, settings.options), limits),
      notesOf,
      read: (ready, position) => readExport(ready, position, limits, settings),
      retrace: (file, readDigest) => retrace(file, readDigest, limits)
    })
  )

// internal

/** Stream has no list of tasks, so it is unknown whether a request whose response was lost has arrived. */
const before = (
  job: Order.Job,
  { lostAnswers }: ApiSettings
): Effect.Effect<ExportJob.Before<Order.End>, SourceError.RequestFailed> => {
  if (job.state !== "asking") return Effect.succeed(undefined)
  return lostAnswers === "stop" ? Effect.fail(Failures.answerLost(job)) : Effect.succeed({ _tag: "lost" })
}

/** If Stream rejects a request because of one item, the other items are requested without it. */
const onErrorResponse = (
  job: Order.Job,
  error: SourceError.RequestRejected,
  settings: ApiSettings
): Effect.Effect<Order.End | undefined, SourceError.RequestRejected> => {
  if (error.about === undefined) return Effect.fail(error)
  if (!Order.isSingle(job.part)) return Effect.succeed(undefined)
  const end = endOf(job, error.about, settings)
  if (end !== undefined) return Effect.succeed(end)
  return Effect.fail(error.about === "missing" ? Failures.missing(job, error) : error)
}

/** The end of a single item that an error concerns; `undefined` if it stops the run, as an item named in the settings does. */
const endOf = (
  { order: { kind }, part }: Order.Job,
  about: string | undefined,
  { lists }: ApiSettings
): Order.End | undefined => {
  if (!Order.isSingle(part)) return undefined
  if (about === "too much" && kind === "users") return "over limit"
  const isNamed = lists.some((list) => list.kind === kind && list.items !== undefined)
  return about === "missing" && !isNamed ? "missing" : undefined
}

/** Checks a task. Stream forgets tasks after 60 days. */
const look = (client: ApiClient.Client, job: Order.Job, id: string, settings: ApiSettings) =>
  client
    .get(
      {
        operation: `looking at the export of ${job.location}`,
        endpoint: "look",
        path: `/tasks/${encodeURIComponent(id)}`,
        decode: Task.decode
      },
      {}
    )
    .pipe(
      Effect.map((task): ExportJob.Look<Order.End> => {
        const { about, problem, status, url } = task
        if (status === "completed") return { _tag: "done", url }
        if (status !== "failed") return { _tag: "working", status: status === "other" ? "waiting" : status }
        return { _tag: "failed", problem, isFinal: about !== undefined, end: endOf(job, about, settings) }
      }),
      Effect.catchTag("RequestRejected", (error) =>
        error.about === "missing"
          ? Effect.succeed<ExportJob.Look<Order.End>>({ _tag: "gone" })
          : Effect.fail(error)
      )
    )

const notesOf = ({ lost, order: { kind }, state }: Order.Job): ExportJobs.Notes => ({
  ...(state === "missing"
    ? { [(kind === "users" ? declaredByApi.userMissing : declaredByApi.channelMissing).code]: 1 }
    : {}),
  ...(state === "over limit" ? { [declaredByApi.userOverLimit.code]: 1 } : {}),
  ...(lost > 0 ? { [declaredByApi.exportAskedAgain.code]: lost } : {})
})

// Brings one window from nothing to zips on the disk, going on from wherever an earlier run was stopped.
import { type ApiClient, Download, ExportJobs, RetryPolicy } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import { declared } from "../consequences.ts"
import type { Limits } from "../limits.ts"
import * as ExportRecord from "./exportRecord.ts"
import * as Journal from "./journal.ts"
import * as Past from "./pastExports.ts"
import { body, placeOf, type Request, type Window } from "./request.ts"
import { type ApiSettings, isTooOld } from "./settings.ts"
import { problemInZip } from "./soundZip.ts"
import { DAY, halve } from "./windows.ts"

export interface Exporter {
  readonly client: ApiClient.Client
  readonly settings: ApiSettings
  readonly directory: string
  readonly limits: Limits
  /** Exports that the settings name, by the places of their windows. */
  readonly named: Effect.Effect<ReadonlyMap<string, string>, Reason>
}

type Reason = SourceError.SourceErrorReason
type Services = FileSystem.FileSystem | Path.Path | HttpClient.HttpClient

/** An export of a window, or of a part of it, that is ready to read. */
export interface Ready extends ExportJobs.Ready {
  readonly bytes: number
}

/** All exports of a window, ready to read in their order. `step` hears where it stands. */
export const ready = (
  exporter: Exporter,
  request: Request,
  window: Window,
  step: (place: string) => Effect.Effect<void>
): Effect.Effect<ReadonlyArray<Ready>, Reason, Services> =>
  Effect.gen(function* () {
    const digest = Journal.digestOf(exporter.settings.applicationId, request.parameters)
    const journal = yield* Journal.open(exporter.directory, window, digest)
    let done = 0
    while (done < journal.entries().length) {
      const isWhole = yield* finish({ ...exporter, request, journal, index: done, step })
      if (isWhole) done++
    }
    return journal.entries().map((piece): Ready => ({
      id: piece.requestId ?? "",
      file: piece.state === "ready" ? journal.fileOf(piece) : undefined,
      notes: notesOf(piece),
      place: placeOf({ ...piece, dataType: window.dataType }),
      bytes: piece.bytes
    }))
  }).pipe(Effect.scoped, Effect.withSpan("Sendbird.export", { attributes: { window: placeOf(window) } }))

// internal

const notesOf = ({ state }: Journal.Piece): ExportJobs.Notes =>
  state === "ready" ? {} : { [(state === "too old" ? declared.windowTooOld : declared.emptyWindow).code]: 1 }

/** One piece of a window on its way. */
interface Task extends Exporter {
  readonly request: Request
  readonly journal: Journal.OpenJournal
  readonly index: number
  readonly step: (place: string) => Effect.Effect<void>
}

const pieceOf = ({ index, journal }: Task) => journal.get(index)
const windowOf = (task: Task): Window => ({ ...pieceOf(task), dataType: task.request.dataType })
const set = ({ index, journal }: Task, change: Partial<Journal.Piece>) => journal.set(index, change)

/** Brings a piece to its end; `false` when halves have taken its place. */
const finish = (task: Task): Effect.Effect<boolean, Reason, Services> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { journal, settings, step } = task
    const place = placeOf(windowOf(task))
    for (;;) {
      const piece = pieceOf(task)
      if (piece.state === "no data" || piece.state === "too old") return true
      const file = journal.fileOf(piece)
      if (piece.state === "ready" && (yield* Effect.orElseSucceed(fs.exists(file), () => false))) return true
      if (piece.discarded.length > settings.attempts) return yield* lost(task)
      if (piece.requestId === null) {
        yield* step(`${place}: asking for the export`)
        yield* ask(task)
        continue
      }
      const outcome = yield* ended(task, piece.requestId)
      switch (outcome._tag) {
        case "no data":
          yield* set(task, { state: "no data" })
          return true
        case "gone":
          yield* discard(task, piece.requestId)
          break
        case "failed": {
          yield* discard(task, piece.requestId, piece.failures + 1)
          if (piece.failures + 1 < TRIES_BEFORE_HALVING) break
          const halves = halve(piece, settings.shortestMillis)
          if (halves === undefined) return yield* failed(task)
          yield* journal.split(task.index, halves)
          return false
        }
        case "done": {
          yield* step(`${place}: downloading`)
          const bytes = yield* fetched(task, piece, outcome.first)
          if (bytes === undefined) yield* discard(task, piece.requestId)
          else {
            yield* set(task, { state: "ready", bytes })
            return true
          }
        }
      }
    }
  })

const TRIES_BEFORE_HALVING = 2

/** Has the export made, or finds one that is made already. */
const ask = (task: Task) =>
  Effect.gen(function* () {
    const { client, request, settings } = task
    const { dataType, parameters } = request
    const window = windowOf(task)
    const operation = `asking for the export of ${placeOf(window)}`
    const call = { operation, path: `/export/${dataType}`, decode: ExportRecord.decode }
    for (let attempts = 1; ; attempts++) {
      const piece = pieceOf(task)
      const given = (yield* task.named).get(placeOf(window))
      // Only the list tells whether a request whose answer was lost has arrived.
      const isListed = settings.reuseExports || piece.state === "asking"
      const found =
        given !== undefined && !piece.discarded.includes(given)
          ? given
          : isListed
            ? yield* Past.find(client, request, window, piece.discarded, settings.maxPages)
            : undefined
      if (found !== undefined) return yield* set(task, { state: "asked", requestId: found })
      if (yield* isTooOld(window, request)) return yield* set(task, { state: "too old" })
      // What may have been done is on the disk before anybody can stop it.
      const outcome = yield* client
        .postOnce(call, body(window, parameters), (mayBeDone) =>
          set(task, { state: mayBeDone ? "asking" : "new" })
        )
        .pipe(
          Effect.tap(({ requestId }) => set(task, { state: "asked", requestId })),
          Effect.as(undefined),
          Effect.catchTag("Unanswered", ({ problem }) => Effect.succeed(problem)),
          Effect.uninterruptible
        )
      if (outcome === undefined) return
      if (attempts >= settings.attempts) {
        return yield* new SourceError.RequestFailed({
          operation,
          attempts,
          problem: outcome,
          hint: "Check the connection, then run again: it is then looked up first whether the request has arrived."
        })
      }
      yield* Effect.sleep(RetryPolicy.pauseAfter(attempts, settings.retryMillis))
    }
  })

/** Looks at an export until it has ended. */
const ended = (task: Task, requestId: string) => {
  const { settings, step } = task
  const place = placeOf(windowOf(task))
  return ExportJobs.ended({
    look: look(task, requestId),
    outcomeOf: (found) => {
      if (found === undefined) return { _tag: "gone" } as const
      const { status, url } = found
      if (status === "no data" || status === "failed") return { _tag: status } as const
      return status === "done" ? ({ _tag: "done", first: url } as const) : undefined
    },
    statusOf: (found) => (found === undefined || found.status === "other" ? "waiting" : found.status),
    step,
    place,
    operation: `the export of ${place}`,
    pauses: settings.pollMillis,
    deadlineMillis: settings.deadlineMillis
  })
}

/** `undefined` when Sendbird does not know it (any more). */
const look = (task: Task, requestId: string) =>
  Past.get(task.client, task.request.dataType, requestId, placeOf(windowOf(task)))

const fetched = (task: Task, piece: Journal.Piece, first: Redacted.Redacted | undefined) => {
  const operation = `the download of ${placeOf(windowOf(task))}`
  return Download.run({
    first,
    link: Effect.map(look(task, piece.requestId ?? ""), (found) => found?.url),
    file: task.journal.fileOf(piece),
    etag: piece.etag,
    begin: (etag) => set(task, { etag }),
    problemIn: (part) => problemInZip(part, operation, task.limits),
    operation,
    span: "Sendbird",
    retryPolicy: task.settings,
    baseUrl: task.settings.baseUrl,
    maxBytes: task.settings.maxDownloadBytes,
    deadlineMillis: task.settings.deadlineMillis
  })
}

/** Forgets an export, and what was downloaded of it. */
const discard = (task: Task, requestId: string, failures?: number) => {
  const piece = pieceOf(task)
  return Effect.andThen(
    Download.forget(task.journal.fileOf(piece)),
    set(task, {
      state: "new",
      requestId: null,
      etag: null,
      bytes: 0,
      failures: failures ?? piece.failures,
      discarded: [...piece.discarded, requestId]
    })
  )
}

const lost = (task: Task) =>
  new SourceError.RequestFailed({
    operation: `the export of ${placeOf(windowOf(task))}`,
    attempts: pieceOf(task).discarded.length,
    problem: "each export that was made for it is gone or could not be downloaded",
    hint: "Look at the exports in Sendbird's dashboard, then run again."
  })

const failed = (task: Task) => {
  const piece = pieceOf(task)
  const hours = ((piece.end - piece.start) / DAY) * 24
  return new SourceError.RequestFailed({
    operation: `the export of ${placeOf(windowOf(task))}`,
    attempts: piece.failures,
    problem: `Sendbird reports that it failed, also for a window of ${hours.toFixed(1)} hours`,
    hint: "Ask Sendbird about it, or lower shortestWindow."
  })
}

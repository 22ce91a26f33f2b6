// Brings one batch from nothing to files on the disk, going on from wherever an earlier run was stopped.
import { Download, ExportJobs } from "@chatferry/connector"
import type { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import { declaredByApi } from "../consequences.ts"
import { ask } from "./ask.ts"
import { type Batch, type Kind, placeOf } from "./batch.ts"
import { failed, lost, missing, overLimit, unknownTask } from "./failures.ts"
import * as Journal from "./journal.ts"
import { problemInExport } from "./soundExport.ts"
import * as Task from "./task.ts"
import {
  type Exporter,
  givenFor,
  isSingle,
  nameOf,
  pieceOf,
  placeOfPiece,
  set,
  within,
  type Work
} from "./work.ts"

type Reason = SourceError.SourceErrorReason
type Services = FileSystem.FileSystem | Path.Path | HttpClient.HttpClient

/** An export of a batch, or of a part of it, that is ready to read. */
export interface Ready extends ExportJobs.Ready {
  readonly bytes: number
  readonly kind: Kind
  /** Cids of the channels, or ids of the users, that it is to hold. */
  readonly wanted: ReadonlyArray<string>
  /** The task is one that the settings name; what makes it the answer to a request that is still not known, when it is the wrong one. */
  readonly disown: Effect.Effect<void, Reason, FileSystem.FileSystem> | undefined
}

/** All exports of a batch, ready to read in their order. `step` hears where it stands. */
export const ready = (
  exporter: Exporter,
  batch: Batch,
  step: (place: string) => Effect.Effect<void>
): Effect.Effect<ReadonlyArray<Ready>, Reason, Services> =>
  Effect.gen(function* () {
    const { client, lists, options } = exporter.settings
    const isLines = Journal.isLines(batch, options)
    const digest = Journal.digestOf(client.apiKey, batch, options)
    const ending = Journal.endingOf(batch, options)
    const journal = yield* Journal.open(exporter.directory, batch, digest, ending)
    const isNamed = lists.some(({ items, kind }) => kind === batch.kind && items !== undefined)
    let done = 0
    while (done < journal.entries().length) {
      const isWhole = yield* finish({ ...exporter, batch, isLines, isNamed, journal, index: done, step })
      if (isWhole) done++
    }
    return journal.entries().map((piece, index): Ready => {
      const place = placeOf(within(batch, piece))
      return {
        id: piece.taskId ?? "",
        file: piece.state === "ready" ? journal.fileOf(piece) : undefined,
        place,
        bytes: piece.bytes,
        notes: notesOf(batch.kind, piece),
        kind: batch.kind,
        wanted: batch.items.slice(piece.from, piece.to).map(({ name }) => name),
        disown: exporter.settings.taskIds.get(place) === piece.taskId ? disown(journal, index) : undefined
      }
    })
  }).pipe(Effect.scoped, Effect.withSpan("Stream.export", { attributes: { batch: placeOf(batch) } }))

// internal

const notesOf = (kind: Kind, { lost, state }: Journal.Piece): ExportJobs.Notes => ({
  ...(state === "missing"
    ? { [(kind === "users" ? declaredByApi.userMissing : declaredByApi.channelMissing).code]: 1 }
    : {}),
  ...(state === "over limit" ? { [declaredByApi.userOverLimit.code]: 1 } : {}),
  ...(lost > 0 ? { [declaredByApi.exportAskedAgain.code]: lost } : {})
})

/** Brings a piece to its end; `false` when halves have taken its place. */
const finish = (work: Work): Effect.Effect<boolean, Reason, Services> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { journal, settings, step } = work
    const place = placeOfPiece(work)
    for (;;) {
      const piece = pieceOf(work)
      if (piece.state === "missing") return true
      if (piece.state === "over limit") {
        return settings.usersOverLimit === "stop" ? yield* overLimit(work) : true
      }
      const file = journal.fileOf(piece)
      if (piece.state === "ready" && (yield* Effect.orElseSucceed(fs.exists(file), () => false))) return true
      if (piece.discarded.length > settings.client.attempts) return yield* lost(work)
      if (piece.taskId === null) {
        yield* step(`${place}: asking for the export`)
        const refusal = yield* ask(work)
        if (refusal === undefined) continue
        if (!isSingle(piece)) return yield* halved(work)
        const single = stateOfSingle(work, refusal.about)
        if (single === undefined) return yield* refusal.about === "missing" ? missing(work, refusal) : refusal
        yield* set(work, { state: single })
        continue
      }
      const outcome = yield* ended(work, piece.taskId)
      switch (outcome._tag) {
        case "gone":
          if (piece.taskId === givenFor(work)) {
            yield* disown(journal, work.index)
            return yield* unknownTask(work)
          }
          yield* discard(work, piece.taskId)
          break
        case "failed": {
          const single = isSingle(piece) ? stateOfSingle(work, outcome.about) : undefined
          const failures = piece.failures + 1
          yield* discard(work, piece.taskId, failures)
          if (single !== undefined) {
            yield* set(work, { state: single })
            break
          }
          if (outcome.about === undefined && failures < TRIES_BEFORE_HALVING) break
          return yield* isSingle(piece) ? failed(work, outcome.problem) : halved(work)
        }
        case "completed": {
          yield* step(`${place}: downloading`)
          const bytes = yield* fetched(work, piece, outcome.url)
          if (bytes === undefined) yield* discard(work, piece.taskId)
          else {
            yield* set(work, { state: "ready", bytes })
            return true
          }
        }
      }
    }
  })

const TRIES_BEFORE_HALVING = 2

/** What becomes of a single item of which an error speaks; `undefined` when it stops the run. */
const stateOfSingle = ({ batch, isNamed }: Work, about: string | undefined) => {
  if (about === "too much" && batch.kind === "users") return "over limit"
  return about === "missing" && !isNamed ? "missing" : undefined
}

const halved = ({ index, journal }: Work) => Effect.as(journal.halve(index), false)

/** Looks at an export until it has ended. */
const ended = (work: Work, taskId: string) => {
  const { settings, step } = work
  return ExportJobs.ended({
    look: look(work, taskId),
    outcomeOf: (task) => {
      if (task === undefined) return { _tag: "gone" } as const
      const { about, problem, status, url } = task
      if (status === "failed") return { _tag: status, about, problem } as const
      return status === "completed" ? ({ _tag: status, url } as const) : undefined
    },
    statusOf: (task) => (task === undefined || task.status === "other" ? "waiting" : task.status),
    step,
    place: placeOfPiece(work),
    operation: `the export of ${nameOf(work)}`,
    pauses: settings.pollMillis,
    deadlineMillis: settings.deadlineMillis
  })
}

/** `undefined` when Stream does not know the task (any more): it keeps exports for 60 days. */
const look = (work: Work, taskId: string) =>
  work.client
    .get(
      {
        operation: `looking at the export of ${placeOfPiece(work)}`,
        endpoint: "look",
        path: `/tasks/${encodeURIComponent(taskId)}`,
        decode: Task.decode
      },
      {}
    )
    .pipe(
      Effect.catchTag("RequestRefused", (refusal) =>
        refusal.about === "missing" ? Effect.succeed(undefined) : Effect.fail(refusal)
      )
    )

const fetched = (work: Work, piece: Journal.Piece, first: Redacted.Redacted | undefined) =>
  Download.run({
    first,
    link: Effect.map(look(work, piece.taskId ?? ""), (task) => task?.url),
    file: work.journal.fileOf(piece),
    etag: piece.etag,
    begin: (etag) => set(work, { etag }),
    problemIn: (part, bytes) => problemInExport(part, bytes, work.isLines, work.limits),
    operation: `the download of ${placeOfPiece(work)}`,
    span: "Stream",
    retryPolicy: work.settings.client,
    baseUrl: work.settings.client.baseUrl,
    maxBytes: work.settings.maxDownloadBytes,
    deadlineMillis: work.settings.deadlineMillis
  })

/** Forgets an export, and what was downloaded of it. */
const discard = (work: Work, taskId: string, failures?: number) => {
  const piece = pieceOf(work)
  return forget(work.journal, work.index, {
    state: "new",
    failures: failures ?? piece.failures,
    discarded: [...piece.discarded, taskId]
  })
}

/** Forgets a task that the settings name: of the request that was made nobody knows any more than before. */
const disown = (journal: Journal.OpenJournal, index: number) => forget(journal, index, { state: "asking" })

const forget = (journal: Journal.OpenJournal, index: number, change: Partial<Journal.Piece>) =>
  Effect.andThen(
    Download.forget(journal.fileOf(journal.get(index))),
    journal.set(index, { taskId: null, etag: null, bytes: 0, ...change })
  )

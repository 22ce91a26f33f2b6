// Brings one batch from nothing to files on the disk, going on from wherever an earlier run was stopped.
import { SourceError } from "@chatferry/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import type { Limits } from "../limits.ts"
import { type Batch, body, type Kind, placeOf } from "./batch.ts"
import { type Client, pauseAfter, type Refusal } from "./client.ts"
import { download } from "./download.ts"
import * as Journal from "./journal.ts"
import type { About } from "./refusals.ts"
import type { ApiSettings } from "./settings.ts"
import * as Task from "./task.ts"

export interface Exporter {
  readonly client: Client
  readonly settings: ApiSettings
  readonly directory: string
  readonly limits: Limits
}

type Reason = SourceError.SourceErrorReason
type Services = FileSystem.FileSystem | Path.Path | HttpClient.HttpClient

/** An export of a batch, or of a part of it, that is ready to read. */
export interface Ready {
  readonly taskId: string
  /** `undefined` when there is nothing to read; `notes` tell why. */
  readonly file: string | undefined
  readonly place: string
  readonly bytes: number
  readonly notes: Readonly<Record<string, number>>
}

/** All exports of a batch, ready to read in their order. `step` hears where it stands. */
export const ready = (
  exporter: Exporter,
  batch: Batch,
  step: (place: string) => Effect.Effect<void>
): Effect.Effect<ReadonlyArray<Ready>, Reason, Services> =>
  Effect.gen(function* () {
    const { client, lists, options } = exporter.settings
    const isLines = batch.kind === "users" || options.version === "v2"
    const digest = Journal.digestOf(client.apiKey, batch, options)
    const journal = yield* Journal.open(exporter.directory, batch, digest, isLines ? ".jsonl" : ".json")
    const isNamed = lists.some(({ items, kind }) => kind === batch.kind && items !== undefined)
    let done = 0
    while (done < journal.pieces().length) {
      const isWhole = yield* finish({ ...exporter, batch, isLines, isNamed, journal, index: done, step })
      if (isWhole) done++
    }
    return journal.pieces().map((piece): Ready => ({
      taskId: piece.taskId ?? "",
      file: piece.state === "ready" ? journal.fileOf(piece) : undefined,
      place: placeOf(within(batch, piece)),
      bytes: piece.bytes,
      notes: notesOf(batch.kind, piece)
    }))
  }).pipe(Effect.withSpan("Stream.export", { attributes: { batch: placeOf(batch) } }))

// internal

/** One piece of a batch on its way. */
interface Work extends Exporter {
  readonly batch: Batch
  readonly isLines: boolean
  /** Whether the caller named what is exported, as opposed to Stream. */
  readonly isNamed: boolean
  readonly journal: Journal.OpenJournal
  readonly index: number
  readonly step: (place: string) => Effect.Effect<void>
}

const pieceOf = ({ index, journal }: Work) => journal.pieces()[index] as Journal.Piece
const set = ({ index, journal }: Work, change: Partial<Journal.Piece>) => journal.set(index, change)
const isSingle = ({ from, to }: Journal.Piece) => to - from === 1

const within = (batch: Batch, { from, to }: Journal.Piece) =>
  from === 0 && to === batch.items.length
    ? batch
    : { kind: batch.kind, first: batch.first + from, last: batch.first + to - 1 }

const placeOfPiece = (work: Work) => placeOf(within(work.batch, pieceOf(work)))

/** How errors call it: what is exported alone is named, because somebody has to look at it. */
const nameOf = (work: Work) => {
  const piece = pieceOf(work)
  return isSingle(piece)
    ? `${placeOfPiece(work)} (${work.batch.items[piece.from]?.name ?? ""})`
    : placeOfPiece(work)
}

const notesOf = (kind: Kind, { lost, state }: Journal.Piece): Readonly<Record<string, number>> => ({
  ...(state === "missing" ? { [kind === "users" ? "user_missing" : "channel_missing"]: 1 } : {}),
  ...(state === "over limit" ? { user_over_limit: 1 } : {}),
  ...(lost > 0 ? { export_asked_again: lost } : {})
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
        if (single === undefined)
          return yield* refusal.about === "missing" ? missing(work, refusal) : refusal.reason
        yield* set(work, { state: single })
        continue
      }
      const outcome = yield* ended(work, piece.taskId)
      switch (outcome._tag) {
        case "gone":
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
          if (outcome.about === "other" && failures < TRIES_BEFORE_HALVING) break
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
const stateOfSingle = ({ batch, isNamed }: Work, about: About) => {
  if (about === "too much" && batch.kind === "users") return "over limit"
  return about === "missing" && !isNamed ? "missing" : undefined
}

const halved = ({ index, journal }: Work) => Effect.as(journal.halve(index), false)

/** Has the export made. Gives a refusal that is about one of the things asked for. */
const ask = (work: Work): Effect.Effect<Refusal | undefined, Reason> =>
  Effect.gen(function* () {
    const { batch, client, settings } = work
    const { kind } = batch
    const operation = `asking for the export of ${nameOf(work)}`
    const call = {
      operation,
      endpoint: kind === "users" ? "export users" : "export channels",
      path: kind === "users" ? "/export/users" : "/export_channels",
      decode: Task.decodeId
    } as const
    for (let attempts = 1; ; attempts++) {
      const { from, lost, state, to } = pieceOf(work)
      const asked = body(kind, batch.items.slice(from, to), settings.options)
      // There is no list of tasks: nobody can tell whether a request whose answer was lost has arrived.
      const isAgain = state === "asking"
      // Whatever happens from here to the end is on the disk before anybody can stop it.
      const outcome = yield* set(work, { state: "asking", lost: isAgain ? lost + 1 : lost }).pipe(
        Effect.andThen(client.postOnce(call, asked)),
        Effect.tap((taskId) => set(work, { state: "asked", taskId })),
        Effect.as(undefined),
        Effect.onInterrupt(() => Effect.ignore(set(work, { state: "new" }))),
        Effect.catchTag("Unanswered", ({ problem }) => Effect.succeed(problem)),
        Effect.tapError(() => set(work, { state: "new" })),
        Effect.catchTag("Refusal", (refusal) =>
          refusal.about === "other" ? Effect.fail(refusal.reason) : Effect.succeed(refusal)
        ),
        Effect.uninterruptible
      )
      if (typeof outcome !== "string") return outcome
      if (attempts >= settings.client.attempts) {
        return yield* new SourceError.RequestFailed({
          operation,
          attempts,
          problem: outcome,
          hint: "Check the connection, then run again. Stream may be making exports that nobody waits for: they do no harm."
        })
      }
      yield* Effect.sleep(pauseAfter(attempts, settings.client.retryMillis))
    }
  })

/** Looks at an export until it has ended. */
const ended = (work: Work, taskId: string) =>
  Effect.gen(function* () {
    const { settings, step } = work
    const place = placeOfPiece(work)
    const [first, most] = settings.pollMillis
    const startedAt = yield* Clock.currentTimeMillis
    for (let pause = first; ; pause = Math.min(most, Math.ceil(pause * 1.5))) {
      const task = yield* look(work, taskId)
      if (task === undefined) return { _tag: "gone" } as const
      const { about, problem, status, url } = task
      if (status === "failed") return { _tag: status, about, problem } as const
      if (status === "completed") return { _tag: status, url } as const
      const waited = (yield* Clock.currentTimeMillis) - startedAt
      if (waited > settings.deadlineMillis) {
        return yield* new SourceError.RequestFailed({
          operation: `the export of ${nameOf(work)}`,
          attempts: 1,
          problem: `it is not ready after ${Math.round(waited / 60_000)} minutes`,
          hint: "Run again to go on waiting for it, or raise exportDeadline."
        })
      }
      yield* step(`${place}: ${status === "other" ? "waiting" : status}`)
      yield* Effect.sleep(pause)
    }
  })

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
      Effect.catchTag("Refusal", ({ about, reason }) =>
        about === "missing" ? Effect.succeed(undefined) : Effect.fail(reason)
      )
    )

const fetched = (work: Work, piece: Journal.Piece, first: Redacted.Redacted | undefined) => {
  const { attempts, requestTimeoutMillis, retryMillis } = work.settings.client
  let next = first
  const link = Effect.gen(function* () {
    const signed = next ?? (yield* look(work, piece.taskId ?? ""))?.url
    next = undefined
    return signed
  })
  return download({
    link,
    file: work.journal.fileOf(piece),
    isLines: work.isLines,
    etag: piece.etag,
    begin: (etag) => set(work, { etag }),
    operation: `the download of ${placeOfPiece(work)}`,
    attempts,
    timeoutMillis: requestTimeoutMillis,
    retryMillis,
    limits: work.limits
  })
}

/** Forgets an export, and what was downloaded of it. */
const discard = (work: Work, taskId: string, failures?: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const piece = pieceOf(work)
    const file = work.journal.fileOf(piece)
    for (const path of [`${file}.part`, file]) {
      yield* Effect.mapError(
        fs.remove(path, { force: true }),
        (cause) => new SourceError.ReadFailed({ path, cause })
      )
    }
    yield* set(work, {
      state: "new",
      taskId: null,
      etag: null,
      bytes: 0,
      failures: failures ?? piece.failures,
      discarded: [...piece.discarded, taskId]
    })
  })

const missing = (work: Work, { reason }: Refusal) => {
  const [what, setting] = work.batch.kind === "users" ? ["user", "users"] : ["channel", "channels"]
  const deleted = what === "channel" ? ", and includeSoftDeletedChannels if it was deleted" : ""
  return new SourceError.RequestRefused({
    operation: reason.operation,
    status: reason.status,
    code: reason.code,
    problem: `the app has no such ${what}`,
    hint: `Check apiKey${deleted}, or take the ${what} out of ${setting}.`
  })
}

const lost = (work: Work) =>
  new SourceError.RequestFailed({
    operation: `the export of ${nameOf(work)}`,
    attempts: pieceOf(work).discarded.length,
    problem: "each export that was made for it is gone or could not be downloaded",
    hint: "Ask Stream's support about it, then run again."
  })

const failed = (work: Work, problem: string) =>
  new SourceError.RequestFailed({
    operation: `the export of ${nameOf(work)}`,
    attempts: pieceOf(work).failures,
    problem: `Stream reports that it failed${problem === "" ? "" : ` (${problem})`}`,
    hint:
      work.batch.kind === "users"
        ? "Run again, ask Stream's support about this user, or leave the user out with excludeUserIds."
        : "Run again, ask Stream's support about this channel, or give channels without it."
  })

const overLimit = (work: Work) =>
  new SourceError.RequestFailed({
    operation: `the export of ${nameOf(work)}`,
    attempts: 1,
    problem: "this user has more than 10,000 messages or reactions, and Stream exports no such user",
    hint: 'Set usersOverLimit to "leave out" and run again: what the user wrote is in the exports of channels. Or ask Stream\'s support for an export of this user.'
  })

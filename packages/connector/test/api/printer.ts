// A service that prints the numbers of a range into files and fails on request.
import { ApiClient, type ExportJob, ExportJobs } from "@chatferry/connector"
import { Ids, type Source, SourceError } from "@chatferry/core"
import { Effect, FileSystem, Option, Redacted, Schema, Stream } from "effect"
import { serve } from "./loopback.ts"

const Part = Schema.Struct({ from: Schema.Int, to: Schema.Int })
export type Part = typeof Part.Type
export type End = "blank"

/** The faults of exports by location. By default there are none. */
export interface Wrong {
  readonly lost?: ReadonlyArray<string>
  /** Every export fails. */
  readonly fails?: ReadonlyArray<string>
  /** The service forgets the export once. */
  readonly forgotten?: ReadonlyArray<string>
  readonly rejected?: ReadonlyArray<string>
  readonly blank?: ReadonlyArray<string>
}

export const locationOf = ({ from, to }: Part) => `${from} to ${to}`

/** The service, which counts its requests, and its jobs in a folder. */
export const printer = (folder: string, wrong: Wrong = {}, given: Partial<Service> = {}) =>
  Effect.gen(function* () {
    const posts: Array<string> = []
    const forgotten = new Set<string>()
    const has = (list: ReadonlyArray<string> | undefined, location: string) =>
      list?.includes(location) ?? false
    const server = yield* serve((response, { url }) => {
      response.end(decodeURIComponent(url.slice(1)))
    })
    const jobs = yield* ExportJobs.make<Part, Part, End>({
      name: "Printer",
      retryPolicy: { attempts: 3, requestTimeoutMillis: 5000, retryMillis: [1, 2] },
      baseUrl: server.baseUrl,
      exportsInFlight: 2,
      pollMillis: [1, 2],
      deadlineMillis: 60_000,
      maxDownloadBytes: 1000,
      part: Part,
      ends: ["blank"],
      locationOf: (order, part = order) => locationOf(part),
      journalOf: (order) => ({
        file: `${folder}/${order.from}-${order.to}.json`,
        head: { format: "printer/1" },
        part: order
      }),
      fileOf: (_, { from, to }) => `${folder}/${from}-${to}.txt`,
      split: ({ from, to }) =>
        to === from
          ? undefined
          : [
              { from, to: Math.floor((from + to) / 2) },
              { from: Math.floor((from + to) / 2) + 1, to }
            ],
      before: ({ state }) => Effect.succeed(state === "asking" ? { _tag: "lost" } : undefined),
      post: ({ location }, operation, mark) =>
        Effect.gen(function* () {
          yield* mark(true)
          posts.push(location)
          if (has(wrong.rejected, location)) {
            const reason = { problem: "it asks for too much", hint: "Ask for less." }
            return yield* new SourceError.RequestRejected({ operation, status: 400, code: 4, ...reason })
          }
          if (has(wrong.lost, location))
            return yield* new ApiClient.OutcomeUnknown({ problem: "it was cut off" })
          return `${posts.length} ${location}`
        }),
      rejected: () => Effect.succeed(undefined),
      look: ({ location }, id) =>
        Effect.sync((): ExportJob.Look<End> => {
          if (has(wrong.fails, location)) return { _tag: "failed", problem: "no ink" }
          if (has(wrong.blank, location)) return { _tag: "ended", end: "blank" }
          if (has(wrong.forgotten, location) && !forgotten.has(location)) {
            forgotten.add(location)
            return { _tag: "gone" }
          }
          return { _tag: "done", url: Redacted.make(`${server.baseUrl}/${encodeURIComponent(id)}`) }
        }),
      failed: ({ failures }, operation, problem) =>
        new SourceError.RequestFailed({ operation, attempts: failures, problem, hint: "Refill it." }),
      hints: { outcomeUnknown: "Look into the tray.", lost: "Look under the table." },
      problemIn: () => Effect.succeed(undefined),
      notesOf: ({ lost, state }) => ({
        ...(state === "blank" ? { blank: 1 } : {}),
        ...(lost > 0 ? { lost } : {})
      }),
      read: ({ file, job: { part } }, position) => ({
        batches: Stream.fromIterable(
          numbers(part).filter((n) => n > Number(Option.getOrElse(position, () => -1)))
        ).pipe(
          Stream.rechunk(1),
          Stream.mapEffect((n) =>
            Effect.gen(function* () {
              const fs = yield* FileSystem.FileSystem
              yield* Effect.orDie(fs.readFileString(file))
              const batch: Source.Batch = {
                records: [{ _tag: "user", id: Ids.UserId.make(String(n)) }],
                rejected: [],
                position: n,
                readDigest: n,
                bytes: 1,
                location: `number ${n}`
              }
              return batch
            })
          )
        )
      }),
      retrace: (file) =>
        Effect.flatMap(FileSystem.FileSystem, (fs) =>
          Effect.flatMap(Effect.orDie(fs.readFileString(file)), (text) =>
            text === "" ? Effect.fail(SourceError.changedContent("numbers", file)) : Effect.void
          )
        ),
      ...given
    })
    return { jobs, posts, server }
  })

export type Service = ExportJobs.Service<Part, Part, End>

const numbers = ({ from, to }: Part) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

// Exports that Sendbird has already made.
import { type ApiClient, Pages } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ErrorResponses from "./errorResponses.ts"
import * as ExportRecord from "./exportRecord.ts"
import { type DataType, locationOf, type Request, type Window } from "./request.ts"
import type { ApiSettings } from "./settings.ts"
import * as Windows from "./windows.ts"

/**
 * An export that was requested earlier by a run, by hand or by a script.
 *
 * @category models
 * @since 0.1.0
 */
export interface PastExport {
  /** Id of the export, as `requestIds` takes it. */
  readonly requestId: string
  /** `other` for a status that is not documented. */
  readonly status: "scheduled" | "exporting" | "done" | "no data" | "failed" | "other"
  /** Milliseconds since 1970; `undefined` if Sendbird does not give it. */
  readonly start: number | undefined
  readonly end: number | undefined
  readonly createdAt: number
}

type Reason = SourceError.SourceErrorReason

/** Returns one export, or `undefined` if Sendbird does not know it or no longer knows it. */
export const get = (
  client: ApiClient.Client,
  dataType: DataType,
  requestId: string,
  location: string
): Effect.Effect<ExportRecord.ExportRecord | undefined, Reason> =>
  client
    .get(
      {
        operation: `looking at the export of ${location}`,
        path: `/export/${dataType}/${encodeURIComponent(requestId)}`,
        decode: ExportRecord.decode
      },
      {}
    )
    .pipe(
      Effect.catchIf(
        (error) => error._tag === "RequestRejected" && ErrorResponses.NOT_FOUND.has(error.code),
        () => Effect.succeed(undefined)
      )
    )

/** Returns all exports of a data type, page by page. Exports can appear again when the listing has to start again. */
export const pages = (
  client: ApiClient.Client,
  dataType: DataType,
  maxPages: number
): Stream.Stream<ReadonlyArray<ExportRecord.ExportRecord>, Reason> =>
  Stream.suspend(() => {
    const operation = `listing exports of ${dataType}`
    let read = 0
    let restarts = 0
    const watchFrom = (before: number) =>
      Pages.watch({ operation, maxPages, before, hint: "Report this to Sendbird." })
    let watch = watchFrom(read)
    return Stream.paginate("", (token) =>
      client
        .get(
          { operation, path: `/export/${dataType}`, decode: ExportRecord.decodePage },
          token === "" ? { limit: PAGE } : { limit: PAGE, token }
        )
        .pipe(
          Effect.flatMap(({ exports, next }) => {
            read++
            const problem =
              next === undefined
                ? undefined
                : watch.see({ next, ids: exports.map(({ requestId }) => requestId) })
            return problem === undefined
              ? Effect.succeed([[exports], Option.fromUndefinedOr(next)] as const)
              : Effect.fail(problem)
          }),
          Effect.catchIf(
            (error) => isExpired(error) && token !== "" && restarts++ < MOST_RESTARTS,
            () => {
              watch = watchFrom(read)
              return Effect.succeed([[], Option.some("")] as const)
            }
          )
        )
    )
  })

/** The public view of an export, without the address, which is a credential. */
export const summaryOf = ({
  createdAt,
  end,
  requestId,
  start,
  status
}: ExportRecord.ExportRecord): PastExport => ({
  requestId,
  status,
  start,
  end,
  createdAt
})

/** Finds the newest listed export that matches a window. */
export const find = Effect.fnUntraced(function* (
  client: ApiClient.Client,
  { dataType, parameters }: Request,
  window: Window,
  discarded: ReadonlyArray<string>,
  maxPages: number
): Effect.fn.Return<string | undefined, Reason> {
  let newest: ExportRecord.ExportRecord | undefined
  yield* Stream.runForEach(pages(client, dataType, maxPages), (exports) =>
    Effect.sync(() => {
      for (const one of exports) {
        const isOfUse =
          one.status !== "failed" &&
          !discarded.includes(one.requestId) &&
          ExportRecord.fits(one, window, dataType, parameters)
        if (isOfUse && (newest === undefined || one.createdAt > newest.createdAt)) newest = one
      }
    })
  )
  return newest?.requestId
})

/** Finds the exports named in the settings, by the windows that they match. */
export const named = Effect.fnUntraced(function* (
  client: ApiClient.Client,
  { requestIds, requests }: ApiSettings
): Effect.fn.Return<ReadonlyMap<string, string>, Reason> {
  const found = new Map<string, string>()
  for (const request of requests) {
    const { dataType, parameters } = request
    for (const requestId of requestIds[dataType] ?? []) {
      const one = yield* get(client, dataType, requestId, `${dataType} named in requestIds`)
      const window =
        one === undefined
          ? undefined
          : Windows.ofRequest(request).find((each) => ExportRecord.fits(one, each, dataType, parameters))
      if (window === undefined) {
        return yield* new SourceError.InvalidConfig({
          setting: `requestIds.${dataType}`,
          problem:
            one === undefined
              ? "Sendbird does not know one of them, or no longer knows it"
              : `the export of ${one.start} to ${one.end} has another period or other parameters than any window`
        })
      }
      found.set(locationOf(window), requestId)
    }
  }
  return found
})

// internal

const PAGE = 100
const MOST_RESTARTS = 20

const isExpired = (error: ApiClient.RequestError) =>
  error._tag === "RequestRejected" && error.code === ErrorResponses.EXPIRED_PAGE_TOKEN

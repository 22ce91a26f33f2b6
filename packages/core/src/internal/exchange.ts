// One request, and how it can end.
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { Answer, Refusal } from "../ApiClient.ts"
import * as Transport from "./transport.ts"

/** What one request of a client came to. */
export type Outcome<A> = { readonly _tag: "decoded"; readonly value: A } | Failed

export interface Failed {
  readonly _tag: "failed"
  readonly problem: string
  /** It is certain that nothing was done. */
  readonly isUndone: boolean
  readonly status: number
  /** Of an answer that is no success. */
  readonly refusal?: Refusal
}

export const failed = (problem: string, isUndone: boolean): Failed => ({
  _tag: "failed",
  problem,
  isUndone,
  status: 0
})

export const refusedBy = (status: number, refusal: Refusal): Failed => ({
  _tag: "failed",
  problem: `HTTP ${status}${refusal.code === null ? "" : `, code ${refusal.code}`}`,
  isUndone: refusal.kind !== "unclear",
  status,
  refusal
})

/** One request and all of its answer. */
export const exchange = (
  http: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  timeoutMillis: number
) =>
  http.execute(request).pipe(
    Effect.flatMap(({ arrayBuffer, headers, status }) =>
      Effect.map(arrayBuffer, (bytes): Answer => ({ status, headers, body: Buffer.from(bytes) }))
    ),
    Effect.mapError((error) => failed(Transport.problemOf(error), Transport.isUnsent(error))),
    Effect.timeoutOrElse({
      duration: timeoutMillis,
      orElse: () => Effect.fail(failed("there was no answer in time", false))
    }),
    Effect.result,
    // Spans of a client hold addresses and headers; ours hold the name of the operation.
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
  )

// One request and its possible outcomes.
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Result from "effect/Result"
import * as Body from "./body.ts"
import type { Answer, ErrorResponse } from "./model.ts"
import { quiet } from "./quiet.ts"
import * as Transport from "./transport.ts"

/** The outcome of one request of a client. */
export type Outcome<A> = { readonly _tag: "decoded"; readonly value: A } | Failed

export interface Failed {
  readonly _tag: "failed"
  readonly problem: string
  /** It is certain that the service did nothing. */
  readonly isUndone: boolean
  readonly status: number
  /** The meaning of an error response. */
  readonly errorResponse?: ErrorResponse
  /** What to do if a retry does not help. */
  readonly remedy?: string
}

export const failed = (problem: string, isUndone: boolean, remedy?: string): Failed => ({
  _tag: "failed",
  problem,
  isUndone,
  status: 0,
  ...(remedy === undefined ? {} : { remedy })
})

export const failedWith = (status: number, errorResponse: ErrorResponse): Failed => ({
  _tag: "failed",
  problem: `HTTP ${status}${errorResponse.code === null ? "" : `, code ${errorResponse.code}`}`,
  isUndone: errorResponse.kind !== "unclear",
  status,
  errorResponse
})

export const isSuccess = (status: number): boolean => status >= 200 && status <= 299

/** Sends one request and reads all of its response, or the beginning of an error response. */
export const exchange = (
  http: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  {
    maxResponseBytes,
    requestTimeoutMillis
  }: { readonly maxResponseBytes: number; readonly requestTimeoutMillis: number }
): Effect.Effect<Result.Result<Answer, Failed>> =>
  HttpClient.withScope(http)
    .execute(request)
    .pipe(
      Effect.flatMap((response) => {
        const { headers, status } = response
        const body = isSuccess(status)
          ? Body.whole(response, maxResponseBytes)
          : Body.beginning(response, MOST_OF_ERROR)
        return Effect.map(body, (bytes) => ({ status, headers, body: bytes }))
      }),
      Effect.scoped,
      Effect.mapError((error) => failed(Transport.problemOf(error), Transport.isUnsent(error))),
      Effect.flatMap(({ body, ...answer }) =>
        body === undefined
          ? Effect.fail(tooLarge(`it has more than ${maxResponseBytes} bytes`))
          : Effect.succeed({ ...answer, body })
      ),
      // The timeout covers the whole exchange, so a body that arrives byte by byte gets no extra time.
      Effect.timeoutOrElse({
        duration: requestTimeoutMillis,
        orElse: () => Effect.fail(failed("there was no response in time", false))
      }),
      Effect.result,
      quiet
    )

/** Checks the body of a success before it is parsed, because a few bytes can be very many values. */
export const problemIn = (body: Uint8Array, maxResponseBytes: number): Failed | undefined => {
  if (Json.areBytesDeeper(body, MOST_LEVELS)) return failed("the response is nested too deeply", false)
  return Json.isTooHeavy(body, maxResponseBytes)
    ? tooLarge(`its values would take more than ${Json.mostWeight(maxResponseBytes)} bytes of memory`)
    : undefined
}

// internal

/** Enough for a code and a message; the rest is never shown. */
const MOST_OF_ERROR = 64 << 10

/** Documents of an API have fewer levels, and recursive code fails with many more. */
const MOST_LEVELS = 1000

const tooLarge = (how: string) =>
  failed(
    `the response is larger than maxResponseBytes allows: ${how}`,
    false,
    "Raise maxResponseBytes if you trust the service with that much memory."
  )

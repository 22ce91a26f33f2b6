// One request, and how it can end.
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Result from "effect/Result"
import * as Body from "./body.ts"
import type { Answer, ErrorResponse } from "./model.ts"
import { quiet } from "./quiet.ts"
import * as Transport from "./transport.ts"

/** What one request of a client came to. */
export type Outcome<A> = { readonly _tag: "decoded"; readonly value: A } | Failed

export interface Failed {
  readonly _tag: "failed"
  readonly problem: string
  /** It is certain that nothing was done. */
  readonly isUndone: boolean
  readonly status: number
  /** Of an error response. */
  readonly refusal?: ErrorResponse
  /** What to do where asking again does not help. */
  readonly remedy?: string
}

export const failed = (problem: string, isUndone: boolean, remedy?: string): Failed => ({
  _tag: "failed",
  problem,
  isUndone,
  status: 0,
  ...(remedy === undefined ? {} : { remedy })
})

export const refusedBy = (status: number, refusal: ErrorResponse): Failed => ({
  _tag: "failed",
  problem: `HTTP ${status}${refusal.code === null ? "" : `, code ${refusal.code}`}`,
  isUndone: refusal.kind !== "unclear",
  status,
  refusal
})

export const isSuccess = (status: number): boolean => status >= 200 && status <= 299

/** One request and all of its answer; of an error response as much as says why. */
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
          : Body.beginning(response, MOST_OF_REFUSAL)
        return Effect.map(body, (bytes) => ({ status, headers, body: bytes }))
      }),
      Effect.scoped,
      Effect.mapError((error) => failed(Transport.problemOf(error), Transport.isUnsent(error))),
      Effect.flatMap(({ body, ...answer }) =>
        body === undefined
          ? Effect.fail(tooLarge(`it has more than ${maxResponseBytes} bytes`))
          : Effect.succeed({ ...answer, body })
      ),
      // Of the whole exchange: a body that comes byte by byte has no more time than one that does not come.
      Effect.timeoutOrElse({
        duration: requestTimeoutMillis,
        orElse: () => Effect.fail(failed("there was no answer in time", false))
      }),
      Effect.result,
      quiet
    )

/** What is wrong with the body of a success, told before it is parsed: a few bytes can be very many values. */
export const problemIn = (body: Buffer, maxResponseBytes: number): Failed | undefined => {
  if (Json.areBytesDeeper(body, MOST_LEVELS)) return failed("the answer is nested too deep", false)
  return Json.isTooHeavy(body, maxResponseBytes)
    ? tooLarge(`its values would take more than ${Json.mostWeight(maxResponseBytes)} bytes of memory`)
    : undefined
}

// internal

/** A code and a message; what follows them is never shown. */
const MOST_OF_REFUSAL = 64 << 10

/** Documents of an API have fewer, and code that goes through values does not bear many more. */
const MOST_LEVELS = 1000

const tooLarge = (how: string) =>
  failed(
    `the answer is larger than maxResponseBytes allows: ${how}`,
    false,
    "Raise maxResponseBytes if the service is to be trusted with that much memory."
  )

// Responses of Stream's API: errors with their codes, and the headers of every response.
import { json } from "../../http/answers.ts"
import type { Answer } from "../../http/httpServer.ts"

export interface ErrorResponse {
  readonly code: number
  readonly message: string
  readonly status: number
}

export const errorResponse = (code: number, message: string): ErrorResponse => ({
  code,
  message,
  status: STATUS[code] ?? 400
})

export const rejected = ({ code, message, status }: ErrorResponse): Answer =>
  json(status, {
    code,
    message,
    StatusCode: status,
    duration: "0.00ms",
    more_info: "https://getstream.io/chat/docs/api_errors_response",
    details: [],
    ...(UNRECOVERABLE.has(code) ? { unrecoverable: true } : {})
  })

/** Errors of any call, for tests that request one. */
export const errorResponseOf = (code: number): ErrorResponse =>
  errorResponse(code, WORDS[code] ?? "The request was rejected")

// internal

const STATUS: Readonly<Record<number, number>> = {
  [-1]: 500,
  2: 401,
  3: 401,
  5: 401,
  9: 429,
  16: 404,
  17: 403,
  22: 413,
  23: 408,
  24: 431,
  40: 401,
  41: 401,
  42: 401,
  43: 401,
  99: 403
}

const UNRECOVERABLE: ReadonlySet<number> = new Set([99])

const WORDS: Readonly<Record<number, string>> = {
  [-1]: "Internal Server Error",
  2: "api_key not valid",
  3: "Authentication failed",
  5: "signature is not valid",
  9: "Too many requests, check response headers for more information.",
  16: "Can't find import",
  17: "Not allowed",
  22: "Payload too big",
  23: "Request timed out",
  43: "Token signature is invalid",
  69: "App is not in this region",
  99: "App suspended"
}

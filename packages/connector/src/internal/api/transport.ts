// Failures below HTTP, without addresses, because they may carry credentials.
import type * as HttpClientError from "effect/http/HttpClientError"

/** Describes a failure for users. */
export const problemOf = (error: HttpClientError.HttpClientError): string => {
  const { reason } = error
  if (reason._tag === "InvalidUrlError") return "the address is not valid"
  if (reason._tag !== "TransportError" && reason._tag !== "DecodeError")
    return "the response could not be read"
  const code = transportCodeOf(reason.cause)
  const what = reason._tag === "TransportError" ? "the connection failed" : "the response was cut off"
  return code === undefined ? what : `${what} (${code})`
}

/** Whether the request was never sent because there was no connection. */
export const isUnsent = ({ reason }: HttpClientError.HttpClientError): boolean =>
  reason._tag === "InvalidUrlError" ||
  (reason._tag === "TransportError" && NO_CONNECTION.has(transportCodeOf(reason.cause) ?? ""))

// internal

const NO_CONNECTION: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT"
])

const transportCodeOf = (cause: unknown): string | undefined =>
  codeOf(cause) ?? codeOf((cause as Error | undefined)?.cause)

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined

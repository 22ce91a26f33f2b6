// The client of Sendbird's API: adds the token and interprets error responses.
import { ApiClient } from "@chatferry/connector"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import { bufferOf } from "../bufferOf.ts"
import * as ErrorResponses from "./errorResponses.ts"
import * as RateLimit from "./rateLimit.ts"

export interface ClientSettings extends ApiClient.ClientSettings {
  readonly applicationId: string
  readonly apiToken: Redacted.Redacted
}

export const make = ({
  apiToken,
  applicationId,
  ...settings
}: ClientSettings): Effect.Effect<ApiClient.Client, never, HttpClient.HttpClient> =>
  ApiClient.make(settings, {
    name: "Sendbird",
    app: applicationId,
    span: "Sendbird",
    contentType: "application/json; charset=utf8",
    authorise: HttpClientRequest.setHeader("api-token", Redacted.value(apiToken)),
    errorResponseOf,
    waitAfter: RateLimit.waitAfter
  })

// internal

const errorResponseOf = (
  { body, headers, status }: ApiClient.Answer,
  now: number
): ApiClient.ErrorResponse => {
  const text = bufferOf(body).toString("utf8", 0, 4096)
  const code = codeIn(text)
  return {
    kind: ErrorResponses.kindOf(status, code),
    code,
    ...ErrorResponses.describe(status, code),
    retryAfter: RateLimit.retryAfter(headers, text, now)
  }
}

const codeIn = (body: string): number | null => {
  const [, digits] = /"code"\s*:\s*(\d{3,9})\b/u.exec(body) ?? []
  return digits === undefined ? null : Number(digits)
}

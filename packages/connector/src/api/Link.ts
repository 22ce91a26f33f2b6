/**
 * Sends requests to links that a service names: files to download and upload targets.
 *
 * `Addresses.judge` decides whether a link, and each redirect, is followed. With
 * `Addresses.guard` it is judged again when the connection is made.
 *
 * Credentials are never sent with these requests. The link is a credential itself,
 * so errors and spans never contain it.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { TaggedError } from "@chatferry/core/errors"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Scope from "effect/Scope"
import * as Body from "../internal/api/body.ts"
import { quiet } from "../internal/api/quiet.ts"
import { bufferOf } from "../internal/bufferOf.ts"
import * as Addresses from "./Addresses.ts"

/**
 * The error for a link that is not followed. A retry does not help.
 *
 * @category errors
 * @since 0.1.0
 */
export class LinkRejected extends Data.TaggedError("LinkRejected")<{
  readonly problem: string
  readonly hint: string
}> {
  static {
    TaggedError.shown(this)
  }

  override get message(): string {
    return `${this.problem}. ${this.hint}`
  }
}

/**
 * How a link is followed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** The base URL of the API that named the link. */
  readonly baseUrl: string
  /** How many consecutive redirects are followed. The next redirect is returned as the response. */
  readonly redirects: number
}

/**
 * Judges a link and sends a request to it. The unread rest of the response is
 * discarded when the scope closes.
 *
 * @category running
 * @since 0.1.0
 */
export const send = Effect.fnUntraced(function* (
  address: string,
  requestTo: (address: string) => HttpClientRequest.HttpClientRequest,
  { baseUrl, redirects }: Options
): Effect.fn.Return<
  HttpClientResponse.HttpClientResponse,
  HttpClientError.HttpClientError | LinkRejected,
  HttpClient.HttpClient | Scope.Scope
> {
  const http = HttpClient.withScope(yield* HttpClient.HttpClient)
  const scope = yield* Effect.scope
  let target = address
  for (let followed = 0; ; followed++) {
    const { connect, url } = yield* Effect.mapError(Addresses.judge(target, baseUrl), rejected)
    const hop = yield* Scope.fork(scope)
    const response = yield* connect(http.execute(requestTo(url.href))).pipe(
      Effect.catchTag("AddressRejected", (rejection) => Effect.fail(rejected(rejection))),
      quiet,
      Scope.provide(hop)
    )
    const { location } = response.headers
    if (followed >= redirects || !REDIRECTS.has(response.status) || location === undefined) return response
    yield* Scope.close(hop, Exit.void)
    if (!URL.canParse(location, url)) {
      return yield* rejected({ problem: "is redirected to something that is not an address" })
    }
    target = new URL(location, url).href
  }
})

/**
 * Reads the beginning of a response as text, at most 64 KiB, to find an error code in it.
 *
 * @category running
 * @since 0.1.0
 */
export const textOf = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<string, HttpClientError.HttpClientError> =>
  Effect.map(Body.beginning(response, MOST_TEXT), (bytes) => bufferOf(bytes).toString("utf8"))

// internal

const MOST_TEXT = 64 << 10

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const rejected = ({ problem }: Pick<Addresses.Rejected, "problem">) =>
  new LinkRejected({
    problem: `the link that the service gave ${problem}`,
    hint: "Only https links to public addresses are followed, or links to the same kind of address as baseUrl. If you trust the link, ask the operator of the service for an https link to a public address."
  })

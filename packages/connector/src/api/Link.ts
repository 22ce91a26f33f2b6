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
/**
 * An address that a service names: a file to fetch, a place to upload to.
 *
 * `Addresses.judge` says whether it is followed, for each redirect too; with
 * `Addresses.guard` it is judged where the connection is made as well.
 *
 * No credentials go with these requests: the address is one of its own, and so
 * it is in no error and no span.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Addresses from "./Addresses.ts"

/**
 * The address is not followed. Asking again does not help.
 *
 * @category errors
 * @since 0.1.0
 */
export class LinkRefused extends Data.TaggedError("LinkRefused")<{
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
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Of the API that named the address. */
  readonly baseUrl: string
  /** How many redirects are followed, one after the other; those after them, and without any the first one, are the answer. */
  readonly redirects: number
}

/**
 * Makes a request to an address, once it is judged. What is left of the answer
 * is thrown away when the scope closes.
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
  HttpClientError.HttpClientError | LinkRefused,
  HttpClient.HttpClient | Scope.Scope
> {
  const http = HttpClient.withScope(yield* HttpClient.HttpClient)
  const scope = yield* Effect.scope
  let target = address
  for (let followed = 0; ; followed++) {
    const { connect, url } = yield* Effect.mapError(Addresses.judge(target, baseUrl), refused)
    const hop = yield* Scope.fork(scope)
    const response = yield* connect(http.execute(requestTo(url.href))).pipe(
      Effect.catchTag("AddressRefused", (refusal) => Effect.fail(refused(refusal))),
      quiet,
      Scope.provide(hop)
    )
    const { location } = response.headers
    if (followed >= redirects || !REDIRECTS.has(response.status) || location === undefined) return response
    yield* Scope.close(hop, Exit.void)
    if (!URL.canParse(location, url)) {
      return yield* refused({ problem: "is redirected to something that is no address" })
    }
    target = new URL(location, url).href
  }
})

/**
 * The beginning of an answer, at most 64 KiB: for the code in an error.
 *
 * @category running
 * @since 0.1.0
 */
export const textOf = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<string, HttpClientError.HttpClientError> =>
  Effect.map(Body.beginning(response, MOST_TEXT), (bytes) => bytes.toString("utf8"))

// internal

const MOST_TEXT = 64 << 10

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const refused = ({ problem }: Pick<Addresses.Refused, "problem">) =>
  new LinkRefused({
    problem: `the link that the service gave ${problem}`,
    hint: "Links are followed to https and to public addresses only, or to the same kind as that of baseUrl. If the link is to be trusted, ask whoever runs the service for one that is."
  })

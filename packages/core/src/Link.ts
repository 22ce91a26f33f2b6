/**
 * An address that a service names: a file to fetch, a place to upload to.
 *
 * It must be https, or http where the base URL is; it has no user and no
 * password; and it is not on this machine or in a private network unless the
 * base URL is. That is judged by the URL and by all addresses that its name has,
 * for each redirect too; with `Addresses.guard` where the connection is made as
 * well. Only addresses of the base URL's own origin are taken as they are.
 *
 * No credentials go with these requests: the address is one of its own, and so
 * it is in no error and no span.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Scope from "effect/Scope"
import { Resolver } from "./Addresses.ts"
import { isLocalhost, type Kind, kindOf, literalIn } from "./internal/addresses/kinds.ts"
import { Reach, refusalIn } from "./internal/addresses/reach.ts"
import * as Body from "./internal/body.ts"
import { quiet } from "./internal/quiet.ts"
import { shown } from "./TaggedError.ts"

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
    shown(this)
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
export const send = (
  address: string,
  requestTo: (address: string) => HttpClientRequest.HttpClientRequest,
  { baseUrl, redirects }: Options
): Effect.Effect<
  HttpClientResponse.HttpClientResponse,
  HttpClientError.HttpClientError | LinkRefused,
  HttpClient.HttpClient | Scope.Scope
> =>
  Effect.gen(function* () {
    const http = HttpClient.withScope(yield* HttpClient.HttpClient)
    const scope = yield* Effect.scope
    let target = address
    for (let followed = 0; ; followed++) {
      const { reach, url } = yield* judged(target, baseUrl)
      const hop = yield* Scope.fork(scope)
      const response = yield* http.execute(requestTo(url.href)).pipe(
        Effect.provideService(Reach, reach),
        Effect.mapError((error) => {
          const refusal = refusalIn(error.reason.cause)
          return refusal === undefined ? error : refusedFor(refusal.kind)
        }),
        quiet,
        Scope.provide(hop)
      )
      const { location } = response.headers
      if (followed >= redirects || !REDIRECTS.has(response.status) || location === undefined) return response
      yield* Scope.close(hop, Exit.void)
      if (!URL.canParse(location, url)) return yield* refused("is redirected to something that is no address")
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

/** What a base URL of the same kind lets through. */
const LOCAL: ReadonlySet<Kind> = new Set(["loopback", "link-local", "private"])

/** Whether an address may be asked, and where its connection may go. */
const judged = (
  address: string,
  baseUrl: string
): Effect.Effect<{ readonly url: URL; readonly reach: Reach }, LinkRefused> =>
  Effect.gen(function* () {
    if (!URL.canParse(address)) return yield* refused("is no address")
    const [url, base] = [new URL(address), new URL(baseUrl)]
    const isHttp = url.protocol === "http:"
    if (isHttp ? base.protocol !== "http:" : url.protocol !== "https:") {
      return yield* refused("is not https")
    }
    if (url.username !== "" || url.password !== "") return yield* refused("has a user or a password in it")
    if (url.origin === base.origin) return { url, reach: undefined }
    const outside = (yield* kindsOf(url.hostname)).filter((kind) => kind !== "public")
    if (outside.length === 0) return { url, reach: new Set<Kind>(["public"]) }
    const allowed = yield* localKindsOf(base.hostname)
    const refusedKind = outside.find((kind) => !allowed.has(kind))
    if (refusedKind !== undefined) return yield* refusedFor(refusedKind)
    return { url, reach: new Set<Kind>(["public", ...allowed]) }
  })

/** Of all addresses of a host. A name that has none cannot be connected to either. */
const kindsOf = (hostname: string): Effect.Effect<ReadonlyArray<Kind>> => {
  const literal = literalIn(hostname)
  if (literal !== undefined) return Effect.succeed([kindOf(literal)])
  if (isLocalhost(hostname)) return Effect.succeed(["loopback"])
  return Effect.flatMap(Resolver, (resolve) => Effect.map(resolve(hostname), (found) => found.map(kindOf)))
}

/** A base URL that is public with one of its addresses opens nothing. */
const localKindsOf = (hostname: string): Effect.Effect<ReadonlySet<Kind>> =>
  Effect.map(kindsOf(hostname), (kinds) => new Set(kinds.every((kind) => LOCAL.has(kind)) ? kinds : []))

const refused = (problem: string) =>
  new LinkRefused({
    problem: `the link that the service gave ${problem}`,
    hint: "Links are followed to https and to public addresses only, or to the same kind as that of baseUrl. If the link is to be trusted, ask whoever runs the service for one that is."
  })

const refusedFor = (kind: Kind) => refused(`leads to ${ARTICLE[kind] ?? "a"} ${kind} address`)

const ARTICLE: Partial<Record<Kind, string>> = { unspecified: "an" }

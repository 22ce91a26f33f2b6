// Whether an address that a service names may be asked, and where its connection may go.
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import { isLocalhost, type Kind, kindOf, literalIn } from "./kinds.ts"
import { Reach, refusalIn, Refused, refusedFor } from "./reach.ts"
import { Resolver } from "./resolve.ts"

/**
 * An address that may be asked.
 *
 * @category models
 * @since 0.1.0
 */
export interface Judged {
  readonly url: URL
  /** Makes the request: a client of `guard` connects only where this address may lead. */
  readonly connect: <A, R>(
    request: Effect.Effect<A, HttpClientError.HttpClientError, R>
  ) => Effect.Effect<A, HttpClientError.HttpClientError | Refused, R>
}

export const judged = Effect.fnUntraced(function* (
  address: string,
  baseUrl: string
): Effect.fn.Return<Judged, Refused> {
  if (!URL.canParse(address)) return yield* new Refused({ problem: "is no address" })
  const [url, base] = [new URL(address), new URL(baseUrl)]
  const isHttp = url.protocol === "http:"
  if (isHttp ? base.protocol !== "http:" : url.protocol !== "https:") {
    return yield* new Refused({ problem: "is not https" })
  }
  if (url.username !== "" || url.password !== "") {
    return yield* new Refused({ problem: "has a user or a password in it" })
  }
  if (url.origin === base.origin) return within(url, undefined)
  const outside = (yield* kindsOf(url.hostname)).filter((kind) => kind !== "public")
  if (outside.length === 0) return within(url, new Set<Kind>(["public"]))
  const allowed = yield* localKindsOf(base.hostname)
  const refusedKind = outside.find((kind) => !allowed.has(kind))
  if (refusedKind !== undefined) return yield* refusedFor(refusedKind)
  return within(url, new Set<Kind>(["public", ...allowed]))
})

// internal

/** What a base URL of the same kind lets through. */
const LOCAL: ReadonlySet<Kind> = new Set(["loopback", "link-local", "private"])

const within = (url: URL, reach: Reach): Judged => ({
  url,
  connect: (request) =>
    request.pipe(
      Effect.provideService(Reach, reach),
      Effect.mapError((error) => {
        const refusal = refusalIn(error.reason.cause)
        return refusal === undefined ? error : refusedFor(refusal.kind)
      })
    )
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

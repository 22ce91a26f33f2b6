// Decides whether an address that a service names may be requested, and where its connection may go.
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import { isLocalhost, type Kind, kindOf, literalIn } from "./kinds.ts"
import { Reach, rejectionIn, Rejected, rejectedFor } from "./reach.ts"
import { Resolver } from "./resolve.ts"

/**
 * An address that may be requested.
 *
 * @category models
 * @since 0.1.0
 */
export interface Judged {
  readonly url: URL
  /** Makes the request. A client from `guard` connects only to the allowed kinds of addresses. */
  readonly connect: <A, R>(
    request: Effect.Effect<A, HttpClientError.HttpClientError, R>
  ) => Effect.Effect<A, HttpClientError.HttpClientError | Rejected, R>
}

export const judged = Effect.fnUntraced(function* (
  address: string,
  baseUrl: string
): Effect.fn.Return<Judged, Rejected> {
  if (!URL.canParse(address)) return yield* new Rejected({ problem: "is not an address" })
  const [url, base] = [new URL(address), new URL(baseUrl)]
  const isHttp = url.protocol === "http:"
  if (isHttp ? base.protocol !== "http:" : url.protocol !== "https:") {
    return yield* new Rejected({ problem: "is not https" })
  }
  if (url.username !== "" || url.password !== "") {
    return yield* new Rejected({ problem: "has a user or a password in it" })
  }
  if (url.origin === base.origin) return within(url, undefined)
  const outside = (yield* kindsOf(url.hostname)).filter((kind) => kind !== "public")
  if (outside.length === 0) return within(url, new Set<Kind>(["public"]))
  const allowed = yield* localKindsOf(base.hostname)
  const rejectedKind = outside.find((kind) => !allowed.has(kind))
  if (rejectedKind !== undefined) return yield* rejectedFor(rejectedKind)
  return within(url, new Set<Kind>(["public", ...allowed]))
})

// internal

/** Kinds that are allowed if all addresses of the base URL have such kinds. */
const LOCAL: ReadonlySet<Kind> = new Set(["loopback", "link-local", "private"])

const within = (url: URL, reach: Reach): Judged => ({
  url,
  connect: (request) =>
    request.pipe(
      Effect.provideService(Reach, reach),
      Effect.mapError((error) => {
        const rejection = rejectionIn(error.reason.cause)
        return rejection === undefined ? error : rejectedFor(rejection.kind)
      })
    )
})

/** The kinds of all addresses of a host. A name without addresses cannot be connected to. */
const kindsOf = (hostname: string): Effect.Effect<ReadonlyArray<Kind>> => {
  const literal = literalIn(hostname)
  if (literal !== undefined) return Effect.succeed([kindOf(literal)])
  if (isLocalhost(hostname)) return Effect.succeed(["loopback"])
  return Effect.flatMap(Resolver, (resolve) => Effect.map(resolve(hostname), (found) => found.map(kindOf)))
}

/** A base URL with at least one public address allows no local kinds. */
const localKindsOf = (hostname: string): Effect.Effect<ReadonlySet<Kind>> =>
  Effect.map(kindsOf(hostname), (kinds) => new Set(kinds.every((kind) => LOCAL.has(kind)) ? kinds : []))

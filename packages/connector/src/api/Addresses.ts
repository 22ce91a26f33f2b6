/**
 * Keeps requests away from addresses that a service has no business to name.
 *
 * A service gives links to files and places to upload to, and may redirect
 * them. Connectors `judge` each by its URL and by what its name resolves to; that
 * is on in any case. A name can resolve to something else a moment later, so
 * `guard` judges the addresses again where the connection is made. Requests to
 * the address that a program's own settings name are not judged.
 *
 * Not covered: a proxy between, which connects by itself, and clients that
 * cannot be given a `lookup`, such as `fetch`.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { type Judged, judged } from "../internal/addresses/judged.ts"
import { type Kind as AnyKind, kindOf as kindOfAddress } from "../internal/addresses/kinds.ts"
import { AddressRefused, Reach, type Refused } from "../internal/addresses/reach.ts"
import { type Resolve, Resolver } from "../internal/addresses/resolve.ts"

/**
 * What kind of address an IP address is. `private` has RFC 1918, carrier-grade
 * NAT and unique local addresses; `reserved` is all that is neither public nor
 * of another kind.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind = AnyKind

export {
  /**
   * How the addresses of a name are found; the system's resolver by default. It
   * gives none for a name that has none, and does not fail.
   *
   * @category services
   * @since 0.1.0
   */
  Resolver
} from "../internal/addresses/resolve.ts"

/**
 * The `lookup` that Node's sockets take, and so do Undici's and Node's agents.
 *
 * @category models
 * @since 0.1.0
 */
export type Lookup = (
  hostname: string,
  options: { readonly all?: boolean | undefined; readonly family?: number | string | undefined },
  callback: (
    error: Error | null,
    address: string | Array<{ readonly address: string; readonly family: number }>,
    family?: number
  ) => void
) => void

/**
 * The kind of an IP address, also of an IPv4 address that is written as an IPv6
 * one. What is not an IP address is `reserved`.
 *
 * @category operations
 * @since 0.1.0
 */
export const kindOf = (address: string): Kind => kindOfAddress(address)

export {
  /**
   * An address is not asked, or not connected to. `problem` is what the address does
   * or is: "is not https", "leads to a private address".
   *
   * @category errors
   * @since 0.1.0
   */
  Refused
} from "../internal/addresses/reach.ts"

export type { Judged } from "../internal/addresses/judged.ts"

/**
 * Judges an address that a service names, whose API is at `baseUrl`.
 *
 * It must be https, or http where the base URL is; it has no user and no
 * password; and none of its addresses is on this machine or in a private network
 * unless the base URL is. One of the base URL's own origin is taken as it is.
 *
 * @category operations
 * @since 0.1.0
 */
export const judge = (address: string, baseUrl: string): Effect.Effect<Judged, Refused> =>
  judged(address, baseUrl)

/**
 * Makes a client that judges addresses where it connects, from one that can be
 * given a `lookup`:
 * `Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))`.
 *
 * Connections of links are kept apart from those of the API.
 *
 * @category layers
 * @since 0.1.0
 */
export const guard = <E, R>(
  clientWith: (lookup: Lookup) => Layer.Layer<HttpClient.HttpClient, E, R>
): Layer.Layer<HttpClient.HttpClient, E, R> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const resolve = yield* Resolver
      const context = yield* Effect.context<R>()
      const scope = yield* Effect.scope
      const building = yield* Semaphore.make(1)
      const clients = new Map<string, HttpClient.HttpClient>()
      // Fresh, because a layer that was built with another lookup would be taken for this one.
      const build = (reach: Reach) =>
        Layer.buildWithScope(Layer.fresh(clientWith(lookupWithin(resolve, reach))), scope).pipe(
          Effect.provideContext(context),
          Effect.map((built) => Context.get(built, HttpClient.HttpClient))
        )
      // The one for the API is made at once, so that what cannot be made fails here.
      clients.set(keyOf(undefined), yield* build(undefined))
      const clientFor = (reach: Reach) =>
        Effect.gen(function* () {
          const key = keyOf(reach)
          const known = clients.get(key)
          if (known !== undefined) return known
          const made = yield* Effect.orDie(build(reach))
          clients.set(key, made)
          return made
        }).pipe(building.withPermits(1))
      return HttpClient.makeWith<
        HttpClientError.HttpClientError,
        never,
        HttpClientError.HttpClientError,
        never
      >(
        Effect.flatMap((request) =>
          Effect.gen(function* () {
            const client = yield* clientFor(yield* Reach)
            return yield* client.execute(request)
          })
        ),
        Effect.succeed
      )
    })
  )

// internal

const keyOf = (reach: Reach) => (reach === undefined ? "any" : Array.from(reach).toSorted().join(" "))

/** One address that is not within reach refuses the name: which of its addresses is taken is not ours to say. */
const lookupWithin =
  (resolve: Resolve, reach: Reach): Lookup =>
  (hostname, { all, family }, callback) => {
    Effect.runCallback(resolve(hostname), {
      onExit: (exit) => {
        const found = (exit._tag === "Success" ? exit.value : []).map((address) => ({
          address,
          family: address.includes(":") ? 6 : 4
        }))
        const refused = found
          .map(({ address }) => kindOfAddress(address))
          .find((kind) => !isWithin(kind, reach))
        if (refused !== undefined) return callback(new AddressRefused(refused), [])
        const wanted = found.filter(
          (one) => !FAMILIES.has(family) || String(one.family) === String(family).at(-1)
        )
        const [first] = wanted
        if (first === undefined) return callback(notFound(hostname), [])
        return all === true ? callback(null, wanted) : callback(null, first.address, first.family)
      }
    })
  }

const isWithin = (kind: Kind, reach: Reach) => reach === undefined || reach.has(kind)

const FAMILIES: ReadonlySet<unknown> = new Set([4, 6, "IPv4", "IPv6"])

const notFound = (hostname: string) =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname
  })

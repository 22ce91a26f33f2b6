/**
 * Protects against server-side request forgery through addresses that a service names.
 *
 * A service returns links to files and upload targets, and may redirect requests
 * for them. Connectors always `judge` each address by its URL and by the IP
 * addresses that its host name resolves to. A name can resolve to something else
 * a moment later, so `guard` checks again when the connection is made. Requests
 * to the base URL in a program's own settings are not checked.
 *
 * Not covered: proxies, which connect by themselves, and clients that do not
 * accept a `lookup`, such as `fetch`.
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
import { AddressRejected, Reach, type Rejected } from "../internal/addresses/reach.ts"
import { type Resolve, Resolver } from "../internal/addresses/resolve.ts"

/**
 * The kind of an IP address. `private` covers RFC 1918, carrier-grade NAT and
 * unique local addresses. `reserved` covers every address that is neither public
 * nor of another kind.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind = AnyKind

export {
  /**
   * Resolves a host name to its addresses, with the system's resolver by default.
   * It returns an empty list for a name without addresses and never fails.
   *
   * @category services
   * @since 0.1.0
   */
  Resolver
} from "../internal/addresses/resolve.ts"

/**
 * The `lookup` option of Node's sockets, which Undici's and Node's agents also accept.
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
 * Returns the kind of an IP address, including IPv4 addresses embedded in IPv6
 * ones. A text that is not an IP address is `reserved`.
 *
 * @category operations
 * @since 0.1.0
 */
export const kindOf = (address: string): Kind => kindOfAddress(address)

export {
  /**
   * The error for an address that is not requested or not connected to. `problem` is
   * a predicate of the address: "is not https", "leads to a private address".
   *
   * @category errors
   * @since 0.1.0
   */
  Rejected
} from "../internal/addresses/reach.ts"

export type { Judged } from "../internal/addresses/judged.ts"

/**
 * Judges an address that was named by the service whose API is at `baseUrl`.
 *
 * The address must use https, or http if the base URL does. It must not contain a
 * user or a password. None of its IP addresses may be on this machine or in a
 * private network unless the base URL is there too. An address with the base
 * URL's own origin is accepted as it is.
 *
 * @category operations
 * @since 0.1.0
 */
export const judge = (address: string, baseUrl: string): Effect.Effect<Judged, Rejected> =>
  judged(address, baseUrl)

/**
 * Wraps a client that accepts a `lookup` so that it judges addresses when it connects:
 * `Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))`.
 *
 * Links do not share connections with the API.
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
      // Fresh, so that a memoized layer with another lookup is not reused.
      const build = (reach: Reach) =>
        Layer.buildWithScope(Layer.fresh(clientWith(lookupWithin(resolve, reach))), scope).pipe(
          Effect.provideContext(context),
          Effect.map((built) => Context.get(built, HttpClient.HttpClient))
        )
      // The client for the API is built at once, so that a layer that fails does so here.
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

/** A single address out of reach rejects the name, because Node chooses which address it connects to. */
const lookupWithin =
  (resolve: Resolve, reach: Reach): Lookup =>
  (hostname, { all, family }, callback) => {
    Effect.runCallback(resolve(hostname), {
      onExit: (exit) => {
        const found = (exit._tag === "Success" ? exit.value : []).map((address) => ({
          address,
          family: address.includes(":") ? 6 : 4
        }))
        const rejected = found
          .map(({ address }) => kindOfAddress(address))
          .find((kind) => !isWithin(kind, reach))
        if (rejected !== undefined) return callback(new AddressRejected(rejected), [])
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

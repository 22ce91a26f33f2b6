/**
 * A Sendbird to test against: the data export API and the lists of the Platform
 * API, over a made-up application, on the loopback interface.
 *
 * Real HTTP and real zips. Exports take time, links are signed and expire, rate
 * limits have their headers, and requests go wrong as often as wished or on
 * command. The same requests in the same order meet the same answers and
 * faults; an export that is asked for again is the same bytes.
 *
 * Time is that of the clock of the effect that starts it, so that a test clock
 * makes links expire. Data does not change while it runs.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { SECRET } from "../internal/generator/users.ts"
import { listen } from "../internal/http/httpServer.ts"
import { rateLimit } from "../internal/http/rateLimit.ts"
import * as Schemas from "../internal/options.ts"
import { DAY } from "../internal/random/time.ts"
import { api as makeApi } from "../internal/sendbird/api/api.ts"
import { type Export, exports as makeExports } from "../internal/sendbird/api/exports.ts"
import { type Fault as AnyFault, faults as makeFaults, kinds } from "../internal/sendbird/api/faults.ts"
import { links as makeLinks } from "../internal/sendbird/api/links.ts"
import { defaultLimits } from "../internal/sendbird/api/parameters.ts"
import { app as makeApp, type Selection as AppSelection } from "../internal/sendbird/generator/app.ts"
import type * as SendbirdExport from "./SendbirdExport.ts"

/**
 * What can go wrong.
 *
 * - `rateLimited`: HTTP 429 with a fraction of a second to wait, in the header with and without its unit in turn
 * - `serverError`: HTTP 500 with code 500901 and HTTP 503 with HTML in turn; of the file server, HTTP 503 with XML
 * - `cutBody`: the connection ends after half of the body
 * - `slowBody`: the body comes in pieces, within `slowMillis` longer
 * - `truncatedZip`: the last third is missing, and the head agrees
 * - `wrongLength`: all of the zip comes, and the head says more
 * - `lostResponse`: registered, but the connection ends instead of an answer
 * - `lostExport`: when the export is due, the API does not know it (400201)
 * - `failedExport`: the export ends as `failed`
 * - `htmlInsteadOfZip`: HTTP 200 with a page
 * - `expiredLink`: the link is worth nothing from then on; a new one is
 * - `expiredPageToken`: code 400109 for a page after the first
 *
 * @category models
 * @since 0.1.0
 */
export type Fault = AnyFault

/**
 * All faults.
 *
 * @category models
 * @since 0.1.0
 */
export const faults: ReadonlyArray<Fault> = kinds

/**
 * What to emulate. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** What the application holds. Default that of `SendbirdExport`. */
  readonly data?: SendbirdExport.Options | undefined
  /** Default a made-up one. */
  readonly applicationId?: string | undefined
  /** Default one that contains `SendbirdExport.secret`, as the signatures of links do. */
  readonly apiToken?: string | undefined
  /** Port of the API; the file server takes another one. Default any free one. */
  readonly port?: number | undefined
  /** The application's time in milliseconds when it starts. Default the end of its data. */
  readonly now?: number | undefined
  /** Looks at an export until it is done. Default 2: exporting, then done. */
  readonly exportPolls?: number | undefined
  /** How long a link can be used, in milliseconds; links end on whole seconds. Default 7 days. */
  readonly linkMillis?: number | undefined
  /** How long the file of an export that is done is there (`file.expires_at`), in milliseconds. Default 7 days. */
  readonly fileMillis?: number | undefined
  /** Calls of the API in each period of so many seconds. Default 36000 in 60. */
  readonly rateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** The filter with which a window of messages may have 186 days instead of 7. Default `user_ids`, as documented. */
  readonly longWindowsWith?: "user_ids" | "sender_ids" | undefined
  /** Shares of at least 0 and at most 1 of the requests that a fault can befall. Default none. */
  readonly faults?: Readonly<Partial<Record<Fault, number>>> | undefined
  /** After so many faults in a row, the same request succeeds. Default 3. */
  readonly faultsInARow?: number | undefined
  /** Seed of faults, ids and signatures. Default that of the data. */
  readonly seed?: number | undefined
  /** How long a slow body pauses in all, in milliseconds of real time. Default 200. */
  readonly slowMillis?: number | undefined
}

/**
 * What an export asks for.
 *
 * @category models
 * @since 0.1.0
 */
export type Selection = AppSelection

/**
 * An export that a client registered.
 *
 * @category models
 * @since 0.1.0
 */
export interface Registration {
  readonly requestId: string
  readonly dataType: "messages" | "channels" | "users" | "failed_webhooks"
  readonly startTs: number
  readonly endTs: number
  readonly format: "json" | "csv"
  /** What was asked, with every default. */
  readonly selection: Selection
  readonly createdAt: number
  /** The wire's words; `lost` when the API knows it no more. */
  readonly status: "scheduled" | "exporting" | "done" | "no data" | "failed" | "lost"
}

/**
 * An emulator that runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Emulator {
  /** Such as `http://127.0.0.1:40123/v3`. */
  readonly baseUrl: string
  /** Where the links to files lead, such as `http://127.0.0.1:40124`. */
  readonly fileUrl: string
  readonly applicationId: string
  readonly apiToken: string
  /** All data was created from here, before `to`; in milliseconds. */
  readonly from: number
  readonly to: number
  /** The application's time in milliseconds. */
  readonly now: () => number
  /** What a reader of all exports and of the Platform API must find; makes everything once more. */
  readonly truth: () => SendbirdExport.Truth
  /** What a reader of all exports alone must find. */
  readonly exportTruth: () => SendbirdExport.Truth
  /** In their order. */
  readonly registrations: () => ReadonlyArray<Registration>
  /** Those made while an equal one was of use: neither failed nor lost, and its file not gone. */
  readonly doubleRegistrations: () => ReadonlyArray<Registration>
  /** How often each call was made, such as `GET /users`; faults and refusals count too. */
  readonly requests: () => Readonly<Record<string, number>>
  readonly faultsGiven: () => Readonly<Record<Fault, number>>
  /** The next `times` requests that it can befall have the fault. */
  readonly failNext: (fault: Fault, times?: number) => Effect.Effect<void>
  /** The next `times` calls of the API are refused with this Sendbird code. */
  readonly refuseNext: (code: number, times?: number) => Effect.Effect<void>
}

/**
 * Starts an emulator; it stops when the scope closes. Wrong options are a defect.
 *
 * @category running
 * @since 0.1.0
 */
export const start = Effect.fnUntraced(function* (
  options: Options = {}
): Effect.fn.Return<Emulator, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  Schemas.judge(Schemas.SendbirdEmulator, options)
  const app = makeApp(options.data)
  const now = yield* applicationTime(options.now ?? app.to)
  const seed = options.seed ?? options.data?.seed ?? 1
  const apiToken = options.apiToken ?? `${SECRET}-api-token-of-the-emulator`
  const serving = { slowMillis: options.slowMillis ?? 200 }

  const faults = makeFaults({ seed, shares: options.faults ?? {}, inARow: options.faultsInARow ?? 3 })
  const exports = yield* makeExports({
    app,
    seed,
    now,
    polls: options.exportPolls ?? 2,
    fileMillis: options.fileMillis ?? 7 * DAY
  })
  let fileUrl = ""
  let fileRequests = 0
  const links = makeLinks({
    exports,
    faults,
    seed,
    now,
    linkMillis: options.linkMillis ?? 7 * DAY,
    origin: () => fileUrl
  })
  const api = makeApi({
    app,
    apiToken,
    exports,
    faults,
    links,
    now,
    limits: { ...defaultLimits, longWindowsWith: options.longWindowsWith ?? defaultLimits.longWindowsWith },
    rateLimit: rateLimit(options.rateLimit ?? { calls: 36_000, seconds: 60 }, now)
  })
  const filePort = yield* listen({ ...serving, port: 0 }, (request) => {
    fileRequests++
    return links.answer(request)
  })
  fileUrl = `http://127.0.0.1:${filePort}`
  const apiPort = yield* listen({ ...serving, port: options.port ?? 0 }, api.answer)

  return {
    baseUrl: `http://127.0.0.1:${apiPort}/v3`,
    fileUrl,
    applicationId: options.applicationId ?? "00000000-0000-4000-8000-000000000000",
    apiToken,
    from: app.from,
    to: app.to,
    now,
    truth: app.truth,
    exportTruth: app.exportTruth,
    registrations: () => exports.all().map(registration),
    doubleRegistrations: () => exports.doubles().map(registration),
    requests: () => ({ ...api.requests(), ...(fileRequests === 0 ? {} : { "GET file": fileRequests }) }),
    faultsGiven: faults.given,
    failNext: (fault, times = 1) => Effect.sync(() => faults.next(fault, times)),
    refuseNext: (code, times = 1) => Effect.sync(() => api.refuseNext(code, times))
  }
})

// internal

const applicationTime = (start: number): Effect.Effect<() => number> =>
  Effect.map(Clock.Clock, (clock) => {
    const started = clock.currentTimeMillisUnsafe()
    return () => start + clock.currentTimeMillisUnsafe() - started
  })

const registration = ({ createdAt, requestId, selection, status }: Export): Registration => ({
  requestId,
  dataType: selection.dataType,
  startTs: selection.startTs,
  endTs: selection.endTs,
  format: selection.format,
  selection,
  createdAt,
  status
})

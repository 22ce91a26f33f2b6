/**
 * An emulated Sendbird for tests: the data export API and the lists of the Platform
 * API, over a generated application, on the loopback interface.
 *
 * It uses real HTTP and real zips. Exports take time, links are signed and expire,
 * responses have rate limit headers, and requests fail at a given rate or on
 * command. The same requests in the same order get the same responses and
 * faults; a repeated export has the same bytes.
 *
 * Its time is the clock of the effect that starts it, so that a test clock can
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
 * - `rateLimited`: HTTP 429 with a fraction of a second to wait, alternating between a header with and without its unit
 * - `serverError`: HTTP 500 with code 500901 and HTTP 503 with HTML, alternating; of the file server, HTTP 503 with XML
 * - `cutBody`: the connection ends after half of the body
 * - `slowBody`: the body comes in pieces, `slowMillis` later at most
 * - `truncatedZip`: the last third is missing, and `Content-Length` agrees
 * - `wrongLength`: the whole zip comes, and `Content-Length` is larger
 * - `lostResponse`: the export is registered, but the connection ends instead of a response
 * - `lostExport`: when the export is due, the API does not know it (400201)
 * - `failedExport`: the export ends as `failed`
 * - `htmlInsteadOfZip`: HTTP 200 with HTML
 * - `expiredLink`: the link is invalid from then on; a new one is valid
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
  /** The data of the application. @default that of `SendbirdExport` */
  readonly data?: SendbirdExport.Options | undefined
  /** Id of the application. @default a generated one */
  readonly applicationId?: string | undefined
  /** API token. @default one that contains `SendbirdExport.secret`, as the signatures of links do */
  readonly apiToken?: string | undefined
  /** Port of the API; the file server uses another one. @default any free port */
  readonly port?: number | undefined
  /** The application's time at the start, in milliseconds. @default the end of its data */
  readonly now?: number | undefined
  /** Number of status requests until an export is done. @default 2: exporting, then done */
  readonly exportPolls?: number | undefined
  /** Lifetime of a link, in milliseconds; links expire on whole seconds. @default 7 days */
  readonly linkMillis?: number | undefined
  /** Lifetime of the file of a completed export (`file.expires_at`), in milliseconds. @default 7 days */
  readonly fileMillis?: number | undefined
  /** Number of API calls per period of the given seconds. @default 36000 in 60 */
  readonly rateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** The filter with which a window of messages may have 186 days instead of 7. @default `user_ids`, as documented */
  readonly longWindowsWith?: "user_ids" | "sender_ids" | undefined
  /** Share of the eligible requests with each fault, from 0 to 1. @default none */
  readonly faults?: Readonly<Partial<Record<Fault, number>>> | undefined
  /** After this many faults in a row, the same request succeeds. @default 3 */
  readonly faultsInARow?: number | undefined
  /** Seed of faults, ids and signatures. @default that of the data */
  readonly seed?: number | undefined
  /** Total pause of a slow body, in milliseconds of real time. @default 200 */
  readonly slowMillis?: number | undefined
}

/**
 * The parameters of an export.
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
  /** The parameters, including every default. */
  readonly selection: Selection
  readonly createdAt: number
  /** Sendbird's statuses; `lost` once the API no longer knows the export. */
  readonly status: "scheduled" | "exporting" | "done" | "no data" | "failed" | "lost"
}

/**
 * A running emulator.
 *
 * @category models
 * @since 0.1.0
 */
export interface Emulator {
  /** Such as `http://127.0.0.1:40123/v3`. */
  readonly baseUrl: string
  /** Base URL of the links to files, such as `http://127.0.0.1:40124`. */
  readonly fileUrl: string
  readonly applicationId: string
  readonly apiToken: string
  /** All data was created from `from` on and before `to`; in milliseconds. */
  readonly from: number
  readonly to: number
  /** The application's time in milliseconds. */
  readonly now: () => number
  /** What a reader of all exports and of the Platform API must find; generates everything again. */
  readonly truth: () => SendbirdExport.Truth
  /** What a reader of all exports alone must find. */
  readonly exportTruth: () => SendbirdExport.Truth
  /** In the order of registration. */
  readonly registrations: () => ReadonlyArray<Registration>
  /** Registrations while an equal export was usable: not failed or lost, and its file still available. */
  readonly doubleRegistrations: () => ReadonlyArray<Registration>
  /** Number of calls by name, such as `GET /users`; faults and error responses count too. */
  readonly requests: () => Readonly<Record<string, number>>
  readonly faultsGiven: () => Readonly<Record<Fault, number>>
  /** Gives the next `times` eligible requests this fault. */
  readonly failNext: (fault: Fault, times?: number) => Effect.Effect<void>
  /** Rejects the next `times` API calls with this Sendbird code. */
  readonly rejectNext: (code: number, times?: number) => Effect.Effect<void>
}

/**
 * Starts an emulator, which stops when the scope closes. Wrong options are a defect.
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
    rejectNext: (code, times = 1) => Effect.sync(() => api.rejectNext(code, times))
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

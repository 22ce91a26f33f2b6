/**
 * An emulated Stream for tests: the import API of a fictional app, and the
 * export API over generated data, on the loopback interface.
 *
 * It uses real HTTP: upload URLs, imports that are analysed and executed
 * step by step, error reports, exports whose tasks take time, signed links that
 * expire, paged lists, rate limits with their headers, and requests that fail at
 * a given rate or on command. Requesting the state of an import or a task
 * advances it. The same requests in the same order get the same responses and faults.
 *
 * The exported data is generated and does not change. Imported data is not
 * exported.
 *
 * Files are checked against Stream's documented tables, and the imported data can
 * be inspected. Uploads and the app's content are kept in memory: it is suitable for
 * imports of several hundred megabytes at most.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { SECRET } from "../internal/generator/users.ts"
import { faultsAmong } from "../internal/http/faults.ts"
import { listen } from "../internal/http/httpServer.ts"
import * as Schemas from "../internal/options.ts"
import { api as makeApi } from "../internal/stream/api/api.ts"
import { exportSide, shownTask } from "../internal/stream/api/exports/exportSide.ts"
import type { Wanted as AnyWanted } from "../internal/stream/api/exports/tasks.ts"
import { type Fault as AnyFault, kinds } from "../internal/stream/api/faults.ts"
import { type Import as AnyImport, imports as makeImports } from "../internal/stream/api/imports.ts"
import { rateLimit } from "../internal/stream/api/rateLimit.ts"
import { storage as makeStorage } from "../internal/stream/api/storage.ts"
import { store as makeStore } from "../internal/stream/api/store.ts"
import type { Options as AnyOptions } from "../internal/stream/options.ts"
import * as StreamExport from "./StreamExport.ts"

/**
 * What can go wrong.
 *
 * - `rateLimited`: HTTP 429 with code 9, over within a second, alternating with and without `Retry-After`
 * - `serverError`: HTTP 500 with code -1
 * - `edgeHtml`: HTTP 429 and 503, alternating, with HTML instead of JSON
 * - `lostRequest`: the connection ends and nothing was done
 * - `lostResponse`: the request is executed, but the connection ends instead of a response
 * - `cutBody`: the request is executed, but the connection ends after half of the response
 * - `slowBody`: the response comes in pieces, `slowMillis` later at most
 * - `expiredUrl`: HTTP 403 for this URL from then on; a new one is valid
 * - `s3Error`: HTTP 503 with XML instead of accepting the file
 * - `analyzeFailed`: the import ends as `analyze_failed` and names its last item, regardless of the file
 * - `importFailed`: the import ends as `failed`
 * - `failedTask`: the export ends as `failed`
 * - `lostTask`: when the export is due, the API does not know its task (code 16)
 * - `overBudget`: for lists of channels, HTTP 429 with `Retry-After` and the exhausted budget of database time
 * - `htmlInsteadOfFile`: HTTP 200 with HTML
 * - `truncatedFile`: the last third of an exported file is missing, and `Content-Length` agrees
 * - `wrongLength`: the whole file comes, and `Content-Length` is larger
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
export type Options = AnyOptions

/**
 * An import that a client made.
 *
 * @category models
 * @since 0.1.0
 */
export type Import = AnyImport

/**
 * The parameters of an export. Times in microseconds since 1970.
 *
 * @category models
 * @since 0.1.0
 */
export type Wanted = AnyWanted

/**
 * An export that a client requested.
 *
 * @category models
 * @since 0.1.0
 */
export interface Export {
  readonly taskId: string
  readonly wanted: Wanted
  readonly createdAt: number
  /** Stream's statuses; `lost` once the API no longer knows the task. */
  readonly status: "waiting" | "pending" | "running" | "completed" | "failed" | "lost"
}

/**
 * The imported data, in the format of the items.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = Readonly<Record<string, unknown>>

/**
 * A running emulator.
 *
 * @category models
 * @since 0.1.0
 */
export interface Emulator {
  /** Such as `http://127.0.0.1:40123`. Calls also have their paths under `/api/v2`, those of chat under `/api/v2/chat`, with times in nanoseconds. */
  readonly baseUrl: string
  /** Base URL of the upload URLs. */
  readonly uploadUrl: string
  readonly apiKey: string
  readonly apiSecret: string
  /** Base URL of the links to exported files. */
  readonly fileUrl: string
  /** `type:id` of the channels that can be exported, including deleted ones. */
  readonly cids: () => ReadonlyArray<string>
  readonly userIds: () => ReadonlyArray<string>
  /** What a reader of such an export must find; generates everything again. */
  readonly truth: (selection?: StreamExport.Selection) => StreamExport.Truth
  /** In the order of creation. */
  readonly exports: () => ReadonlyArray<Export>
  /** Exports requested while an equal one was usable: not failed or lost, and its file still available. */
  readonly doubleExports: () => ReadonlyArray<Export>
  /** In the order of creation. */
  readonly imports: () => ReadonlyArray<Import>
  /** Imports of a file that had been imported before, unless that import failed. */
  readonly doubleImports: () => ReadonlyArray<Import>
  readonly users: () => ReadonlyArray<Fields>
  readonly devices: () => ReadonlyArray<Fields>
  readonly futureChannelBans: () => ReadonlyArray<Fields>
  readonly channels: () => ReadonlyArray<Fields>
  readonly members: () => ReadonlyArray<Fields>
  readonly messages: () => ReadonlyArray<Fields>
  readonly reactions: () => ReadonlyArray<Fields>
  /** Number of calls by name, such as `POST /imports`; faults and error responses count too. */
  readonly requests: () => Readonly<Record<string, number>>
  readonly faultsGiven: () => Readonly<Record<Fault, number>>
  /** Gives the next `times` eligible requests this fault. */
  readonly failNext: (fault: Fault, times?: number) => Effect.Effect<void>
  /** Rejects the next `times` API calls with this Stream code. */
  readonly rejectNext: (code: number, times?: number) => Effect.Effect<void>
  /** Confirms a waiting import, or all of them. */
  readonly confirm: (importId?: string) => Effect.Effect<void>
}

/**
 * Starts an emulator, which stops when the scope closes. Wrong options are a defect.
 *
 * @category running
 * @since 0.1.0
 */
export const start = Effect.fnUntraced(function* (
  options: Options = {}
): Effect.fn.Return<Emulator, PlatformError.PlatformError, Scope.Scope> {
  Schemas.judge(Schemas.StreamEmulator, options)
  const now = yield* Effect.map(Clock.Clock, (clock) => () => clock.currentTimeMillisUnsafe())
  const { apiKey = "emulatorkey1", apiSecret = `${SECRET}-api-secret-of-the-emulator`, seed = 1 } = options
  const mostBytes = options.maxFileBytes ?? 300_000_000
  const serving = { slowMillis: options.slowMillis ?? 200 }
  const faults = faultsAmong(kinds, {
    seed,
    shares: options.faults ?? {},
    inARow: options.faultsInARow ?? 3
  })
  let uploadUrl = ""
  let uploads = 0
  const storage = makeStorage({
    seed,
    now,
    linkMillis: options.linkMillis ?? 3_600_000,
    mostBytes,
    faults,
    origin: () => uploadUrl
  })
  const store = makeStore()
  const imports = makeImports({
    app: {
      userRoles: options.userRoles ?? ["user", "guest", "anonymous", "admin"],
      channelRoles: options.channelRoles ?? ["channel_member", "channel_moderator"],
      channelTypes: options.channelTypes ?? channelTypes
    },
    store,
    storage,
    faults,
    seed,
    now,
    looks: options.looks ?? 1,
    confirmAfterLooks: options.confirmAfterLooks ?? 0
  })
  let fileUrl = ""
  const exporting = exportSide(options, { faults, seed, now, fileUrl: () => fileUrl })
  const api = makeApi({
    apiKey,
    apiSecret,
    faults,
    imports,
    storage,
    exports: exporting.api,
    listedImports: options.listedImports ?? "paged",
    rateLimit: rateLimit(options.rateLimit ?? { calls: 300, seconds: 60 }, now),
    exportLimits: exporting.limits
  })
  const filePort = yield* listen({ ...serving, port: 0 }, (request) =>
    Effect.sync(() => exporting.answerFile(request))
  )
  fileUrl = `http://127.0.0.1:${filePort}`
  const uploadPort = yield* listen({ ...serving, port: 0, mostBodyBytes: mostBytes + 1 }, (request) =>
    Effect.sync(() => {
      uploads++
      return storage.answer(request)
    })
  )
  uploadUrl = `http://127.0.0.1:${uploadPort}`
  const apiPort = yield* listen({ ...serving, port: options.port ?? 0 }, api.answer)

  return {
    baseUrl: `http://127.0.0.1:${apiPort}`,
    uploadUrl,
    apiKey,
    apiSecret,
    fileUrl,
    cids: exporting.app.cids,
    userIds: exporting.app.userIds,
    truth: (selection) => StreamExport.generate(options.data).truth(selection, options.layout),
    exports: () => exporting.tasks.all().map(shownTask),
    doubleExports: () => exporting.tasks.doubles().map(shownTask),
    imports: () => imports.all().map(shown),
    doubleImports: () => imports.doubles().map(shown),
    users: () => store.all("user"),
    devices: () => store.all("device"),
    futureChannelBans: () => store.all("future_channel_ban"),
    channels: () => store.all("channel"),
    members: () => store.all("member"),
    messages: () => store.all("message"),
    reactions: () => store.all("reaction"),
    requests: () => ({
      ...api.requests(),
      ...(exporting.downloads() === 0 ? {} : { "GET file": exporting.downloads() }),
      ...(uploads === 0 ? {} : { "PUT file": uploads })
    }),
    faultsGiven: faults.given,
    failNext: (fault, times = 1) => Effect.sync(() => faults.next(fault, times)),
    rejectNext: (code, times = 1) => Effect.sync(() => api.rejectNext(code, times)),
    confirm: (importId) => Effect.sync(() => imports.confirm(importId))
  }
})

// internal

const channelTypes = { messaging: 5000, livestream: 5000, team: 5000, gaming: 5000, commerce: 5000 }

/** A copy, which keeps its state. */
const shown = (of: Import): Import => ({
  id: of.id,
  path: of.path,
  mode: of.mode,
  mergeCustom: of.mergeCustom,
  size: of.size,
  state: of.state,
  createdAt: of.createdAt,
  updatedAt: of.updatedAt,
  history: [...of.history],
  errors: of.errors,
  totals: of.totals
})

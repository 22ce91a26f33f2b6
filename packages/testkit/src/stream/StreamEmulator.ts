/**
 * A Stream to test against: the import API of an app that is made up, and the
 * export API over generated data, on the loopback interface.
 *
 * Real HTTP: addresses to upload to, imports that are analysed and carried out
 * step by step, error reports; exports whose tasks take time, signed links that
 * expire, lists by page; rate limits with their headers, and requests that go
 * wrong as often as wished or on command. A look at an import or a task makes it
 * go on. The same requests in the same order meet the same answers and faults.
 *
 * What is exported is generated and does not change; what was imported is not
 * exported.
 *
 * Files are judged by Stream's documented tables; what was imported can be
 * looked at. Uploads and the app's content are kept in memory: it is for
 * imports of some hundred megabytes at most.
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
 * - `rateLimited`: HTTP 429 with code 9, which ends within a second, with and without `Retry-After` in turn
 * - `serverError`: HTTP 500 with code -1
 * - `edgeHtml`: HTTP 429 and 503 in turn, with a page instead of JSON
 * - `lostRequest`: the connection ends and nothing was done
 * - `lostResponse`: what was asked is done, and the connection ends instead of an answer
 * - `cutBody`: done, and the connection ends after half of the answer
 * - `slowBody`: the answer comes in pieces, within `slowMillis` longer
 * - `expiredUrl`: HTTP 403 for this address from then on; a new one is good
 * - `s3Error`: HTTP 503 with XML instead of taking the file
 * - `analyzeFailed`: the import ends as `analyze_failed` and names its last item, whatever the file says
 * - `importFailed`: the import ends as `failed`
 * - `failedTask`: the export ends as `failed`
 * - `lostTask`: when the export is due, the API does not know its task (code 16)
 * - `overBudget`: of lists of channels, HTTP 429 with `Retry-After` and the budget of database time that is used up
 * - `htmlInsteadOfFile`: HTTP 200 with a page
 * - `truncatedFile`: the last third of an exported file is missing, and the head agrees
 * - `wrongLength`: all of the file comes, and the head says more
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
 * What an export asks for. Times in microseconds since 1970.
 *
 * @category models
 * @since 0.1.0
 */
export type Wanted = AnyWanted

/**
 * An export that a client asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Export {
  readonly taskId: string
  readonly wanted: Wanted
  readonly createdAt: number
  /** Stream's words; `lost` when the API knows it no more. */
  readonly status: "waiting" | "pending" | "running" | "completed" | "failed" | "lost"
}

/**
 * What was imported, as the items had it.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = Readonly<Record<string, unknown>>

/**
 * An emulator that runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Emulator {
  /** Such as `http://127.0.0.1:40123`. Calls have their addresses of `/api/v2` too, chat's own below `/api/v2/chat`, with times in nanoseconds. */
  readonly baseUrl: string
  /** Where the addresses to upload to lead. */
  readonly uploadUrl: string
  readonly apiKey: string
  readonly apiSecret: string
  /** Where the links to exported files lead. */
  readonly fileUrl: string
  /** `type:id` of the channels that can be exported, deleted ones too. */
  readonly cids: () => ReadonlyArray<string>
  readonly userIds: () => ReadonlyArray<string>
  /** What a reader of such an export must find; makes everything once more. */
  readonly truth: (selection?: StreamExport.Selection) => StreamExport.Truth
  /** In their order. */
  readonly exports: () => ReadonlyArray<Export>
  /** Those made while an equal one was of use: neither failed nor lost, and its file not gone. */
  readonly doubleExports: () => ReadonlyArray<Export>
  /** In their order. */
  readonly imports: () => ReadonlyArray<Import>
  /** Those of a file that was imported before, and that import had not failed. */
  readonly doubleImports: () => ReadonlyArray<Import>
  readonly users: () => ReadonlyArray<Fields>
  readonly devices: () => ReadonlyArray<Fields>
  readonly futureChannelBans: () => ReadonlyArray<Fields>
  readonly channels: () => ReadonlyArray<Fields>
  readonly members: () => ReadonlyArray<Fields>
  readonly messages: () => ReadonlyArray<Fields>
  readonly reactions: () => ReadonlyArray<Fields>
  /** How often each call was made, such as `POST /imports`; faults and refusals count too. */
  readonly requests: () => Readonly<Record<string, number>>
  readonly faultsGiven: () => Readonly<Record<Fault, number>>
  /** The next `times` requests that it can befall have the fault. */
  readonly failNext: (fault: Fault, times?: number) => Effect.Effect<void>
  /** The next `times` calls of the API are refused with this code of Stream. */
  readonly refuseNext: (code: number, times?: number) => Effect.Effect<void>
  /** Confirms an import that waits for it, or all of them. */
  readonly confirm: (importId?: string) => Effect.Effect<void>
}

/**
 * Starts an emulator; it stops when the scope closes. Wrong options are a defect.
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
    refuseNext: (code, times = 1) => Effect.sync(() => api.refuseNext(code, times)),
    confirm: (importId) => Effect.sync(() => imports.confirm(importId))
  }
})

// internal

const channelTypes = { messaging: 5000, livestream: 5000, team: 5000, gaming: 5000, commerce: 5000 }

/** It goes on: a copy stays as it was. */
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

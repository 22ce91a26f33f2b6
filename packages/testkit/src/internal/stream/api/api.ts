// The API: authorisation, routing, faults and responses.
import * as Effect from "effect/Effect"
import { delivered, html, json } from "../../http/answers.ts"
import { tally } from "../../http/calls.ts"
import { isSame, signToken } from "../../http/digests.ts"
import type { Faults } from "../../http/faults.ts"
import type { Answer, Request } from "../../http/httpServer.ts"
import { targetOf } from "../../http/targets.ts"
import { type ErrorResponse, errorResponse, errorResponseOf, rejected } from "./answers.ts"
import { type Call, callNames, endpointOf, route } from "./calls.ts"
import { type ExportApi, type ExportCall, exportCalls } from "./exports/exportApi.ts"
import { befallCalls, befallQueries, type Fault } from "./faults.ts"
import type { Import, Imports } from "./imports.ts"
import { isFields } from "./items.ts"
import type { RateLimit } from "./rateLimit.ts"
import type { Storage } from "./storage.ts"

export interface Api {
  readonly answer: (request: Request) => Effect.Effect<Answer>
  readonly requests: () => Readonly<Record<string, number>>
  /** Rejects the next calls with this code. */
  readonly rejectNext: (code: number, times: number) => void
}

/** How the list of imports handles a limit and an offset, which Stream does not document. */
export type ListedImports = "paged" | "whole" | "overlapping"

export const api = (options: {
  readonly apiKey: string
  readonly apiSecret: string
  readonly faults: Faults<Fault>
  readonly imports: Imports
  readonly storage: Storage
  readonly exports: ExportApi
  readonly listedImports: ListedImports
  readonly rateLimit: RateLimit
  /** The calls that have a rate limit of their own. */
  readonly exportLimits: ReadonlyMap<string, RateLimit>
}): Api => {
  const { exports, faults, imports, storage } = options
  const calls = tally()
  const commanded: Array<number> = []
  let edges = 0

  const stranger = ({ headers, target }: Request): ErrorResponse | undefined => {
    if (targetOf(target).query.get("api_key") !== options.apiKey) return errorResponseOf(2)
    if (headers["stream-auth-type"] !== "jwt") return errorResponseOf(5)
    const [head = "", payload = "", signature = "", ...rest] = (headers["authorization"] ?? "").split(".")
    if (rest.length > 0 || !isSame(signature, signToken(options.apiSecret, `${head}.${payload}`)))
      return errorResponseOf(43)
    const isServer = fieldOf(head, "alg") === "HS256" && fieldOf(payload, "server") === true
    return isServer ? undefined : errorResponseOf(5)
  }

  const created = (body: string, isV2: boolean): Answer => {
    const given = parsed(body)
    const { merge_custom, mode, path } = given
    if (typeof path !== "string" || !storage.isKnown(path))
      return rejected(errorResponse(4, 'CreateImport failed with error: "path is not valid"'))
    if (mode !== "upsert" && mode !== "insert")
      return rejected(
        errorResponse(4, 'CreateImport failed with error: "mode must be one of [upsert insert]"')
      )
    if (merge_custom !== undefined && typeof merge_custom !== "boolean")
      return rejected(errorResponse(4, 'CreateImport failed with error: "merge_custom must be a boolean"'))
    const content = storage.read(path)
    if (content === undefined)
      return rejected(errorResponse(4, 'CreateImport failed with error: "no file was uploaded"'))
    const made = imports.create(path, content, { mode, mergeCustom: merge_custom ?? false })
    return json(201, { duration: "10.00ms", import_task: task(made, isV2) })
  }

  const listed = (query: URLSearchParams, isV2: boolean): Answer => {
    const limit = wholeOf(query.get("limit") ?? "10")
    const offset = wholeOf(query.get("offset") ?? "0")
    if (limit === undefined || limit > MOST_LISTED || offset === undefined)
      return rejected(
        errorResponse(4, `ListImports failed with error: "limit must be ${MOST_LISTED} or less"`)
      )
    const all = imports.all().toReversed()
    const found = {
      whole: () => all,
      paged: () => all.slice(offset, offset + limit),
      // Each page overlaps with the previous one.
      overlapping: () => all.slice(Math.max(0, offset - Math.floor(limit / 2)), offset + limit)
    }[options.listedImports]()
    return json(200, { duration: "10.00ms", import_tasks: found.map((one) => task(one, isV2)) })
  }

  const limitOf = ({ name }: { readonly name: Call["name"] }) =>
    options.exportLimits.get(name) ?? options.rateLimit

  /** Limits of the requested platforms, or of all; client-side platforms have none here. */
  const rateLimits = (query: URLSearchParams): Answer => {
    const wanted = new Set((query.get("endpoints") ?? "").split(",").filter((name) => name !== ""))
    const isAll = PLATFORMS.every((platform) => query.get(platform) !== "true")
    const server = callNames.flatMap((name): ReadonlyArray<readonly [string, object]> => {
      const endpoint = endpointOf(name)
      return wanted.size > 0 && !wanted.has(endpoint) ? [] : [[endpoint, limitOf({ name }).state()]]
    })
    return json(200, {
      ...Object.fromEntries(
        PLATFORMS.filter((platform) => isAll || query.get(platform) === "true").map((platform) => [
          platform,
          platform === "server_side" ? Object.fromEntries(server) : {}
        ])
      ),
      duration: "10.00ms"
    })
  }

  const content = (call: Call, body: string): Effect.Effect<Answer> => {
    const { name } = call
    return isExportCall(name)
      ? exports.answer(name, call, body)
      : Effect.sync(() => imported(name, call, body))
  }

  const imported = (name: Exclude<Call["name"], ExportCall>, call: Call, body: string): Answer => {
    switch (name) {
      case "POST /import_urls": {
        const { filename } = parsed(body)
        if (typeof filename !== "string" || filename === "" || filename.includes("/"))
          return rejected(errorResponse(4, 'CreateImportURL failed with error: "filename is not valid"'))
        const { path, url } = storage.reserve(filename)
        return json(201, { duration: "10.00ms", path, upload_url: url })
      }
      case "POST /imports":
        return created(body, call.isV2)
      case "GET /imports":
        return listed(call.query, call.isV2)
      case "GET /imports/{id}": {
        const found = imports.look(call.id)
        return found === undefined
          ? rejected(errorResponseOf(16))
          : json(200, { duration: "10.00ms", import_task: task(found, call.isV2) })
      }
      case "GET /rate_limits":
        return rateLimits(call.query)
      case "unknown":
        return rejected(errorResponse(16, "url not found"))
    }
  }

  const answered = (call: Call, request: Request): Effect.Effect<Answer> => {
    const possible = call.name === "POST /channels" ? befallQueries : befallCalls
    const fault = faults.of(`${call.name} ${call.id}`, possible)
    switch (fault) {
      case "rateLimited":
        return Effect.sync(limitOf(call).exceeded)
      case "overBudget":
        return Effect.sync(overBudget)
      case "serverError":
        return Effect.succeed(rejected(errorResponseOf(-1)))
      case "edgeHtml":
        // The proxy in front of the application limits by address, and fails, without JSON.
        return Effect.succeed(
          edges++ % 2 === 0 ? html(429, "429 Too Many Requests") : html(503, "503 Service Unavailable")
        )
      case "lostRequest":
        return Effect.succeed({ ...rejected(errorResponseOf(-1)), delivery: "none" })
      default:
        return Effect.map(content(call, request.body), (given) => delivered(given, fault))
    }
  }

  const answer = (call: Call, request: Request): Effect.Effect<Answer> => {
    calls.count(call.name)
    const exceeded = limitOf(call).call()
    if (exceeded !== undefined) return Effect.succeed(exceeded)
    const denied = stranger(request)
    if (denied !== undefined) return Effect.succeed(rejected(denied))
    const code = commanded.shift()
    return code === undefined ? answered(call, request) : Effect.succeed(rejected(errorResponseOf(code)))
  }

  return {
    answer: (request) =>
      Effect.suspend(() => {
        const call = route(request)
        return Effect.map(answer(call, request), (given) => {
          // The proxy in front of the application does not know its limits.
          const isEdge = given.headers["Content-Type"]?.startsWith("text/html") === true
          return isEdge ? given : { ...given, headers: { ...limitOf(call).headers(), ...given.headers } }
        })
      }),
    requests: calls.counts,
    rejectNext: (code, times) => {
      for (let i = 0; i < times; i++) commanded.push(code)
    }
  }
}

// internal

const MOST_LISTED = 100
const PLATFORMS = ["server_side", "android", "ios", "web"] as const

const isExportCall = (name: Call["name"]): name is ExportCall =>
  (exportCalls as ReadonlyArray<string>).includes(name)

// A list may only take a limited amount of database time.
const overBudget = (): Answer => {
  const given = rejected(errorResponseOf(9))
  const budget = {
    "X-Budget-Used-Ms": "60012",
    "X-Budget-Limit-Ms": "60000",
    "X-Budget-Remaining-Ms": "0",
    "Retry-After": "1"
  }
  return { ...given, headers: { ...given.headers, ...budget } }
}

const task = (of: Import, isV2: boolean) => {
  const time = (millis: number) => (isV2 ? millis * 1e6 : new Date(millis).toISOString())
  const hasReport = of.state.endsWith("failed") || of.state === "completed"
  return {
    created_at: time(of.createdAt),
    path: of.path,
    mode: of.mode,
    history: of.history.map(({ at, from, to }) => ({
      created_at: time(at),
      prev_state: from,
      next_state: to
    })),
    id: of.id,
    state: of.state,
    updated_at: time(of.updatedAt),
    result: hasReport
      ? {
          ...(of.errors.length === 0 ? {} : { errors: of.errors }),
          ...(of.totals === undefined ? {} : { stats: { total: of.totals } })
        }
      : null,
    size: of.size
  }
}

const parsed = (body: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(body)
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}

/** A field of a part of a token. */
const fieldOf = (part: string, field: string): unknown =>
  parsed(Buffer.from(part, "base64url").toString())[field]

const wholeOf = (text: string): number | undefined => (/^\d{1,9}$/u.test(text) ? Number(text) : undefined)

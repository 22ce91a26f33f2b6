// The API: authorisation, routing, faults and responses.
import * as Effect from "effect/Effect"
import type * as PlatformError from "effect/PlatformError"
import {
  type Content,
  delivered,
  html,
  isErrorResponse,
  json,
  errorResponse,
  errorResponseOf,
  rejected
} from "../../http/answers.ts"
import { tally } from "../../http/calls.ts"
import { isSame } from "../../http/digests.ts"
import type { Answer, Request } from "../../http/httpServer.ts"
import type { RateLimit } from "../../http/rateLimit.ts"
import type { App, Selection } from "../generator/app.ts"
import { exportRecord } from "./exportRecord.ts"
import { type Export, type Exports, type Fate, keyOf } from "./exports.ts"
import type { Fault, Faults } from "./faults.ts"
import type { Links } from "./links.ts"
import { listings } from "./listings.ts"
import { type Limits, parameters } from "./parameters.ts"
import { invalid, limitOf, offsetOf, pageToken } from "./queries.ts"
import { type Call, route } from "./routes.ts"

export interface Api {
  readonly answer: (request: Request) => Effect.Effect<Answer, PlatformError.PlatformError>
  readonly requests: () => Readonly<Record<string, number>>
  /** Rejects the next calls with this code. */
  readonly rejectNext: (code: number, times: number) => void
}

export const api = (options: {
  readonly app: App
  readonly apiToken: string
  readonly exports: Exports
  readonly faults: Faults
  readonly limits: Limits
  readonly links: Links
  readonly now: () => number
  readonly rateLimit: RateLimit
}): Api => {
  const { app, exports, faults, links, now, rateLimit } = options
  const lists = listings(app)
  const calls = tally()
  const commanded: Array<number> = []
  let errors = 0

  const isAllowed = ({ headers }: Request) => isSame(headers["api-token"] ?? "", options.apiToken)

  const record = (found: Export, hasType: boolean) =>
    exportRecord(found, {
      hasType,
      url: found.expiresAt === undefined ? undefined : links.link(found, found.expiresAt)
    })

  const fateOf = (selection: Selection): Fate => {
    const fault = faults.of(`fate ${keyOf(selection)}`, BEFALL_EXPORTS)
    return fault === "lostExport" ? "lost" : fault === "failedExport" ? "failed" : "done"
  }

  const register = (dataType: Selection["dataType"], body: string): Content => {
    const selection = parameters(dataType, body, options.limits, now())
    return isErrorResponse(selection)
      ? selection
      : record(exports.register(selection, fateOf(selection)), true)
  }

  const listed = (dataType: string, query: URLSearchParams): Content => {
    const limit = limitOf(query)
    if (limit === undefined) return invalid("limit")
    const token = query.get("token") ?? ""
    const offset = offsetOf(dataType, token)
    if (offset === undefined) return invalid("token")
    // Oldest first, so that new registrations do not shift the pages.
    const all = exports
      .all()
      .filter(({ selection, status }) => selection.dataType === dataType && status !== "lost")
    return {
      exported_data: all.slice(offset, offset + limit).map((found) => record(found, false)),
      token,
      next: offset + limit < all.length ? pageToken(dataType, offset + limit) : ""
    }
  }

  const content = (call: Call, body: string): Effect.Effect<Content, PlatformError.PlatformError> => {
    switch (call._tag) {
      case "register":
        return Effect.sync(() => register(call.dataType, body))
      case "poll":
        return Effect.map(exports.poll(call.dataType, call.requestId), (found) =>
          found === undefined ? errorResponse(400201, "Data export not found.") : record(found, true)
        )
      case "exports":
        return Effect.sync(() => listed(call.dataType, call.query))
      case "users":
        return Effect.sync(() => lists.users(call.query))
      case "user":
        return Effect.sync(() => lists.user(call.id))
      case "channel":
        return Effect.sync(() => lists.channel(call.kind, call.url, call.query))
      case "message":
        return Effect.sync(() => lists.message(call.kind, call.url, call.id, call.query))
      case "participants":
        return Effect.sync(() => lists.participants(call.url, call.query))
      case "channels":
        return Effect.sync(() => lists.channels(call.kind, call.query))
      case "members":
        return Effect.sync(() => lists.members(call.url, call.query))
      case "operators":
        return Effect.sync(() => lists.operators(call.kind, call.url, call.query))
      case "messages":
        return Effect.sync(() => lists.messages(call.kind, call.url, call.query))
    }
  }

  const answered = (call: Call, request: Request): Effect.Effect<Answer, PlatformError.PlatformError> => {
    const fault = faults.of(`${request.method} ${request.target} ${request.body}`, befalling(call))
    const good = Effect.map(content(call, request.body), (found) =>
      isErrorResponse(found) ? rejected(found) : json(200, found)
    )
    switch (fault) {
      case "rateLimited":
        return Effect.succeed(rateLimit.exceeded(WAIT_SECONDS))
      case "serverError":
        // From the application, and from the proxy in front of it.
        return Effect.succeed(
          errors++ % 2 === 0
            ? rejected(errorResponseOf(500901))
            : html(503, "503 Service Temporarily Unavailable")
        )
      case "expiredPageToken":
        return Effect.succeed(rejected(errorResponse(400109, "The page token has expired.")))
      default:
        return Effect.map(good, (answer) => delivered(answer, fault))
    }
  }

  const answer = (request: Request): Effect.Effect<Answer, PlatformError.PlatformError> => {
    const call = route(request.method, request.target)
    calls.count(isErrorResponse(call) ? "unknown" : call.name)
    const exceeded = rateLimit.call()
    if (exceeded !== undefined) return Effect.succeed(exceeded)
    if (!isAllowed(request)) return Effect.succeed(rejected(errorResponseOf(400401)))
    const code = commanded.shift()
    if (code !== undefined) return Effect.succeed(rejected(errorResponseOf(code)))
    return isErrorResponse(call) ? Effect.succeed(rejected(call)) : answered(call, request)
  }

  return {
    answer: (request) =>
      Effect.map(
        Effect.suspend(() => answer(request)),
        (given) => ({ ...given, headers: { ...rateLimit.headers(), ...given.headers } })
      ),
    requests: calls.counts,
    rejectNext: (code, times) => {
      for (let i = 0; i < times; i++) commanded.push(code)
    }
  }
}

// internal

const WAIT_SECONDS = 0.069786548614502

const BEFALL_EXPORTS: ReadonlySet<Fault> = new Set(["lostExport", "failedExport"])
const BEFALL_ALL: ReadonlyArray<Fault> = ["rateLimited", "serverError", "cutBody", "slowBody"]
const BEFALL_CALLS: ReadonlySet<Fault> = new Set(BEFALL_ALL)
const BEFALL_REGISTRATIONS: ReadonlySet<Fault> = new Set([...BEFALL_ALL, "lostResponse"])
const BEFALL_PAGES: ReadonlySet<Fault> = new Set([...BEFALL_ALL, "expiredPageToken"])

const befalling = (call: Call): ReadonlySet<Fault> => {
  if (call._tag === "register") return BEFALL_REGISTRATIONS
  return call._tag !== "poll" && (call.query.get("token") ?? "") !== "" ? BEFALL_PAGES : BEFALL_CALLS
}

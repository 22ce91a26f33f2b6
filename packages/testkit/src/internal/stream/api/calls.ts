// All calls of the API: their paths, and Stream's names for them.
import { matching } from "../../http/calls.ts"
import type { Request } from "../../http/httpServer.ts"
import { targetOf } from "../../http/targets.ts"

export interface Call {
  readonly name: CallName | "unknown"
  readonly id: string
  readonly query: URLSearchParams
  /** Paths under `/api/v2` have times in nanoseconds. */
  readonly isV2: boolean
}

/** Its name in `GET /rate_limits`. */
export const endpointOf = (name: CallName): string => CALLS[name][1]

export const route = ({ method, target }: Request): Call => {
  const { path, query } = targetOf(target)
  const family = families.find(({ prefix }) => path.startsWith(prefix))
  const found = family?.callOf(method, `/${path.slice(family.prefix.length)}`)
  return {
    name: found?.name ?? "unknown",
    id: found?.parameters["id"] ?? "",
    query,
    isV2: family !== undefined && family.prefix !== "/"
  }
}

// internal

/** The path of a call in the second family: that of all Stream products, that of chat, or none. */
type Second = "common" | "chat" | "none"

const call = (second: Second, endpoint: string): readonly [second: Second, endpoint: string] => [
  second,
  endpoint
]

const CALLS = {
  "POST /import_urls": call("common", "CreateImportURL"),
  "POST /imports": call("common", "CreateImport"),
  "GET /imports": call("common", "ListImports"),
  "GET /imports/{id}": call("common", "GetImport"),
  "GET /rate_limits": call("common", "GetRateLimits"),
  "GET /tasks/{id}": call("common", "GetTask"),
  "POST /export/users": call("common", "ExportUsers"),
  "GET /users/{id}/export": call("common", "ExportUser"),
  "GET /users": call("common", "QueryUsers"),
  "POST /export_channels": call("chat", "ExportChannels"),
  "GET /export_channels/{id}": call("none", "GetExportChannelsStatus"),
  "POST /channels": call("chat", "QueryChannels"),
  "GET /members": call("chat", "QueryMembers"),
  "GET /messages/{id}": call("chat", "GetMessage"),
  "GET /messages/{id}/reactions": call("chat", "GetReactions")
} as const

export type CallName = keyof typeof CALLS

export const callNames = Object.keys(CALLS) as ReadonlyArray<CallName>

/** The longest prefix comes first. */
const families = [
  { prefix: "/api/v2/chat/", second: "chat" },
  { prefix: "/api/v2/", second: "common" },
  { prefix: "/", second: undefined }
].map(({ prefix, second }) => ({
  prefix,
  callOf: matching(callNames.filter((name) => second === undefined || CALLS[name][0] === second))
}))

// Which call a request is.
import { type ErrorResponse, errorResponse } from "../../http/answers.ts"
import { segmentsOf, targetOf } from "../../http/targets.ts"
import type { Selection } from "../generator/app.ts"
import { dataTypes } from "./parameters.ts"

/** `name` is the name under which calls are counted. */
export type Call = { readonly name: string } & (
  | { readonly _tag: "register"; readonly dataType: Selection["dataType"] }
  | { readonly _tag: "poll"; readonly dataType: Selection["dataType"]; readonly requestId: string }
  | { readonly _tag: "exports"; readonly dataType: Selection["dataType"]; readonly query: URLSearchParams }
  | { readonly _tag: "users"; readonly query: URLSearchParams }
  | { readonly _tag: "user"; readonly id: string; readonly query: URLSearchParams }
  | { readonly _tag: "channels"; readonly kind: Kind; readonly query: URLSearchParams }
  | { readonly _tag: "members"; readonly url: string; readonly query: URLSearchParams }
  | {
      readonly _tag: "channel" | "operators" | "participants" | "messages"
      readonly kind: Kind
      readonly url: string
      readonly query: URLSearchParams
    }
  | {
      readonly _tag: "message"
      readonly kind: Kind
      readonly url: string
      readonly id: string
      readonly query: URLSearchParams
    }
)

export const route = (method: string, target: string): Call | ErrorResponse => {
  const { path, query } = targetOf(target)
  const [root, version, first, second, third, fourth, ...rest] = segmentsOf(path) ?? []
  if (root !== "" || version !== "v3" || rest.length > 0) return unknown
  if (first === "export") return fourth === undefined ? exportCall(method, query, second, third) : unknown
  if (method !== "GET") return unknown
  if (first === "users") return third === undefined ? userCall(query, second) : unknown
  const kind = first === "group_channels" ? "group" : first === "open_channels" ? "open" : undefined
  return kind === undefined ? unknown : channelCall(kind, query, second, third, fourth)
}

// internal

type Kind = "group" | "open"

const unknown = errorResponse(400404, "Invalid request URL.")

const exportCall = (
  method: string,
  query: URLSearchParams,
  of: string | undefined,
  requestId: string | undefined
): Call | ErrorResponse => {
  const dataType = dataTypes.find((known) => known === of)
  if (dataType === undefined) return unknown
  const path = `/export/${dataType}`
  if (method === "POST" && requestId === undefined)
    return { name: `POST ${path}`, _tag: "register", dataType }
  if (method !== "GET") return unknown
  return requestId === undefined
    ? { name: `GET ${path}`, _tag: "exports", dataType, query }
    : { name: `GET ${path}/{request_id}`, _tag: "poll", dataType, requestId }
}

const userCall = (query: URLSearchParams, id: string | undefined): Call =>
  id === undefined
    ? { name: "GET /users", _tag: "users", query }
    : { name: "GET /users/{user_id}", _tag: "user", id, query }

const channelCall = (
  kind: Kind,
  query: URLSearchParams,
  url: string | undefined,
  list: string | undefined,
  id: string | undefined
): Call | ErrorResponse => {
  const path = `GET /${kind}_channels`
  if (url === undefined) return { name: path, _tag: "channels", kind, query }
  if (list === undefined) return { name: `${path}/{channel_url}`, _tag: "channel", kind, url, query }
  const name = `${path}/{channel_url}/${list}`
  if (id !== undefined)
    return list === "messages"
      ? { name: `${name}/{message_id}`, _tag: "message", kind, url, id, query }
      : unknown
  switch (list) {
    case "members":
      return kind === "group" ? { name, _tag: list, url, query } : unknown
    case "participants":
      return kind === "open" ? { name, _tag: list, kind, url, query } : unknown
    case "operators":
    case "messages":
      return { name, _tag: list, kind, url, query }
    default:
      return unknown
  }
}

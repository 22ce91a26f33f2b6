// The rate limits of an app, shared by all clients with the same connections.
import type * as HttpClient from "effect/http/HttpClient"
import type { LastLogged } from "./waits.ts"

export interface App {
  /** The earliest time of the next request by endpoint, in milliseconds since 1970. */
  readonly notBefore: Map<string, number>
  readonly lastLogged: LastLogged
}

/** Returns the same value for all clients of an app that are made with one HttpClient, as long as that lives. */
export const appOf = (http: HttpClient.HttpClient, baseUrl: string, app: string): App => {
  let apps = known.get(http)
  if (apps === undefined) known.set(http, (apps = new Map()))
  const key = JSON.stringify([baseUrl, app])
  let found = apps.get(key)
  if (found === undefined) {
    found = { notBefore: new Map(), lastLogged: { at: Number.NEGATIVE_INFINITY } }
    apps.set(key, found)
  }
  return found
}

// internal

// The service counts all requests of an app. A source and a sink are made separately and share only the program's
// HttpClient.
const known = new WeakMap<HttpClient.HttpClient, Map<string, App>>()

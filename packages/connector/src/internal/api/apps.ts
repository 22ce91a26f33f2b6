// The rate limits of an app, shared by all clients that ask it over the same connections.
import type * as HttpClient from "effect/http/HttpClient"
import type { Shown } from "./waits.ts"

export interface App {
  /** By endpoint, milliseconds since 1970 before which it is not to be asked. */
  readonly notBefore: Map<string, number>
  readonly shown: Shown
}

/** The same for all clients of an app that are made with the same HttpClient. It is forgotten with that. */
export const appOf = (http: HttpClient.HttpClient, baseUrl: string, app: string): App => {
  let apps = known.get(http)
  if (apps === undefined) known.set(http, (apps = new Map()))
  const key = JSON.stringify([baseUrl, app])
  let found = apps.get(key)
  if (found === undefined) {
    found = { notBefore: new Map(), shown: { at: Number.NEGATIVE_INFINITY } }
    apps.set(key, found)
  }
  return found
}

// internal

// The service counts what an app asks, whoever of a program asks it: a source and a sink are made apart, and have nothing
// in common but the HttpClient of the program.
const known = new WeakMap<HttpClient.HttpClient, Map<string, App>>()

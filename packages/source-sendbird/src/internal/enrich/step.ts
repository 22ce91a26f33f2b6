// What one request comes to.
import type { ApiClient } from "@chatferry/connector"
import type { SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type { Context } from "../records/context.ts"
import type { Limits } from "../settings/limits.ts"
import type { ObservedOut } from "./observedOut.ts"
import type { Watches } from "./watches.ts"

/** Which parts are read. */
export interface Enrichment {
  readonly users: boolean
  readonly channels: boolean
  readonly members: boolean
  readonly messages: boolean
}

export interface Settings {
  readonly limits: Limits
  readonly enrichment: Enrichment
  /** Messages are read from here, before `to`; in milliseconds. */
  readonly from: number
  readonly to: number
  /** Of one listing, and of the messages of one channel; as in `Pages` unless given. */
  readonly maxPages?: number
}

/** What every step works with; `out` is where `context` puts records. */
export interface Reading extends Settings {
  readonly client: ApiClient.Client
  readonly watches: Watches
  readonly out: ObservedOut
  readonly context: Context
}

interface Step<State> {
  readonly state: State
  readonly bytes: number
  /** Where reading is now, for people. */
  readonly location: string
}

export type Stepping<State> = Effect.Effect<Step<State>, ApiClient.RequestError | SourceError.CorruptInput>

// The types of one step of the enrichment, which is one request.
import type { ApiClient } from "@chatferry/connector"
import type { SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type { Context } from "../records/context.ts"
import type { Limits } from "../settings/limits.ts"
import type { ObservedOut } from "./observedOut.ts"
import type { Watches } from "./watches.ts"

/** The parts to read. */
export interface Enrichment {
  readonly users: boolean
  readonly channels: boolean
  readonly members: boolean
  readonly messages: boolean
}

export interface Settings {
  readonly limits: Limits
  readonly enrichment: Enrichment
  /** Messages are read from this time on, before `to`; in milliseconds. */
  readonly from: number
  readonly to: number
  /** Most pages of one listing, or of the messages of one channel. The default is that of `Pages`. */
  readonly maxPages?: number
}

/** The state that all steps share. `context` emits records to `out`. */
export interface Reading extends Settings {
  readonly client: ApiClient.Client
  readonly watches: Watches
  readonly out: ObservedOut
  readonly context: Context
}

interface Step<State> {
  readonly state: State
  readonly bytes: number
  /** The current location, for progress. */
  readonly location: string
}

export type Stepping<State> = Effect.Effect<Step<State>, ApiClient.RequestError | SourceError.CorruptInput>

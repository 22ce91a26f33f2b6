// What a thread that reads has made of records for a sink.
import type * as Schema from "effect/Schema"
import type { Entity } from "../../Entity.ts"
import type { Ledger } from "../../Ledger.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Dropped } from "./guard.ts"
import type { PackedRows } from "./packedRows.ts"

/** A record or a row that is sent to a part of a phase. */
export type What = Entity | { readonly row: Schema.Json }

/** Content that was added to the file of a key. */
export interface Addition {
  readonly key: string
  readonly blocks: ReadonlyArray<Uint8Array>
  readonly records: number
}

/** The result of one part of a phase, in the order in which records would have been written. */
export type Step =
  | { readonly additions: ReadonlyArray<Addition>; readonly rejected: ReadonlyArray<Rejected> }
  | { readonly to: string; readonly rows: PackedRows }
  | { readonly to: string; readonly all: ReadonlyArray<What> }

/** The result of a batch for one sink. */
export interface Taken {
  readonly dropped: Dropped
  readonly ledger: Ledger
  readonly steps: ReadonlyArray<Step>
}

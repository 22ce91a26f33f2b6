import type { BatchBuilder } from "@chatferry/core/run"
// What a record inside a record is read by.
import type * as RawValue from "../../records/RawValue.ts"

/** What every mapping needs. */
export interface BaseContext {
  readonly out: BatchBuilder.BatchBuilder
}

/** Why a record is rejected, and what had been read of it by then. */
export class Rejection<out E = unknown> {
  readonly code: string
  readonly message: string
  readonly draft: Partial<E>

  constructor(code: string, message: string, draft: Partial<E>) {
    this.code = code
    this.message = message
    this.draft = draft
  }
}

/** Reads a record inside a record. */
export interface Part<out A, in C> {
  readonly read: (raw: RawValue.RawObject, context: C) => A | Rejection<A>
}

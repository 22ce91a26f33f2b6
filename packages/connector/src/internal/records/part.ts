// The interface of tables for records inside records.
import type { BatchBuilder } from "@chatferry/core/run"
import type * as RawValue from "../../records/RawValue.ts"

/** The context that every mapping needs. */
export interface BaseContext {
  readonly out: BatchBuilder.BatchBuilder
}

/** The reason why a record is rejected, and the fields that had been read by then. */
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

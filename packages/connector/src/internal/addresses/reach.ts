// The kinds of addresses that a request may go to. It is set when a request is made and read when it connects.
import { TaggedError } from "@chatferry/core/errors"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type { Kind } from "./kinds.ts"

/** `undefined`: any kind, because the program's own settings name the address. */
export type Reach = ReadonlySet<Kind> | undefined

export const Reach = Context.Reference<Reach>("@chatferry/connector/Addresses/Reach", {
  defaultValue: () => undefined
})

/** The reason why an address is not requested, as a predicate of the address. */
export class Rejected extends Data.TaggedError("AddressRejected")<{ readonly problem: string }> {
  static {
    TaggedError.shown(this)
  }

  override get message(): string {
    return `the address ${this.problem}`
  }
}

export const rejectedFor = (kind: Kind): Rejected =>
  new Rejected({ problem: `leads to ${ARTICLE[kind] ?? "a"} ${kind} address` })

/** The error for a connection that is not made. */
export class AddressRejected extends Error {
  /** A code like those of system errors. */
  readonly code = "ADDRESS_REJECTED"
  readonly kind: Kind
  constructor(kind: Kind) {
    super("the address is not one that this request may go to")
    this.kind = kind
  }
}

/** Finds the rejected address among the causes of an error. */
export const rejectionIn = (cause: unknown): AddressRejected | undefined => {
  let at: unknown = cause
  for (let depth = 0; depth < MOST_DEPTH && at instanceof Error; depth++) {
    if (at instanceof AddressRejected) return at
    at = at.cause
  }
  return undefined
}

// internal

const MOST_DEPTH = 8

const ARTICLE: Partial<Record<Kind, string>> = { unspecified: "an" }

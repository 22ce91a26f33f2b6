import { TaggedError } from "@chatferry/core/errors"
// Which addresses a request may go to. Set where a request is made, read where its connection is.
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type { Kind } from "./kinds.ts"

/** `undefined`: any, because the program's own settings name the address. */
export type Reach = ReadonlySet<Kind> | undefined

export const Reach = Context.Reference<Reach>("@chatferry/core/Addresses/Reach", {
  defaultValue: () => undefined
})

/** Why an address is not asked: what it does or is. */
export class Refused extends Data.TaggedError("AddressRefused")<{ readonly problem: string }> {
  static {
    TaggedError.shown(this)
  }

  override get message(): string {
    return `the address ${this.problem}`
  }
}

export const refusedFor = (kind: Kind): Refused =>
  new Refused({ problem: `leads to ${ARTICLE[kind] ?? "a"} ${kind} address` })

/** Why there is no connection. */
export class AddressRefused extends Error {
  /** As errors of the system have one. */
  readonly code = "ADDRESS_REFUSED"
  readonly kind: Kind
  constructor(kind: Kind) {
    super("the address is not one that this request may go to")
    this.kind = kind
  }
}

/** What refused an address at the bottom of an error. */
export const refusalIn = (cause: unknown): AddressRefused | undefined => {
  let at: unknown = cause
  for (let depth = 0; depth < MOST_DEPTH && at instanceof Error; depth++) {
    if (at instanceof AddressRefused) return at
    at = at.cause
  }
  return undefined
}

// internal

const MOST_DEPTH = 8

const ARTICLE: Partial<Record<Kind, string>> = { unspecified: "an" }

// The origin of a record that is being mapped.
import type * as Schema from "effect/Schema"
import type { Address, Range, Rejected } from "../../Rejected.ts"

/**
 * The record that is being mapped. Used only if it is rejected.
 *
 * @category models
 * @since 0.1.0
 */
export interface Origin {
  /** The location of the record, or of its part `within`, such as `.members[2]`. */
  readonly location: (within: string) => string
  /** The record's text, if it is still available. */
  readonly text: () => string | undefined
  /** The whole record as it is in the input, without secrets, if it differs from what was mapped. */
  readonly original?: () => Rejected["original"] | undefined
  /** Context that the record's meaning depends on: `Rejected.context`. */
  readonly context?: () => Schema.Json | undefined
  /** The bytes of the file that hold the record. Corrections need this and `BatchBuilder.entry`. */
  readonly range?: (within: string) => OriginRange | undefined
}

/**
 * The bytes that hold a record, and what its format needs to correct it there.
 *
 * @category models
 * @since 0.1.0
 */
export interface OriginRange extends Range, Pick<Address, "format"> {}

// What a record that is mapped is made of, and where it stands.
import type * as Schema from "effect/Schema"
import type { Address, Range, Rejected } from "../../Rejected.ts"

/**
 * The record that is being mapped. Asked only when it is rejected.
 *
 * @category models
 * @since 0.1.0
 */
export interface Origin {
  /** `within`: the part of the record, such as `.members[2]`. */
  readonly location: (within: string) => string
  /** The record's text, where it is still there. */
  readonly text: () => string | undefined
  /** The whole record as it stands in the input, where that is not what was mapped, and without secrets. */
  readonly original?: () => Rejected["original"] | undefined
  /** What the record's meaning depends on besides the record: `Rejected.context`. */
  readonly context?: () => Schema.Json | undefined
  /** The bytes of the file that the record takes up. Without it, and without `BatchBuilder.entry`, a correction cannot be put in its place. */
  readonly range?: (within: string) => OriginRange | undefined
}

/**
 * The bytes that a record takes up, and what its format needs to correct it there.
 *
 * @category models
 * @since 0.1.0
 */
export interface OriginRange extends Range, Pick<Address, "format"> {}

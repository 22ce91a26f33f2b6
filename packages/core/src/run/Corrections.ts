/**
 * Records that a user has corrected in a copy of `rejects.ndjson`. Readers put them
 * into the input, in place of the rejected ones.
 *
 * `Migration.Options.corrections` starts a run with corrections. A reader gets those of
 * its partition and passes its mappings the corrected file, so the state it keeps
 * between records is the same as if the input had been correct. `ArchiveReader` does
 * that for its formats.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Context from "effect/Context"
import { merged, replacedAt, stepsOf } from "../internal/corrections/merge.ts"
import { type Splice, Splices } from "../internal/corrections/splices.ts"
import type { Integers } from "../internal/json/parts.ts"
import { isRange, written } from "../internal/rejects/originals.ts"
import type { Address } from "../Rejected.ts"
import { type Content, contentOf, type RejectedLine } from "./RejectedLine.ts"

export {
  /**
   * The consequence of a record that was corrected.
   *
   * @category models
   * @since 0.1.0
   */
  CORRECTED,
  /**
   * The consequence of a corrected record that was rejected again.
   *
   * @category models
   * @since 0.1.0
   */
  STILL_WRONG
} from "../internal/corrections/codes.ts"
export {
  /**
   * A file in which some bytes are replaced. `inInput` maps an offset back to the
   * original file.
   *
   * @category models
   * @since 0.1.0
   */
  Splices
} from "../internal/corrections/splices.ts"

/**
 * A record that has been corrected.
 *
 * @category models
 * @since 0.1.0
 */
export interface Correction {
  readonly address: Address
  /** The line that was written when the record was rejected. */
  readonly line: RejectedLine
  /** The replacement of its `original`. */
  readonly corrected: RejectedLine["original"]
}

/**
 * The corrections of the partition that is being read, for readers.
 *
 * @category services
 * @since 0.1.0
 */
export const OfPartition: Context.Reference<ReadonlyArray<Correction>> = Context.Reference<
  ReadonlyArray<Correction>
>("@chatferry/core/Corrections/OfPartition", { defaultValue: () => [] })

/**
 * The replacement of a record: `remains` if a correction cannot be applied, so the
 * record stays unchanged and is rejected again.
 *
 * @category models
 * @since 0.1.0
 */
export type Replaced = Uint8Array | "remains"

/**
 * Applies corrections to a record that is JSON. Parts of the record that the line does
 * not show, such as secrets, are kept. `integers` is that of `NdjsonLines.Options`.
 *
 * @category operations
 * @since 0.1.0
 */
export const json = (
  bytes: Uint8Array,
  corrections: ReadonlyArray<Correction>,
  integers: Integers = "text"
): Replaced => {
  let record: Content | undefined
  const read = () => (record ??= contentOf({ original: asText(bytes) } as RejectedLine, integers))
  for (const one of corrections) {
    const after = contentOf({ ...one.line, original: one.corrected }, integers)
    if (after.problem !== undefined) return "remains"
    const value = corrected(read, one, after.value, integers)
    if (value === undefined) return "remains"
    record = { value, problem: undefined, bytes: NOTHING }
  }
  return record === undefined ? "remains" : Buffer.from(written(record.value))
}

/**
 * Makes the splices of one file from its corrections; `undefined` without corrections.
 * `replace` gives the replacement of a range of bytes from the corrections in it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const splices = (
  corrections: ReadonlyArray<Correction>,
  replace: (bytes: Uint8Array, corrections: ReadonlyArray<Correction>) => Replaced
): Splices | undefined => {
  const byRange = Map.groupBy(corrections, ({ address }) => address.bytes.join())
  const all = Array.from(byRange.values(), (here): Splice | undefined => {
    const [first] = here
    if (first === undefined) return undefined
    const [from, to] = first.address.bytes
    const bytesFor = (bytes: Uint8Array) => {
      const found = replace(bytes, here)
      return found === "remains" ? undefined : found
    }
    // A record that was skipped because of its size is not held in memory now either.
    const isBlind = here.every(({ line }) => isRange(line.original))
    if (!isBlind) return { from, to, replace: bytesFor, isBlind }
    const blind = bytesFor(Buffer.alloc(0))
    return blind === undefined ? undefined : { from, to, replace: () => blind, isBlind }
  }).filter((one) => one !== undefined)
  return all.length === 0 ? undefined : new Splices(all)
}

/**
 * The file that an address is in, as a key.
 *
 * @category operations
 * @since 0.1.0
 */
export const fileOf = ({ entry = [] }: Pick<Address, "entry">): string => entry.join()

// internal

const NOTHING = Buffer.alloc(0)

const asText = (bytes: Uint8Array): RejectedLine["original"] => {
  const text = Buffer.from(bytes).toString("utf8")
  return Buffer.from(text).equals(bytes) ? { text } : { base64: Buffer.from(bytes).toString("base64") }
}

/** The record with one correction; `undefined` if the corrected part is not in it. */
const corrected = (
  read: () => Content,
  { address: { within = "" }, line }: Correction,
  after: unknown,
  integers: Integers
): unknown => {
  const before = isRange(line.original) ? undefined : contentOf(line, integers)
  if (within === "" && (before === undefined || before.problem !== undefined)) return after
  const { problem, value } = read()
  // The line holds the whole text of a record that cannot be parsed.
  if (problem !== undefined) return within === "" ? after : undefined
  const steps = stepsOf(within)
  if (steps === undefined) return undefined
  return replacedAt(value, steps, (found) => merged(found, before?.value, after))
}

/**
 * Records that a person has corrected in a copy of `rejects.ndjson`, where readers put
 * them: in the input, in place of what was wrong.
 *
 * `Migration.Options.corrections` is what makes a run with them. A reader asks for
 * those of the partition that it reads, and gives its mappings the file with them in
 * place; so what it remembers between records is what it would have been. `ArchiveReader`
 * does that for its formats.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Context from "effect/Context"
import { merged, replacedAt, stepsOf } from "../internal/corrections/merge.ts"
import { type Splice, Splices } from "../internal/corrections/splices.ts"
import type { Integers } from "../internal/json/lossless.ts"
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
   * The consequence of one that was rejected again.
   *
   * @category models
   * @since 0.1.0
   */
  STILL_WRONG
} from "../internal/corrections/codes.ts"
export {
  /**
   * A file with other bytes in place of some of its own. `inInput` tells where in the
   * file itself a byte is.
   *
   * @category models
   * @since 0.1.0
   */
  Splices
} from "../internal/corrections/splices.ts"

/**
 * One record that has been corrected.
 *
 * @category models
 * @since 0.1.0
 */
export interface Correction {
  readonly address: Address
  /** The line as the record was set aside. */
  readonly line: RejectedLine
  /** What comes in place of its `original`. */
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
 * What comes in place of a record: `remains` when a correction cannot stand there, so
 * that the record stays as it is, and is rejected again.
 *
 * @category models
 * @since 0.1.0
 */
export type Replaced = Uint8Array | "remains"

/**
 * Puts corrections into a record that is JSON. What a line does not show of the record,
 * such as secrets, stays. `integers` is that of `NdjsonLines.Options`.
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
 * Makes the splices of one file, whose corrections these are; `undefined` where there
 * are none. `replace` gives what comes in place of some bytes, with those
 * corrections that are in them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const splices = (
  corrections: ReadonlyArray<Correction>,
  replace: (bytes: Buffer, corrections: ReadonlyArray<Correction>) => Replaced
): Splices | undefined => {
  const byRange = Map.groupBy(corrections, ({ address }) => address.bytes.join())
  const all = Array.from(byRange.values(), (here): Splice | undefined => {
    const [first] = here
    if (first === undefined) return undefined
    const [from, to] = first.address.bytes
    const bytesFor = (bytes: Buffer) => {
      const found = replace(bytes, here)
      return found === "remains" ? undefined : found
    }
    // What was passed over because of its size is not held now either.
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

/** The record with one correction; `undefined` when what is corrected is not in it. */
const corrected = (
  read: () => Content,
  { address: { within = "" }, line }: Correction,
  after: unknown,
  integers: Integers
): unknown => {
  const before = isRange(line.original) ? undefined : contentOf(line, integers)
  if (within === "" && (before === undefined || before.problem !== undefined)) return after
  const { problem, value } = read()
  // The text of what cannot be parsed is in the line as a whole.
  if (problem !== undefined) return within === "" ? after : undefined
  const steps = stepsOf(within)
  if (steps === undefined) return undefined
  return replacedAt(value, steps, (found) => merged(found, before?.value, after))
}

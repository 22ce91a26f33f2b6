// The rule for sources about the lines of their rejects.
import type { Rejected, Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Reading } from "./reading.ts"
import { broken, refused, type Verdict } from "./rule.ts"

/** A line as the rejects file has it. */
const lineOf = (source: string, { source: within, ...rejected }: Rejected.Rejected): string =>
  JSON.stringify({ stage: "source", source: within ?? source, ...rejected })

/** What nobody has corrected is rejected again as it was; the lines of others are refused. */
export const readAgain = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>
): Effect.Effect<Verdict | undefined, unknown, R> =>
  Effect.gen(function* () {
    const all = readings.flatMap(({ batches }) => batches.flatMap(({ rejected }) => rejected))
    const [first] = all
    if (first === undefined) return undefined
    const read = source.rejected
    if (read === undefined) return { expected: "a way to read what was rejected", actual: "none" }
    for (const [i, rejected] of all.entries()) {
      const what = `reject ${i + 1}, ${rejected.code} at ${rejected.place},`
      const again = yield* Effect.exit(read(lineOf(source.name, rejected)))
      if (Exit.isFailure(again)) return broken(`${what} to be read again`, again.cause)
      const verdict = sameReject(what, rejected, again.value)
      if (verdict !== undefined) return verdict
    }
    const line = JSON.parse(lineOf(source.name, first)) as { readonly source: string }
    const others = [{ ...line, source: `${line.source}, but another` }, { ...line, stage: "transform" }, "{}"]
    for (const other of others) {
      const verdict = yield* refused("reading a line of somebody else", read(other))
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

// internal

const sameReject = (
  what: string,
  { code, original }: Rejected.Rejected,
  { records, rejected }: Source.Mapped
): Verdict | undefined => {
  const [one, ...more] = rejected
  if (one === undefined || more.length > 0 || records.length > 0) {
    return {
      expected: `${what} to be rejected again, and nothing else`,
      actual: `${rejected.length} rejects and ${records.length} records`
    }
  }
  if (one.code !== code) return { expected: `${what} to be rejected as ${code}`, actual: one.code }
  return JSON.stringify(one.original) === JSON.stringify(original)
    ? undefined
    : { expected: `${what} with its original`, actual: "another one" }
}

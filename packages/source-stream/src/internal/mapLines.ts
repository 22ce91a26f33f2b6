// Maps the lines of an export that has a record on each.
import { type NdjsonLines, Rejected } from "@chatferry/core"
import { declared } from "./consequences.ts"
import { value as mapValue } from "./mapValue.ts"
import { type Context, contextOf } from "./toCanonical/context.ts"
import { isWire } from "./wire.ts"

export const lines = (part: NdjsonLines.LinesPart, place: string, context: Context): void => {
  const { out } = context
  let i = 0
  const rangeOf = () => ({ from: part.offsetOf(i), to: part.endOf(i) })
  const at = () =>
    Rejected.isTooLarge(part.failures.get(i)) ? Rejected.bytesOf(rangeOf()) : `byte ${part.offsetOf(i)}`
  out.origin = {
    place: (within) => `${place}:line ${part.lineOf(i)}${within} (${at()})`,
    text: () => Buffer.from(part.bytesOf(i)).toString("utf8"),
    context: () => contextOf(context, "any")
  }
  context.at = () => ({ offset: part.offsetOf(i), bytes: part.bytesOf(i).length })
  for (; i < part.values.length; i++) {
    const value = part.values[i]
    if (isWire(value)) mapValue(value, context)
    else if (Rejected.isTooLarge(part.failures.get(i))) {
      out.rejectTooLarge("unknown", rangeOf(), context.maxElementBytes)
    } else if (part.failures.has(i)) {
      out.rejectBytes(
        "unknown",
        declared.invalidJson.code,
        `the line is ${part.failures.get(i)}`,
        part.bytesOf(i)
      )
    } else out.reject("unknown", declared.notAnObject.code, "a line must hold an object", value)
  }
}

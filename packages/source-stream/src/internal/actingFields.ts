// Fields that Stream acts on and the model has no place for: as custom data nothing acts on them, which is to be said.
import { RawRecord } from "@chatferry/connector"
import { Consequence } from "@chatferry/core"
import { declared } from "./consequences.ts"
import type { Context } from "./toCanonical/context.ts"
import { isBlank } from "./wire.ts"

/** Keeps them, and counts each that has something in it. `label` is the table's. */
export const acting = <E, T>(
  kit: RawRecord.Kit<E, Context, T>,
  label: string,
  names: ReadonlyArray<string>
): ReadonlyArray<RawRecord.Field<unknown, Context>> =>
  names.map((name) => {
    const code = Consequence.codeOf(declared.keptAsCustom, `${label}.${name}`)
    return kit.from([RawRecord.any(name)], (x, value) => {
      if (isBlank(value)) return
      x.keep(name, value)
      x.note(code)
    })
  })

/** Keeps a value that the table reads and does not know, and counts it. */
export const unknownValue = (
  x: Pick<RawRecord.X<unknown, unknown>, "keep" | "note">,
  label: string,
  name: string,
  value: unknown
): void => {
  x.keep(name, value)
  x.note(Consequence.codeOf(declared.unknownValue, `${label}.${name}`))
}

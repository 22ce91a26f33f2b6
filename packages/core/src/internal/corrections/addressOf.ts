import type { BatchBuilder } from "../../BatchBuilder.ts"
import type { Rejected } from "../../Rejected.ts"

/** The address of the record that is mapped, or of a part of it, where its reader puts corrections in place. */
export const addressOf = (
  { entry, inside, origin }: Pick<BatchBuilder, "entry" | "inside" | "origin">,
  within: string
): Pick<Rejected, "address"> => {
  const range = entry === undefined ? undefined : origin.range?.(within)
  if (range === undefined) return {}
  const { format, from, to } = range
  const path = within === "" ? "" : `${inside}${within}`
  return {
    address: {
      ...entry,
      bytes: [from, to],
      ...(path !== "" && { within: path }),
      ...(format !== undefined && { format })
    }
  }
}

import type { Address, Rejected } from "../../Rejected.ts"
import type { Origin } from "./origin.ts"

/** The record that is being mapped, as `BatchBuilder` holds it. */
interface Mapped {
  readonly entry: Pick<Address, "entry"> | undefined
  readonly inside: string
  readonly origin: Origin
}

/** The address of the record that is being mapped, or of a part of it, if its reader applies corrections. */
export const addressOf = ({ entry, inside, origin }: Mapped, within: string): Pick<Rejected, "address"> => {
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

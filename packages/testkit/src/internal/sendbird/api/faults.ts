import { faultsAmong, type FaultOptions, type Faults as FaultsAmong } from "../../http/faults.ts"

/** All faults, in the order in which they are drawn. */
export const kinds = [
  "lostExport",
  "failedExport",
  "rateLimited",
  "serverError",
  "lostResponse",
  "expiredPageToken",
  "expiredLink",
  "htmlInsteadOfZip",
  "truncatedZip",
  "wrongLength",
  "cutBody",
  "slowBody"
] as const

export type Fault = (typeof kinds)[number]

export type Faults = FaultsAmong<Fault>

export const faults = (options: FaultOptions<Fault>): Faults => faultsAmong(kinds, options)

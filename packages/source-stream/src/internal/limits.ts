// Settings after defaults, as everything inside reads them.
import type { Limits as ZipLimits } from "./files/zipDirectory.ts"

export interface Limits extends ZipLimits {
  readonly batchRecords: number
  readonly maxElementBytes: number
}

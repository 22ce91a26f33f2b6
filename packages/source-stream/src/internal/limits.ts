// Settings after defaults, as everything inside reads them.
import { type Archives } from "@chatferry/core"

export interface Limits extends Archives.ZipLimits {
  readonly batchRecords: number
  readonly maxElementBytes: number
}

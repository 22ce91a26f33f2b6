// Settings after defaults, as everything inside reads them.
import type { Settings } from "./toCanonical/context.ts"
import type { Limits as ZipLimits } from "./zipDirectory.ts"

export interface Limits extends ZipLimits, Settings {
  readonly batchRecords: number
  readonly maxElementBytes: number
  readonly maxNestedBytes: number
  /** One character; `,`. */
  readonly csvDelimiter?: string
}

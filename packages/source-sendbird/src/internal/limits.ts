// Settings after defaults, as everything inside reads them.
import { type Archives } from "@chatferry/core"
import type { Settings } from "./toCanonical/context.ts"

export interface Limits extends Archives.ZipLimits, Settings {
  readonly batchRecords: number
  readonly maxElementBytes: number
  readonly maxNestedBytes: number
  /** One character; `,`. */
  readonly csvDelimiter?: string
}

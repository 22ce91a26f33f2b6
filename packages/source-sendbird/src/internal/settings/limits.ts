// Settings after defaults, as everything inside reads them.
import { type ArchiveSource } from "@chatferry/connector"
import type { Settings } from "../records/context.ts"

export interface Limits extends ArchiveSource.Limits, Settings {
  readonly maxNestedBytes: number
  /** One character; `,`. */
  readonly csvDelimiter?: string | undefined
}

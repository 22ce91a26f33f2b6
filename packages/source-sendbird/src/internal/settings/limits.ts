// Settings after defaults, as the internal modules use them.
import { type ArchiveSource } from "@chatferry/connector"
import type { Settings } from "../records/context.ts"

export interface Limits extends ArchiveSource.Limits, Settings {
  readonly maxNestedBytes: number
  /**
   * The character between cells.
   *
   * @default ,
   */
  readonly csvDelimiter?: string | undefined
}

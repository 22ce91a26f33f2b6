// What the thread that stages rows and the one that sends them say to each other.
import type { SqliteStage } from "@chatferry/connector"
import type { Exclusion } from "@chatferry/core"
import type { RowChecksums } from "@chatferry/core/files"
import type { Failed } from "../threads/failed.ts"
import type { StagedRow } from "./insertRow.ts"
import type { Table } from "./tables.ts"

/** A stage that was closed right after a commit. */
export interface Committed {
  readonly options: SqliteStage.Options<Table>
  readonly path: string
  readonly proof: RowChecksums.Proof
}

export type ToStage =
  | { readonly _tag: "open"; readonly stage: Committed }
  | { readonly _tag: "rows"; readonly rows: ReadonlyArray<StagedRow>; readonly length: number }
  | { readonly _tag: "exclude"; readonly exclusions: ReadonlyArray<Exclusion.Exclusion> }
  | { readonly _tag: "commit" }
  | { readonly _tag: "close" }

export type FromStage =
  | { readonly _tag: "ready" }
  | { readonly _tag: "staged"; readonly length: number }
  | { readonly _tag: "committed"; readonly proof: RowChecksums.Proof }
  | { readonly _tag: "closed" }
  | Failed

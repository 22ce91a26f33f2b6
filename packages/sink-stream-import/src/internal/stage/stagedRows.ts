import type { Exclusion, SinkError } from "@chatferry/core"
import type { RowChecksums } from "@chatferry/core/files"
import type * as Effect from "effect/Effect"
import type { StagedRow } from "./insertRow.ts"

/** Adds rows to the stage, in this thread or in one of its own. */
export interface Rows {
  readonly add: (rows: ReadonlyArray<StagedRow>) => Effect.Effect<void, SinkError.SinkError>
  readonly exclude: (
    exclusions: ReadonlyArray<Exclusion.Exclusion>
  ) => Effect.Effect<void, SinkError.SinkError>
  readonly commit: Effect.Effect<RowChecksums.Proof, SinkError.SinkError>
  /** Ends after a commit. */
  readonly close: Effect.Effect<void, SinkError.SinkError>
}

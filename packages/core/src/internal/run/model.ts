// The options of a migration, as the user gives them.
import type * as Duration from "effect/Duration"
import type { Renderer } from "../../Progress.ts"
import type { Sink } from "../../Sink.ts"
import type { Batch, Source } from "../../Source.ts"
import type { Transform } from "../../Transform.ts"

export interface Policy {
  /** Records read between two checkpoints, which is the most that a kill can cost. @default 50_000 */
  readonly checkpointRecords?: number | undefined
  /** The longest time between two checkpoints while records arrive. @default "30 seconds" */
  readonly checkpointInterval?: Duration.Input | undefined
  /** The most batches read ahead of the sink; none while the pending batches hold more than 2 MiB of input. @default 4 */
  readonly readAhead?: number | undefined
  /** Stops the run once more than `atLeast` records and more than `percent` of the read records are rejected. @default { percent: 1, atLeast: 1000 } */
  readonly errorBudget?:
    | { readonly percent?: number | undefined; readonly atLeast?: number | undefined }
    | undefined
  /**
   * Allows output without records. Otherwise it is an error, because it may come from a
   * wrong input or a filter that leaves out everything.
   *
   * @default false
   */
  readonly allowEmpty?: boolean | undefined
  /**
   * Accepts functions whose code has changed since the run was started, for example by formatting, but which give the same result for every record that has been read. Takes words from the error that rejected the run. Each word covers one change of one function, but not later changes. A `version` beside the function makes this unnecessary.
   *
   * @default []
   */
  readonly acceptCode?: ReadonlyArray<string> | undefined
}

export interface Options<RS, ET, RT, RK, RP> {
  /** The name of the migration and its state folder: letters, digits, `.`, `_` and `-`. */
  readonly id: string
  readonly source: Source<RS>
  readonly transforms?: ReadonlyArray<Transform<ET, RT>> | undefined
  readonly sink: Sink<RK>
  readonly policy?: Policy | undefined
  /**
   * The number of buckets that a sink may divide its later work into, at most 256,
   * because each may have an open file. It belongs to the run: another number may give
   * another order of the output. Sinks whose work is not divided by buckets ignore it.
   *
   * @default one for each GB of input, at least 8; 1 for a sink that ignores it
   */
  readonly buckets?: number | undefined
  /**
   * A copy of the `rejects.ndjson` of the finished migration with corrected lines. The
   * migration is run again with the corrections in place of the rejected records, and
   * the new output replaces the old one. Unchanged or removed lines stay rejected. At
   * most 64 MiB of lines may be corrected.
   */
  readonly corrections?: string | undefined
  /** The folder that holds a state folder for each migration. @default ".chatferry" */
  readonly stateDirectory?: string | undefined
  /** Shows progress. @default the renderer of `Program.run`; nothing outside a program */
  readonly progress?: Renderer<RP> | undefined
}

/** What progress and checkpoints need of a batch. */
export interface Passed extends Pick<Batch, "position" | "readDigest" | "bytes" | "location"> {
  /** Records and rejects. */
  readonly count: number
}

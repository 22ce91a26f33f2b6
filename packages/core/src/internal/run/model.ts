// What a migration is made of, as it is given.
import type * as Duration from "effect/Duration"
import type { Renderer } from "../../Progress.ts"
import type { Sink } from "../../Sink.ts"
import type { Source } from "../../Source.ts"
import type { Transform } from "../../Transform.ts"

export interface Policy {
  /** Records read between two checkpoints: what a kill costs at most; 50,000. */
  readonly checkpointRecords?: number | undefined
  /** Longest time between two checkpoints while records come; 30 seconds. */
  readonly checkpointInterval?: Duration.Input | undefined
  /** Batches read ahead of the sink; 4. None is while those that are were made of more than 2 MiB. */
  readonly readAhead?: number | undefined
  /** The run stops when more than `atLeast` records (1000) and more than `percent` of those read (1) were rejected. */
  readonly errorBudget?:
    | { readonly percent?: number | undefined; readonly atLeast?: number | undefined }
    | undefined
  /**
   * Publishes an output without a record. Otherwise it is an error, because a
   * wrong input or a filter that leaves out everything looks the same.
   *
   * @default false
   */
  readonly allowEmpty?: boolean | undefined
  /**
   * Says of functions whose code has changed since the run was started that they
   * give the same result for every record that has been read, such as after
   * formatting: words from the error that refused the run. Each stands for one change of one function,
   * and for no later one. A `version` beside the function makes it unnecessary.
   */
  readonly acceptCode?: ReadonlyArray<string> | undefined
}

export interface Options<RS, ET, RT, RK, RP> {
  /** Names the migration and its state folder: letters, digits, `.`, `_` and `-`. */
  readonly id: string
  readonly source: Source<RS>
  readonly transforms?: ReadonlyArray<Transform<ET, RT>> | undefined
  readonly sink: Sink<RK>
  readonly policy?: Policy | undefined
  /**
   * Into how many buckets a sink may divide its later work, 256 at most: each may have a file open. It belongs to the run:
   * with another number the output may have other bytes.
   *
   * @default 1
   */
  readonly buckets?: number | undefined
  /**
   * A copy of the `rejects.ndjson` of the finished migration, in which lines have been
   * corrected: the migration is run again with what is in them in place of what was
   * wrong, and its output takes the place of the finished one's. Lines that are as they
   * were, or gone, stay rejected. At most 64 MiB of lines may be corrected.
   */
  readonly corrections?: string | undefined
  /** Folder that holds a state folder per migration; `.chatferry`. */
  readonly stateDirectory?: string | undefined
  /** Shows progress. @default what `Program.run` shows; nothing without a program */
  readonly progress?: Renderer<RP> | undefined
}

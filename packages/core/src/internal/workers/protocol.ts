// What the thread that writes and the threads that read say to each other.
import type { LogLevel, Severity } from "effect/LogLevel"
import type { Exclusion } from "../../Exclusion.ts"
import type { Ledger } from "../../Ledger.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Position, Segment } from "../../Source.ts"
import type { RenamedId } from "../../Transform.ts"
import type { Stage } from "../rejects/rejectsFile.ts"
import type { Passed } from "../run/model.ts"
import type { Outcome } from "../sinks/contract.ts"
import type { Taken } from "../sinks/taken.ts"
import type { Packed } from "./ring.ts"

/** What a worker is started with. */
export interface Start {
  /** The URL of the module, and the names of its exports. */
  readonly module: string
  readonly migration: string
  readonly services: string
  /** The id of the run's migration, and the least level that it logs. */
  readonly id: string
  readonly logLevel: LogLevel
  /** The number of buckets of the run. */
  readonly buckets: number
  /** Digest of the settings of the run, which must be those of the worker's migration. */
  readonly settings: string
}

/** A batch after everything that does not need the other threads. */
export interface Handed {
  readonly passed: Passed
  /** Bytes that it takes in memory, more or less. */
  readonly weight: number
  /** The end of the batch, with the name of its partition. */
  readonly location: string
  readonly ledger: Ledger
  readonly rejected: ReadonlyArray<{ readonly stage: Stage; readonly rejected: ReadonlyArray<Rejected> }>
  readonly excluded: ReadonlyArray<Exclusion>
  readonly renamed: ReadonlyArray<RenamedId>
  /** In the order of the sinks. */
  readonly taken: ReadonlyArray<Taken>
}

/** A batch on its way. */
export interface Sent extends Omit<Handed, "taken"> {
  readonly taken: ReadonlyArray<Packed>
  /** The end of its bytes in the ring. */
  readonly end: number
}

/** A task after reading. */
export interface TaskRequest {
  readonly _tag: "task"
  readonly runId: string
  readonly sink: string
  /** The id of the part of a phase. */
  readonly part: string
}

export interface TaskOutcome extends Outcome {
  readonly rejected: ReadonlyArray<Rejected>
}

export type ToWorker =
  | TaskRequest
  | {
      readonly _tag: "read"
      readonly index: number
      readonly segment: Segment
      /** `null` for the start. */
      readonly position: Position | null
    }
  /** Nothing is left to do. */
  | { readonly _tag: "close" }
  /** Batches of this weight have been written, and the bytes up to `end` in the ring are free. */
  | { readonly _tag: "taken"; readonly weight: number; readonly end: number }

export type FromWorker =
  | { readonly _tag: "ready"; readonly ring: SharedArrayBuffer }
  /** The worker cannot be used at all. */
  | { readonly _tag: "unusable"; readonly problem: string }
  | { readonly _tag: "batch"; readonly index: number; readonly sent: Sent }
  | { readonly _tag: "end"; readonly index: number }
  /** Reading failed after the last batch. */
  | { readonly _tag: "failed"; readonly index: number }
  /** A task has ended; without an outcome, the thread that writes must run it. */
  | { readonly _tag: "done"; readonly outcome: TaskOutcome | undefined }
  | { readonly _tag: "progress"; readonly step: string; readonly done: number; readonly total: number }
  | {
      readonly _tag: "log"
      readonly level: Severity
      readonly text: string
      readonly annotations: Readonly<Record<string, string>>
    }

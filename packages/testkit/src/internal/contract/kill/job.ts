// What a process that runs a migration receives and reports.
import { Ledger } from "@chatferry/core"
import * as Schema from "effect/Schema"

const Exported = Schema.Struct({ module: Schema.String, name: Schema.String })

export const Job = Schema.Struct({
  source: Exported,
  sink: Exported,
  input: Schema.String,
  /** Folder for the state, the source's exports, and the output. */
  folder: Schema.String,
  checkpointRecords: Schema.Int,
  /** The moment before which the process is killed. Counted from 1. */
  killAt: Schema.optionalKey(Schema.Int)
})
export type Job = typeof Job.Type

/** The last line that the process prints. */
export const JobReport = Schema.Union([
  Schema.TaggedStruct("killed", { when: Schema.String }),
  Schema.TaggedStruct("failed", { error: Schema.String }),
  Schema.TaggedStruct("ended", {
    moments: Schema.Int,
    /** Moments before the first batch. */
    before: Schema.Int,
    sinks: Schema.Array(Schema.Struct({ sink: Schema.String, ledger: Ledger.Ledger }))
  })
])
export type JobReport = typeof JobReport.Type

export const MIGRATION = "kill"

/** Subfolders of a job's folder. */
export const OUTPUT = "out"
export const STATE = "state"
export const WORK = "work"

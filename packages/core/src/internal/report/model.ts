// What a report holds, and how it may be written.
import * as Schema from "effect/Schema"
import * as Consequence from "../../Consequence.ts"
import { Ledger } from "../../Ledger.ts"
import { OutputFile } from "../../Sink.ts"

/**
 * What one sink came to, from the source on: its ledger balances.
 *
 * @category schemas
 * @since 0.1.0
 */
export class SinkReport extends Schema.Opaque<SinkReport>()(
  Schema.Struct({
    sink: Schema.String,
    /** `null` for a sink that publishes no files. */
    directory: Schema.NullOr(Schema.String),
    files: Schema.Array(OutputFile),
    ledger: Ledger,
    /** What each code of the ledger means, in the order of reports. */
    consequences: Schema.Array(Consequence.Occurrence)
  })
) {}

/**
 * @category schemas
 * @since 0.1.0
 */
export class Report extends Schema.Opaque<Report>()(
  Schema.Struct({
    migration: Schema.String,
    source: Schema.String,
    fingerprint: Schema.String,
    /** `completed_with_rejects` when at least one record was set aside. */
    status: Schema.Literals(["completed", "completed_with_rejects"]),
    /** Records in the rejects file. */
    rejected: Schema.Finite,
    /** The rejects file. */
    rejects: Schema.String,
    sinks: Schema.Array(SinkReport)
  })
) {}

/**
 * How much a report shows.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FormatOptions {
  /** Lists every code, those for information too. @default false */
  readonly verbose?: boolean
}

// The content of a report, and the options of its text.
import * as Schema from "effect/Schema"
import * as Consequence from "../../Consequence.ts"
import { Ledger } from "../../Ledger.ts"
import { OutputFile } from "../../Sink.ts"

/**
 * The result of one sink. Its ledger starts at the source, and it balances.
 *
 * @category schemas
 * @since 0.1.0
 */
export class SinkReport extends Schema.Opaque<SinkReport>()(
  Schema.Struct({
    sink: Schema.String,
    /** `null` for a sink that does not publish files. */
    directory: Schema.NullOr(Schema.String),
    files: Schema.Array(OutputFile),
    ledger: Ledger,
    /** The meaning of each code of the ledger, in the order of reports. */
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
    /** `completed_with_rejects` if at least one record was rejected. */
    status: Schema.Literals(["completed", "completed_with_rejects"]),
    /** Records in the rejects file. */
    rejected: Schema.Finite,
    /** The rejects file. */
    rejects: Schema.String,
    sinks: Schema.Array(SinkReport)
  })
) {}

/**
 * How much of a report is shown.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FormatOptions {
  /** Lists every code, including those for information. @default false */
  readonly verbose?: boolean
}

// What a sink declares, what it receives from the run, and its summary.
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Entity, Kind } from "../../Entity.ts"
import * as Ledger from "../../Ledger.ts"

/**
 * A published file.
 *
 * @category schemas
 * @since 0.1.0
 */
export class OutputFile extends Schema.Opaque<OutputFile>()(
  Schema.Struct({
    /** Relative to the sink's folder, with `/`. */
    path: Schema.String,
    bytes: Schema.Finite,
    /** Lower-case hex. */
    sha256: Schema.String,
    /** Records in the file. */
    records: Schema.Finite
  })
) {}

/**
 * What one sink came to. `ledger.read` is what it received; its files are in
 * the order in which they are to be used.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Summary extends Schema.Opaque<Summary>()(
  Schema.Struct({
    sink: Schema.String,
    /** `null` for a sink that publishes no files, such as one that writes to a service. */
    directory: Schema.NullOr(Schema.String),
    files: Schema.Array(OutputFile),
    ledger: Ledger.Ledger
  })
) {}

/**
 * A point that a writer can go back to: JSON that only its sink understands.
 *
 * @category models
 * @since 0.1.0
 */
export type Receipt = Schema.Json

/**
 * What the run came to before the sink, for the manifest.
 *
 * @category models
 * @since 0.1.0
 */
export interface Completion {
  readonly migrationId: string
  readonly source: string
  /** Fingerprint of source and settings. */
  readonly fingerprint: string
  /** The way from the source to the sink; `written` is what the sink received. */
  readonly ledger: Ledger.Ledger
  /** An output without a record is an error, `SinkError.EmptyOutput`. */
  readonly mustHaveRecords?: boolean
  /**
   * A sink that has not received what `ledger` says it was given, or does not
   * account for all of it, publishes nothing: `SinkError.OutOfBalance`. The runner
   * always asks for it.
   */
  readonly mustBalance?: boolean
}

/**
 * A field of an entity, or of an object or a list of objects in it: `text`,
 * `attachments.url`. A field that is named alone is held with all that is in it.
 *
 * @category models
 * @since 0.1.0
 */
export type Field<K extends Kind> = Paths<Omit<Entity<K>, "_tag">>

/**
 * The fields that a sink holds, by kind. A kind that is not named is not held. `all`
 * is for sinks that write entities whole, also fields that the model gets later.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = { readonly [K in Kind]?: "all" | ReadonlyArray<Field<K>> }

/** Which run a sink is opened in, and how far it had come. */
export interface SinkRun {
  readonly migrationId: string
  readonly runId: string
  /** What the session gave last; none on a first run. */
  readonly receipt: Option.Option<Receipt>
  /** A folder that outlives the process until the migration is done. */
  readonly stateDirectory: string
}

// internal

/** One level of paths: lists and objects by the fields in them. */
type Paths<A> = { [P in keyof A & string]: P | `${P}.${Inner<NonNullable<A[P]>>}` }[keyof A & string]
type Inner<A> = A extends ReadonlyArray<infer One> ? Inner<One> : A extends object ? keyof A & string : never

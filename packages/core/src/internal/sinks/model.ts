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
    /** The path relative to the sink's folder, with `/`. */
    path: Schema.String,
    bytes: Schema.Finite,
    /** Lower-case hex. */
    sha256: Schema.String,
    /** Records in the file. */
    records: Schema.Finite
  })
) {}

/**
 * The result of one sink. `ledger.read` counts the records it received. Its files are
 * in the order in which they are to be used.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Summary extends Schema.Opaque<Summary>()(
  Schema.Struct({
    sink: Schema.String,
    /** `null` for a sink that does not publish files, such as one that writes to a service. */
    directory: Schema.NullOr(Schema.String),
    files: Schema.Array(OutputFile),
    ledger: Ledger.Ledger
  })
) {}

/**
 * A point that a writer can return to, as JSON that only its sink understands.
 *
 * @category models
 * @since 0.1.0
 */
export type Receipt = Schema.Json

/**
 * The result of the run before the sink, for the manifest.
 *
 * @category models
 * @since 0.1.0
 */
export interface Completion {
  readonly migrationId: string
  readonly source: string
  /** Fingerprint of source and settings. */
  readonly fingerprint: string
  /** The ledger from the source to the sink; `written` counts the records sent to the sink. */
  readonly ledger: Ledger.Ledger
  /** Output without records is an error: `SinkError.EmptyOutput`. */
  readonly mustHaveRecords?: boolean
  /**
   * A sink that has not received everything that `ledger` says was sent to it, or does
   * not account for all of it, publishes nothing: `SinkError.OutOfBalance`. The runner
   * always sets it.
   */
  readonly mustBalance?: boolean
}

/**
 * A field of an entity, or of an object or a list of objects in it: `text`,
 * `attachments.url`. A field that is named alone is held with all of its content.
 *
 * @category models
 * @since 0.1.0
 */
export type Field<K extends Kind> = Paths<Omit<Entity<K>, "_tag">>

/**
 * The fields that a sink holds, by kind. Kinds that are not listed are not held. `all`
 * is for sinks that write whole entities, including fields that the model gets later.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = { readonly [K in Kind]?: "all" | ReadonlyArray<Field<K>> }

/** The run that a sink is opened in, and its progress. */
export interface SinkRun {
  readonly migrationId: string
  readonly runId: string
  /** The last receipt of the session; none on a first run. */
  readonly receipt: Option.Option<Receipt>
  /** A folder that is kept until the migration is done. */
  readonly stateDirectory: string
}

// internal

/** One level of paths: lists and objects with the fields in them. */
type Paths<A> = { [P in keyof A & string]: P | `${P}.${Inner<NonNullable<A[P]>>}` }[keyof A & string]
type Inner<A> = A extends ReadonlyArray<infer One> ? Inner<One> : A extends object ? keyof A & string : never

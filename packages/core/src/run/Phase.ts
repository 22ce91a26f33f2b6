/**
 * The phases of a sink's work, each with its writers.
 *
 * A writer gives lines and bytes to its task. The runner owns the resulting pieces: it
 * syncs them, truncates them to the last checkpoint, verifies their checksums, counts
 * and publishes them. So a writer without any other state has nothing to remember, and
 * needs no receipt.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Entity } from "../Entity.ts"
import type { Exclusion } from "../Exclusion.ts"
import type { StagedFile } from "../files/Publication.ts"
import type { Fields, Receipt, Summary } from "../internal/sinks/model.ts"
import type * as Ledger from "../Ledger.ts"
import type { Rejected } from "../Rejected.ts"
import type { SinkError } from "../SinkError.ts"

/**
 * Writes the records of one task. Only `write` is needed, or `row` or `rows` if only rows
 * are sent to it: a writer without `flush` has no state besides its pieces.
 *
 * @category models
 * @since 0.1.0
 */
export interface Writer {
  /** Writes records in the order of the source. They belong to the runner and must not be changed. */
  readonly write?: ((records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>) | undefined
  /**
   * Receives channels, users and messages that were left out on purpose. A writer that sees all records before it writes leaves out what
   * belongs to them; for a sink without this method, the runner does so.
   */
  readonly exclude?: ((exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, SinkError>) | undefined
  /** Receives a row that a writer of an earlier phase has emitted, in the order of the plan. `from` is that phase, or `read` for rows that `route` has sent. */
  readonly row?: ((from: string, row: Schema.Json) => Effect.Effect<void, SinkError>) | undefined
  /** Like `row`, for all consecutive rows of a batch at once. It is called in place of `row`. */
  readonly rows?:
    | ((from: string, rows: ReadonlyArray<Schema.Json>) => Effect.Effect<void, SinkError>)
    | undefined
  /**
   * Makes the writer's own state durable, and returns a receipt for this point: `open`
   * with this receipt resumes exactly here.
   *
   * @default null: all of the state is in the pieces
   */
  readonly flush?: Effect.Effect<Receipt, SinkError> | undefined
  /**
   * Writes the remaining data after all records have arrived. Returns what `publish`
   * needs to know, in less than 1 KB. It is repeated if a run was killed before it
   * finished, and everything that it had given to the task is discarded first.
   *
   * @default null
   */
  readonly end?: Effect.Effect<Schema.Json, SinkError> | undefined
}

/**
 * The data that a writer has given to its task under one name.
 *
 * @category models
 * @since 0.1.0
 */
export interface Piece {
  readonly name: string
  readonly bytes: number
  readonly records: number
}

/**
 * A complete piece of one writer.
 *
 * @category models
 * @since 0.1.0
 */
export interface ClosedPiece extends Piece {
  /** Lower-case hex. */
  readonly sha256: string
}

/**
 * Everything that belongs to one writer: pieces, rows, rejects and the ledger. The
 * runner commits, truncates, verifies and adds up all of it.
 *
 * Data from `append`, `line` and `emit` is buffered in memory, in blocks of about a
 * megabyte for each piece. Full blocks are written when `write`, `row` or `end` has
 * ended, or when `drain` is called; the rest is written with the next commit. A writer
 * that gives more than a few megabytes at once must drain in between.
 *
 * @category models
 * @since 0.1.0
 */
export interface Task {
  /** Identifies this run, however often it is resumed, among runs of migrations with the same id. It is random: do not write it to the output. */
  readonly runId: string
  /** The part of its phase: 0 where there is only one. */
  readonly part: number
  /** The last result of `flush`; none if the writer starts from scratch. */
  readonly receipt: Option.Option<Receipt>
  /** The writer's own folder, such as for a database, which is kept until the migration is done. The writer creates it if needed. */
  readonly directory: string
  /** How many worker threads the run may use besides its own. The output must not depend on it. */
  readonly threads: number
  /** Adds bytes to a piece, which contain `records` records (0 if absent). Returns the number of bytes added. */
  readonly append: (piece: string, bytes: string | Uint8Array, records?: number) => number
  /** Adds a record as text, followed by a line feed. */
  readonly line: (piece: string, text: string) => void
  /**
   * Sends a row to a later phase, which receives it when this phase has ended. Declare rows as a `type`: the compiler
   * does not accept an `interface` as JSON.
   */
  readonly emit: (phase: string, bucket: number, row: Schema.Json) => void
  /** Writes all full blocks. */
  readonly drain: Effect.Effect<void, SinkError>
  /** Makes a piece durable and closes it, for a writer that reads it back or makes very many pieces. Nothing can be added afterwards. */
  readonly close: (piece: string) => Effect.Effect<ClosedPiece, SinkError>
  /** The path of a closed piece. */
  readonly pathOf: (piece: string) => string
  /** Renames a closed piece. It must have been made since the last flush, because a resumed run looks for older ones. */
  readonly rename: (piece: string, name: string) => Effect.Effect<void, SinkError>
  /** Discards a closed piece that was made since the last flush. */
  readonly discard: (piece: string) => Effect.Effect<void, SinkError>
  /** Rejects records, and counts them as rejected. */
  readonly reject: (rejected: ReadonlyArray<Rejected>) => Effect.Effect<void, SinkError>
  /** The sink's own ledger. The runner counts the records that the sink receives and rejects; the writer counts everything else. */
  readonly book: Ledger.Book
  /** Reports the progress of a long step: `done` of `total`, in the step's own unit. */
  readonly progress: (step: string, done: number, total: number) => Effect.Effect<void>
}

/**
 * Called for each record where it is read. Sends the record, or a row about it, to
 * buckets of a phase, any number of times. It must not depend on earlier records,
 * because records may be read by several threads. What it sends may be copied to
 * another thread: a small row is cheaper than a record, and a list of texts and whole
 * numbers is the cheapest row.
 *
 * @category models
 * @since 0.1.0
 */
export type Route = (
  entity: Entity,
  send: (bucket: number, what: Entity | { readonly row: Schema.Json }) => void
) => void

/**
 * A step of a sink's work.
 *
 * @category models
 * @since 0.1.0
 */
export interface Phase<out R = never> {
  readonly name: string
  /** Phases that must end first. A phase without any works while the source is read. */
  readonly after: ReadonlyArray<string>
  /**
   * `"segment"`: written by the task that reads the segment, so that the pieces of all
   * segments, joined in order, equal the pieces of one writer that got everything. A
   * number: that many buckets, each with its own writer and pieces.
   */
  readonly parts: "segment" | number
  /** Required for a phase with several buckets, and for a later phase that needs records. */
  readonly route?: Route | undefined
  /**
   * Makes the route, if it needs something that must be opened first. It is run by each
   * thread that reads, and `route` is not used then.
   */
  readonly makeRoute?: Effect.Effect<Route, SinkError, R | Scope.Scope> | undefined
  readonly open: (task: Task) => Effect.Effect<Writer, SinkError, R | Scope.Scope>
}

/**
 * The input of a sink's `publish`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Output {
  /** All pieces, in the order in which the phases made them. Pieces with the same name are one piece here. */
  readonly pieces: ReadonlyArray<Piece>
  /** The results of `end` of a phase's writers, by part. */
  readonly ends: (phase: string) => ReadonlyArray<Schema.Json>
  /** The sink's own ledger. */
  readonly ledger: Ledger.Ledger
  /**
   * Joins all pieces of a name into one file, in the order of the parts, ready to be
   * published under that name or another. `through` transforms the bytes, for example
   * by compressing them.
   */
  readonly join: (
    piece: string,
    options?: {
      readonly file?: string | undefined
      readonly through?:
        | ((bytes: Stream.Stream<Uint8Array, SinkError>) => Stream.Stream<Uint8Array, SinkError>)
        | undefined
    }
  ) => Effect.Effect<StagedFile, SinkError>
  /**
   * Publishes files and the manifest in the sink's folder, if the ledger balances. Repeating it gives the same
   * bytes. For a sink without a folder it only checks the ledger.
   */
  readonly publish: (what?: {
    /** The files, in the order in which they are to be used. @default each piece, by its own name */
    readonly files?: ReadonlyArray<StagedFile> | undefined
    /** Other entries of the manifest, such as the dialect. */
    readonly details?: Readonly<Record<string, string | number | boolean>> | undefined
    /** Whether output without records is meaningful, for example because it says that there are no files. @default false */
    readonly mayBeEmpty?: boolean | undefined
  }) => Effect.Effect<Summary, SinkError>
  readonly progress: Task["progress"]
}

/**
 * How a sink divides its work.
 *
 * @category models
 * @since 0.1.0
 */
export interface Division<out R = never> {
  /**
   * The folder that the sink publishes into. The run owns it from before the first byte until everything is published, and
   * fails if it holds another result. Absent for a sink that writes to a service.
   */
  readonly directory?: string | undefined
  /** Known names of files that will be published. A first run fails if the folder has one of them. */
  readonly files?: ReadonlyArray<string> | undefined
  readonly phases: ReadonlyArray<Phase<R>>
  /** Makes the output from the pieces. Final names appear only here. It is repeated if a run was killed meanwhile, so it must be idempotent. */
  readonly publish: (output: Output) => Effect.Effect<Summary, SinkError, R>
}

/**
 * The division of one of several sinks that are written together, with its name and
 * fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface Member<out R = never> extends Division<R> {
  readonly name: string
  readonly fields: Fields
}

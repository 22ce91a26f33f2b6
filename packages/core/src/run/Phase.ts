/**
 * How a sink works: in phases, each with writers.
 *
 * A writer gives lines and bytes to its task. The runner owns what is made of
 * them: it syncs, cuts back to the last checkpoint, proves by checksum, counts and
 * publishes. So a writer that keeps nothing besides has nothing to remember, and
 * no receipt.
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
 * Writes what one task is given. Only `write` is needed: a writer without `flush`
 * has no state besides its pieces.
 *
 * @category models
 * @since 0.1.0
 */
export interface Writer {
  /** Records in the order of the source. They belong to the runner: a writer changes none. */
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  /**
   * Channels, users and messages that were left out on purpose, with whatever belongs to them. A writer that sees all records
   * before it writes leaves out what belongs to them; for a sink without this, the runner does.
   */
  readonly exclude?: (exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, SinkError>
  /** A row that a writer of an earlier phase has emitted, in the order of the plan. `from` is that phase, or `read` for rows that `route` has sent. */
  readonly row?: (from: string, row: Schema.Json) => Effect.Effect<void, SinkError>
  /**
   * Makes durable what the writer keeps by itself, and says how to find that point
   * again: `open` with this receipt goes on exactly here.
   *
   * @default null: all of the state is in the pieces
   */
  readonly flush?: Effect.Effect<Receipt, SinkError>
  /**
   * Writes what is left, when everything has come. Gives what `publish` has to
   * know, under 1 KB. It is done again if it was not finished when a run was killed,
   * and all that it has given to the task is gone then.
   *
   * @default null
   */
  readonly end?: Effect.Effect<Schema.Json, SinkError>
}

/**
 * What a writer has given to its task under one name.
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
 * A piece of one writer that nothing is added to any more.
 *
 * @category models
 * @since 0.1.0
 */
export interface ClosedPiece extends Piece {
  /** Lower-case hex. */
  readonly sha256: string
}

/**
 * What belongs to one writer. The runner commits, cuts back, proves and adds up
 * all of it: pieces, rows, rejects and the ledger.
 *
 * What is given by `append`, `line` and `emit` waits in memory, in blocks of about
 * a megabyte for each piece. Full blocks are written when `write`, `row` or `end` has
 * ended, or when `drain` is called; the rest is written with the next commit. A writer
 * that gives more than a few megabytes at once drains in between.
 *
 * @category models
 * @since 0.1.0
 */
export interface Task {
  /** Tells this run, however often it is resumed, from any other of a migration with the same id. Not for output: it is random. */
  readonly runId: string
  /** The part of its phase: 0 where there is only one. */
  readonly part: number
  /** What `flush` gave last; none where the writer starts again. */
  readonly receipt: Option.Option<Receipt>
  /** A folder of the writer's own, for a database, that outlives the process until the migration is done. The writer creates it if it needs it. */
  readonly directory: string
  /** Adds to a piece; `records` counts those that are in it, 0 when absent. Gives the bytes that were added. */
  readonly append: (piece: string, bytes: string | Uint8Array, records?: number) => number
  /** Adds a text that is a record, and a line feed. */
  readonly line: (piece: string, text: string) => void
  /**
   * Sends a row to a later phase, which gets it when this one has ended. What a row is must be a `type`: the compiler
   * takes no `interface` for JSON.
   */
  readonly emit: (phase: string, bucket: number, row: Schema.Json) => void
  /** Writes the blocks that are full. */
  readonly drain: Effect.Effect<void, SinkError>
  /** Makes a piece durable and closes it, for a writer that reads it back or makes very many: nothing can be added any more. */
  readonly close: (piece: string) => Effect.Effect<ClosedPiece, SinkError>
  /** Where a piece is that has been closed. */
  readonly pathOf: (piece: string) => string
  /** Gives a closed piece another name. Only one that was made since the last flush: a run that is killed looks for the others. */
  readonly rename: (piece: string, name: string) => Effect.Effect<void, SinkError>
  /** Takes back a closed piece that was made since the last flush. */
  readonly discard: (piece: string) => Effect.Effect<void, SinkError>
  /** Sets records aside and counts them as rejected. */
  readonly reject: (rejected: ReadonlyArray<Rejected>) => Effect.Effect<void, SinkError>
  /** The sink's own ledger, in which the runner counts what the sink is given and what it rejects. All else is the writer's to count. */
  readonly book: Ledger.Book
  /** Tells how far a long step has come; `done` of `total`, in the step's own unit. */
  readonly progress: (step: string, done: number, total: number) => Effect.Effect<void>
}

/**
 * A step of a sink's work.
 *
 * @category models
 * @since 0.1.0
 */
export interface Phase<out R = never> {
  readonly name: string
  /** Phases that must have ended before. A phase with none works while the source is read. */
  readonly after: ReadonlyArray<string>
  /**
   * `"segment"`: written where it is read, so that the pieces of all segments,
   * joined in their order, are the pieces of one writer that got everything. A number:
   * buckets, each with a writer and pieces of its own.
   */
  readonly parts: "segment" | number
  /**
   * Asked for each record while the source is read: sends it, or a row about it, to buckets of this
   * phase, any number of times. Needed by a phase with several buckets, and by one after others that wants records.
   */
  readonly route?: (
    entity: Entity,
    send: (bucket: number, what: Entity | { readonly row: Schema.Json }) => void
  ) => void
  readonly open: (task: Task) => Effect.Effect<Writer, SinkError, R | Scope.Scope>
}

/**
 * What a sink publishes its files of.
 *
 * @category models
 * @since 0.1.0
 */
export interface Output {
  /** All pieces, in the order in which the phases made them. Those of one name are one here. */
  readonly pieces: ReadonlyArray<Piece>
  /** What the writers of a phase gave at their end, by part. */
  readonly ends: (phase: string) => ReadonlyArray<Schema.Json>
  /** The sink's own ledger. */
  readonly ledger: Ledger.Ledger
  /**
   * Makes one file of all pieces of a name, in the order of the parts, ready to be
   * published under that name or another one. `through` changes the bytes on
   * their way, such as by compressing them.
   */
  readonly join: (
    piece: string,
    options?: {
      readonly file?: string
      readonly through?: (bytes: Stream.Stream<Uint8Array, SinkError>) => Stream.Stream<Uint8Array, SinkError>
    }
  ) => Effect.Effect<StagedFile, SinkError>
  /**
   * Publishes files and the manifest in the sink's folder, if the books balance. Doing it again ends in the same
   * bytes. For a sink without a folder the books are all there is.
   */
  readonly publish: (what?: {
    /** In the order in which they are to be used. @default each piece, by its own name */
    readonly files?: ReadonlyArray<StagedFile>
    /** What else the manifest should say, such as the dialect. */
    readonly details?: Readonly<Record<string, string | number | boolean>>
    /** The output says something without a record, too, such as that there are no files. @default false */
    readonly mayBeEmpty?: boolean
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
   * The folder that the sink publishes into. The run claims it from before the first byte until everything is
   * published, and refuses one that holds another's result. None for a sink that writes to a service.
   */
  readonly directory?: string
  /** Names of files that will be published, as far as they are known: a first run refuses a folder that has one of them. */
  readonly files?: ReadonlyArray<string>
  readonly phases: ReadonlyArray<Phase<R>>
  /** Makes the output of the pieces; only here final names appear. It is done again if a run was killed meanwhile: repeating it is harmless. */
  readonly publish: (output: Output) => Effect.Effect<Summary, SinkError, R>
}

/**
 * The division of one of several sinks that are written together, which has kept its name and fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface Member<out R = never> extends Division<R> {
  readonly name: string
  readonly fields: Fields
}

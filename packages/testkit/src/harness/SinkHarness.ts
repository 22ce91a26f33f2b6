/**
 * Runs a sink without a migration, as the runner does.
 *
 * For tests of how a sink handles records, receipts and failures. `SinkContract`
 * has the rules for every sink.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Ledger, type Rejected, Sink, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as Scope from "effect/Scope"

/**
 * Where and how a sink is opened.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** The last receipt of the session. @default none: a first run */
  readonly receipt?: Option.Option<Sink.Receipt> | undefined
  /** Receives each reject. */
  readonly rejected?: Array<Rejected.Rejected> | undefined
  /** Receives the progress of long steps. @default ignored */
  readonly progress?: Sink.Context["progress"] | undefined
  /** Maximum number of buckets of a phase. @default 1 */
  readonly buckets?: number | undefined
}

/**
 * Opens a sink for a run called `test`; `state` is its folder.
 *
 * @category testing
 * @since 0.1.0
 */
export const open = <R>(
  sink: Sink.Sink<R>,
  state: string,
  { buckets = 1, progress = () => Effect.void, receipt = Option.none(), rejected = [] }: Options = {}
): Effect.Effect<Sink.Session, SinkError.SinkError, R | FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Sink.open(sink, {
    migrationId: "test",
    runId: "test-run",
    receipt,
    stateDirectory: state,
    buckets,
    reject: (more) => Effect.sync(() => void rejected.push(...more)),
    progress
  })

/**
 * Ends a session and publishes. `keep` receives each receipt on the way. The last
 * one means that the run only has to be published.
 *
 * @category testing
 * @since 0.1.0
 */
export const finish = (
  session: Sink.Session,
  completion: Sink.Completion = nothingBefore,
  keep: (receipt: Sink.Receipt) => void = () => undefined
): Effect.Effect<ReadonlyArray<Sink.Summary>, SinkError.SinkError> =>
  Effect.andThen(
    session.end((receipt) => Effect.sync(() => keep(receipt))),
    session.publish(completion)
  )

/**
 * An empty summary of the part of a run before the sink.
 *
 * @category testing
 * @since 0.1.0
 */
export const nothingBefore: Sink.Completion = {
  migrationId: "test",
  source: "test",
  fingerprint: "test",
  ledger: Ledger.empty
}

/**
 * Runs a sink without a migration, as the runner does.
 *
 * For tests of what a sink makes of records, of receipts and of trouble: `SinkContract`
 * has the rules that every sink keeps.
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
  /** What the session gave last. @default none: a first run */
  readonly receipt?: Option.Option<Sink.Receipt>
  /** Gets what is rejected. */
  readonly rejected?: Array<Rejected.Rejected>
  /** Hears how far a long step has come. @default nobody does */
  readonly progress?: Sink.Context["progress"]
  /** How many buckets a phase may have. @default 1 */
  readonly buckets?: number
}

/**
 * Opens a sink for a run that is called `test`; `state` is its folder.
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
 * Ends a session and publishes; `keep` gets each receipt that is given on the way,
 * the last of which stands for a run that has only to be published.
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
 * What a run came to before the sink, of which nothing is known.
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

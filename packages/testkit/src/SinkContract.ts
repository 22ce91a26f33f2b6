/**
 * Rules that every sink keeps, as values that any test runner can run.
 *
 * Each rule writes into folders of its own that are removed afterwards. Kills
 * are played by putting folders back to how they were at some instant, failures
 * by a file system whose renames fail.
 *
 * @stability unstable
 * @since 0.1.0
 */
import type { Entity, Sink } from "@chatferry/core"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type { Rule } from "./Contract.ts"
import * as EntityGenerator from "./EntityGenerator.ts"
import { rule } from "./internal/rule.ts"
import { leavesOut } from "./internal/sinkExclusions.ts"
import * as Failures from "./internal/sinkFailures.ts"
import * as Results from "./internal/sinkResults.ts"
import { play, type Setting } from "./internal/stage.ts"

/**
 * How to make the sink, and what to write.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<R> {
  /** Makes the sink that writes into a folder, which may not exist yet. Called many times. */
  readonly make: (directory: string) => Sink.Sink<R>
  /** What is written, in this order. Default `EntityGenerator.make()`. */
  readonly entities?: ReadonlyArray<Entity.Entity>
  /** Whether the records of a published file count as written. Default all do; a file that only lists ids does not. */
  readonly holdsRecords?: (file: Sink.OutputFile) => boolean
  /** Texts from inside the entities, which may be in what was rejected and not in what is said about it. */
  readonly content?: ReadonlyArray<string>
}

/**
 * Lists the rules for a sink.
 *
 * @category testing
 * @since 0.1.0
 */
export const rules = <R>(options: Options<R>): ReadonlyArray<Rule<R | FileSystem.FileSystem | Path.Path>> => {
  const setting: Setting<R> = {
    make: options.make,
    entities: options.entities ?? EntityGenerator.make()
  }
  const holdsRecords = options.holdsRecords ?? (() => true)
  return [
    rule(
      "publishes as many records as it says it wrote",
      play(setting, Results.writtenIsPublished(holdsRecords))
    ),
    rule("accounts for every record in its ledger", play(setting, Results.ledgerBalances)),
    rule(
      "counts every record that it rejects, and says nothing of its content",
      play(setting, Results.rejectsAreCounted(options.content ?? []))
    ),
    rule(
      "declares what each code means that it counts",
      play(setting, Results.codesAreDeclared(options.make))
    ),
    rule(
      "lists exactly its files in the manifest, with their bytes and SHA-256",
      play(setting, Results.manifestIsTrue)
    ),
    rule("publishes an empty run", play({ ...setting, entities: [] }, Results.emptyRunPublishes)),
    rule("writes the same bytes for any size of batches", play(setting, Results.batchesDoNotShow)),
    rule("shows nothing under its final names before it finishes", play(setting, Results.nothingShowsEarly)),
    rule("gives receipts that survive JSON", play(setting, Results.receiptsAreJson)),
    rule("goes on after a receipt, and what came later is gone", play(setting, Failures.dropped)),
    rule("goes on after a kill at any flush", play(setting, Failures.killed)),
    rule("goes on when it is opened anew after every flush", play(setting, Failures.reopened)),
    rule("starts anew without a receipt", play(setting, Failures.startedAnew)),
    rule("ends in the same files when it finishes twice", play(setting, Failures.finishedTwice)),
    rule("ends in the same files after a failure at any rename", play(setting, Failures.renameFails)),
    rule("refuses a receipt that it did not write", play(setting, Failures.foreignReceipt)),
    rule("leaves the result of another run alone", play(setting, Failures.resultIsKept)),
    rule(
      "leaves out what belongs to a channel or a message that was left out, and nothing else, if it takes exclusions",
      play(setting, leavesOut)
    )
  ]
}

/**
 * Rules that every sink keeps, as values that any test runner can run.
 *
 * Each rule writes into folders of its own that are removed afterwards. Kills
 * are played by putting folders back to how they were at some instant, failures
 * by a file system that fails.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { Entity, Sink, Source } from "@chatferry/core"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as EntityGenerator from "../harness/EntityGenerator.ts"
import { rule } from "../internal/contract/engine/rule.ts"
import { play, type Setting } from "../internal/contract/engine/stage.ts"
import { kindsArrive } from "../internal/contract/sink/arrival.ts"
import * as Content from "../internal/contract/sink/content.ts"
import { noticesDamage } from "../internal/contract/sink/damaged.ts"
import * as Disturbed from "../internal/contract/sink/disturbed.ts"
import * as Divided from "../internal/contract/sink/divided.ts"
import { leavesOut } from "../internal/contract/sink/exclusions.ts"
import * as Failures from "../internal/contract/sink/failures.ts"
import * as Identity from "../internal/contract/sink/identity.ts"
import { rejectsAreCounted } from "../internal/contract/sink/rejects.ts"
import * as Results from "../internal/contract/sink/results.ts"
import type { Rule } from "./Contract.ts"

/**
 * How to make the sink, and what to write.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<R, R2 = never> {
  /** Makes the sink that writes into a folder, which may not exist yet. Called many times. */
  readonly make: (directory: string) => Sink.Sink<R>
  /** What is written, in this order. @default `EntityGenerator.make()` */
  readonly entities?: ReadonlyArray<Entity.Entity>
  /**
   * The fields of each kind that the rules ask for, such as `attachments.url`, where
   * they are fewer than the sink says. @default `fields` of the sink
   */
  readonly fields?: Fields
  /** A source that reads what was published. */
  readonly readBack?: (directory: string) => Source.Source<R2>
  /** The sink with other settings; of each, the fingerprint must differ. */
  readonly changed?: ReadonlyArray<Changed<R>>
  /** Texts of `entities` that must be in the published files. */
  readonly kept?: ReadonlyArray<string>
  /** Texts that may be nowhere, such as a token among the settings. */
  readonly secrets?: ReadonlyArray<string>
  /** Whether the records of a published file count as written; a file that only lists ids does not. @default all do */
  readonly holdsRecords?: (file: Sink.OutputFile) => boolean
  /** Codes of notes that count records which are made of parts of entities, such as devices of users. @default none */
  readonly madeOfParts?: ReadonlyArray<string>
  /** Texts from inside the entities, besides their texts and names, which may be in what was rejected and not in what is said about it. */
  readonly content?: ReadonlyArray<string>
}

/**
 * Fields of the model by kind.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fields extends Content.Fields {}

/**
 * A sink that a run must not be resumed with, and what is different in it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Changed<R> extends Identity.Changed<R> {}

/**
 * Lists the rules for a sink.
 *
 * @category testing
 * @since 0.1.0
 */
export const rules = <R, R2 = never>(
  options: Options<R, R2>
): ReadonlyArray<Rule<R | R2 | FileSystem.FileSystem | Path.Path>> => {
  const { changed = [], content = [], fields, kept, readBack, secrets } = options
  const setting: Setting<R> = {
    make: options.make,
    entities: options.entities ?? EntityGenerator.make()
  }
  const holdsRecords = options.holdsRecords ?? (() => true)
  return [
    rule(
      "publishes as many records as it says it wrote",
      play(setting, Results.writtenIsPublished(holdsRecords, options.madeOfParts))
    ),
    rule("accounts for every record in its ledger", play(setting, Results.ledgerBalances)),
    rule(
      "counts every record that it rejects, and says nothing of its content",
      play(setting, rejectsAreCounted(content))
    ),
    rule(
      "declares what each code means that it counts",
      play(setting, Results.codesAreDeclared(options.make))
    ),
    rule(
      "lists exactly its files in the manifest, with their bytes and SHA-256",
      play(setting, Results.manifestIsTrue)
    ),
    rule("writes records of each kind that it says it holds", play(setting, kindsArrive)),
    rule("publishes each field that it is given, or counts it", play(setting, Content.fieldsArrive(fields))),
    ...(kept === undefined
      ? []
      : [rule("publishes texts that must arrive", play(setting, Content.keepsAll(kept)))]),
    ...(readBack === undefined
      ? []
      : [
          rule(
            "publishes what can be read again as it was written",
            play(setting, Content.readsBack(readBack, fields))
          )
        ]),
    rule("leaves the entities that it is given as they are", play(setting, Identity.leavesInputAlone)),
    rule("has a fingerprint of its settings alone", play(setting, Identity.fingerprintTells(changed))),
    ...(secrets === undefined
      ? []
      : [
          rule(
            "keeps secrets out of fingerprints, receipts, files, errors and logs",
            play(setting, Identity.keepsSecrets(secrets))
          )
        ]),
    rule("publishes an empty run", play({ ...setting, entities: [] }, Results.emptyRunPublishes)),
    rule("writes the same bytes for any size of batches", play(setting, Results.batchesDoNotShow)),
    rule("writes the same records for 1, 2 and 7 buckets", play(setting, Divided.bucketsDoNotShow)),
    rule("makes the same pieces of several segments as of one", play(setting, Divided.segmentsJoin)),
    rule("writes the same bytes in every time zone", play(setting, Disturbed.ignoresTimeZone)),
    rule("shows nothing under its final names before it finishes", play(setting, Results.nothingShowsEarly)),
    rule("gives receipts that survive JSON", play(setting, Results.receiptsAreJson)),
    rule("goes on after a receipt, and what came later is gone", play(setting, Failures.dropped)),
    rule("goes on after a kill at any flush", play(setting, Failures.killed)),
    rule("goes on when it is opened again after every flush", play(setting, Failures.reopened)),
    rule("goes on after its folders were moved", play(setting, Disturbed.survivesMove)),
    rule("starts again without a receipt", play(setting, Failures.startedAnew)),
    rule("ends in the same files when it finishes twice", play(setting, Failures.finishedTwice)),
    rule("ends in the same files after a failure at any rename", play(setting, Failures.renameFails)),
    rule(
      "fails with an error of its own when the file system fails, and goes on after it",
      play(setting, Disturbed.survivesFaults)
    ),
    rule("has synced all it wrote when it gives a receipt", play(setting, Disturbed.syncsBeforeReceipts)),
    rule("notices that what it has staged was changed", play(setting, noticesDamage)),
    rule("publishes its manifest last", play(setting, Disturbed.publishesManifestLast)),
    rule("closes every file that it opens", play(setting, Disturbed.closesFiles)),
    rule("refuses a receipt that it did not write", play(setting, Failures.foreignReceipt)),
    rule("leaves the result of another run alone", play(setting, Failures.resultIsKept)),
    rule("leaves what another migration has staged alone", play(setting, Disturbed.keepsOthersStage)),
    rule(
      "leaves out what belongs to a channel or a message that was left out, and nothing else, if it takes exclusions",
      play(setting, leavesOut)
    )
  ]
}

/**
 * Rules for every sink, as values that any test runner can run.
 *
 * Each rule writes into its own folders, which are removed afterwards. Kills are
 * simulated by restoring folders to an earlier state, failures by a file system
 * that fails.
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
 * The sink to check and the entities to write.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<R, R2 = never> {
  /** Makes the sink that writes into a folder, which may not exist yet. It is called many times. */
  readonly make: (directory: string) => Sink.Sink<R>
  /** The entities to write, in this order. @default `EntityGenerator.make()` */
  readonly entities?: ReadonlyArray<Entity.Entity> | undefined
  /**
   * The fields of each kind that must arrive, such as `attachments.url`, if they are
   * fewer than the sink declares. @default `fields` of the sink
   */
  readonly fields?: Fields | undefined
  /** A source that reads what was published. */
  readonly readBack?: ((directory: string) => Source.Source<R2>) | undefined
  /** Sinks with other settings. Each must have a different fingerprint. */
  readonly changed?: ReadonlyArray<Changed<R>> | undefined
  /** Texts of `entities` that must be in the published files. */
  readonly kept?: ReadonlyArray<string> | undefined
  /** Texts that may not appear anywhere, such as a token among the settings. */
  readonly secrets?: ReadonlyArray<string> | undefined
  /** Whether the records of a published file count as written. A file that only lists ids does not. @default all do */
  readonly holdsRecords?: ((file: Sink.OutputFile) => boolean) | undefined
  /** Codes of notes that count records made from parts of entities, such as the devices of users. @default none */
  readonly madeOfParts?: ReadonlyArray<string> | undefined
  /** Texts of the entities, besides their `text` and names, that `original` of a reject may contain but its message and location may not. */
  readonly content?: ReadonlyArray<string> | undefined
}

/**
 * Fields of the model by kind.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fields extends Content.Fields {}

/**
 * A sink with different settings, and what is different.
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
      "counts every record it rejects, and shows none of its content",
      play(setting, rejectsAreCounted(content))
    ),
    rule(
      "declares the meaning of each code it counts",
      play(setting, Results.codesAreDeclared(options.make))
    ),
    rule(
      "lists exactly its files in the manifest, with their bytes and SHA-256",
      play(setting, Results.manifestIsTrue)
    ),
    rule("writes records of each kind it declares", play(setting, kindsArrive)),
    rule("publishes each field it is given, or counts it", play(setting, Content.fieldsArrive(fields))),
    ...(kept === undefined
      ? []
      : [rule("publishes texts that must arrive", play(setting, Content.keepsAll(kept)))]),
    ...(readBack === undefined
      ? []
      : [
          rule(
            "publishes what reads back as it was written",
            play(setting, Content.readsBack(readBack, fields))
          )
        ]),
    rule("does not modify the entities it is given", play(setting, Identity.leavesInputAlone)),
    rule("derives its fingerprint from its settings alone", play(setting, Identity.fingerprintIsOf(changed))),
    ...(secrets === undefined
      ? []
      : [
          rule(
            "keeps secrets out of fingerprints, receipts, files, errors and logs",
            play(setting, Identity.keepsSecrets(secrets))
          )
        ]),
    rule("publishes an empty run", play({ ...setting, entities: [] }, Results.emptyRunPublishes)),
    rule("writes the same bytes for any batch size", play(setting, Results.batchesDoNotShow)),
    rule("writes the same records for 1, 2 and 7 buckets", play(setting, Divided.bucketsDoNotShow)),
    rule("writes the same bytes in any order of its tasks", play(setting, Divided.taskOrderDoesNotShow)),
    rule("makes the same pieces from several segments as from one", play(setting, Divided.segmentsJoin)),
    rule("writes the same bytes in every time zone", play(setting, Disturbed.ignoresTimeZone)),
    rule("shows nothing under its final names before it finishes", play(setting, Results.nothingShowsEarly)),
    rule("gives receipts that survive JSON", play(setting, Results.receiptsAreJson)),
    rule("resumes from a receipt and discards what came later", play(setting, Failures.dropped)),
    rule("resumes after a kill at any flush", play(setting, Failures.killed)),
    rule("resumes when it is reopened after every flush", play(setting, Failures.reopened)),
    rule("resumes after its folders are moved", play(setting, Disturbed.survivesMove)),
    rule("starts from scratch without a receipt", play(setting, Failures.startedAgain)),
    rule("publishes the same files when it finishes twice", play(setting, Failures.finishedTwice)),
    rule("publishes the same files after a failure at any rename", play(setting, Failures.renameFails)),
    rule(
      "fails with a sink error when the file system fails, and resumes afterwards",
      play(setting, Disturbed.survivesFaults)
    ),
    rule(
      "has synced everything it wrote when it gives a receipt",
      play(setting, Disturbed.syncsBeforeReceipts)
    ),
    rule("notices changes to what it has staged", play(setting, noticesDamage)),
    rule("publishes its manifest last", play(setting, Disturbed.publishesManifestLast)),
    rule("closes every file it opens", play(setting, Disturbed.closesFiles)),
    rule("rejects a receipt it did not write", play(setting, Failures.foreignReceipt)),
    rule("leaves the result of another run alone", play(setting, Failures.resultIsKept)),
    rule("leaves the stage of another migration alone", play(setting, Disturbed.keepsOthersStage)),
    rule(
      "leaves out exactly what belongs to excluded channels and messages, if it takes exclusions",
      play(setting, leavesOut)
    )
  ]
}

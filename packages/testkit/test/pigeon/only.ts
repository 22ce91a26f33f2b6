// For each rule that other mutants do not cover: the fault that only this rule detects.
import type * as PagedSource from "./PagedSource.ts"
import type * as PigeonSink from "./PigeonSink.ts"
import type * as PigeonSource from "./PigeonSource.ts"

export const sources: ReadonlyArray<{ readonly rule: string; readonly fault: PigeonSource.Fault }> = [
  { rule: "gives the same records when each read of a file returns only a part", fault: "shortReadIsEnd" },
  { rule: "gives the same records in any order of directory listings", fault: "directoryOrder" },
  { rule: "gives the same records in every time zone", fault: "localTimes" },
  {
    rule: "fails with a source error, or gives everything, when the file system fails",
    fault: "swallowsReads"
  },
  { rule: "fails when its input is missing", fault: "missingIsEmpty" },
  { rule: "can be interrupted while the file system does not answer", fault: "uninterruptible" },
  { rule: "reads files in pieces", fault: "wholeFile" },
  { rule: "puts more than one record into its batches", fault: "tinyBatches" },
  { rule: "closes every file it opens, even when it is stopped", fault: "leaksHandles" },
  { rule: "resumes with exactly the rest after a position", fault: "forgetsChannel" },
  { rule: "keeps its positions small", fault: "growingPosition" },
  { rule: "rejects a position of different content", fault: "anyContent" },
  {
    rule: "has a different fingerprint when the input or a setting changes",
    fault: "settingNotInFingerprint"
  },
  { rule: "gives the same when its input is moved", fault: "pathInFingerprint" },
  { rule: "gives the same when its input is moved", fault: "pathInLocation" },
  { rule: "gives each reject a location that leads to it", fault: "linesFromZero" },
  { rule: "gives each reject a location that leads to it", fault: "fileAsLocation" },
  { rule: "counts the bytes of each segment", fault: "noBytes" },
  { rule: "gives the expected records and rejects", fault: "mangledReference" },
  { rule: "gives every text that must arrive", fault: "cutTimes" },
  { rule: "gives every text that must arrive", fault: "roundedIds" },
  { rule: "keeps secrets out of records and rejects", fault: "keepsToken" },
  { rule: "keeps secrets out of fingerprints, partitions, errors and logs", fault: "tokenInFingerprint" },
  { rule: "keeps secrets out of fingerprints, partitions, errors and logs", fault: "tokenInError" }
]

export const services: ReadonlyArray<{ readonly rule: string; readonly fault: PagedSource.Fault }> = [
  {
    rule: "fails with a source error, or gives everything, when a service fails",
    fault: "endsQuietly"
  },
  {
    rule: "fails with a source error, or gives everything, when a service fails",
    fault: "endlessRetry"
  },
  { rule: "fails with a source error, or gives everything, when a service fails", fault: "rawErrors" }
]

export const sinks: ReadonlyArray<{ readonly rule: string; readonly fault: PigeonSink.Fault }> = [
  { rule: "counts every record it rejects, and shows none of its content", fault: "quotesText" },
  { rule: "writes records of each kind it declares", fault: "orphanReactions" },
  { rule: "writes records of each kind it declares", fault: "dropsMembers" },
  { rule: "publishes each field it is given, or counts it", fault: "droppedField" },
  { rule: "publishes texts that must arrive", fault: "cutTexts" },
  { rule: "publishes what reads back as it was written", fault: "swappedIds" },
  { rule: "does not modify the entities it is given", fault: "changesEntity" },
  { rule: "derives its fingerprint from its settings alone", fault: "settingNotInFingerprint" },
  { rule: "derives its fingerprint from its settings alone", fault: "pathInFingerprint" },
  { rule: "keeps secrets out of fingerprints, receipts, files, errors and logs", fault: "tokenInManifest" },
  {
    rule: "keeps secrets out of fingerprints, receipts, files, errors and logs",
    fault: "tokenInFingerprint"
  },
  { rule: "keeps secrets out of fingerprints, receipts, files, errors and logs", fault: "tokenInError" },
  { rule: "writes the same records for 1, 2 and 7 buckets", fault: "sharedSpool" },
  { rule: "writes the same records for 1, 2 and 7 buckets", fault: "noLineFeed" },
  { rule: "writes the same bytes in every time zone", fault: "zoneInManifest" },
  { rule: "gives receipts that survive JSON", fault: "mapInReceipt" },
  { rule: "resumes after a kill at any flush", fault: "flushesAtClose" },
  { rule: "resumes when it is reopened after every flush", fault: "countsSinceOpened" },
  {
    rule: "fails with a sink error when the file system fails, and resumes afterwards",
    fault: "rawErrors"
  },
  {
    rule: "fails with a sink error when the file system fails, and resumes afterwards",
    fault: "forgetsFailure"
  },
  { rule: "has synced everything it wrote when it gives a receipt", fault: "noSync" },
  { rule: "notices changes to what it has staged", fault: "noChecksum" },
  { rule: "notices changes to what it has staged", fault: "goneIsEmpty" },
  { rule: "publishes its manifest last", fault: "manifestFirst" },
  { rule: "closes every file it opens", fault: "leaksHandles" },
  { rule: "resumes after its folders are moved", fault: "pathInReceipt" },
  { rule: "rejects a receipt it did not write", fault: "foreignAsStart" }
]

/** Faults that several rules detect, for rules without a fault of their own: they check more moments than others do. */
export const sinksOfSeveral: typeof sinks = [
  { rule: "resumes from a receipt and discards what came later", fault: "noTruncation" },
  { rule: "starts from scratch without a receipt", fault: "keepsGivenUp" }
]

// The fault that a rule alone tells, for each rule that other mutants do not show to be needed.
import type * as PagedSource from "./PagedSource.ts"
import type * as PigeonSink from "./PigeonSink.ts"
import type * as PigeonSource from "./PigeonSource.ts"

export const sources: ReadonlyArray<{ readonly rule: string; readonly fault: PigeonSource.Fault }> = [
  { rule: "gives the same when each read of a file gives a piece only", fault: "shortReadIsEnd" },
  { rule: "gives the same in whatever order folders list their files", fault: "directoryOrder" },
  { rule: "gives the same in every time zone", fault: "localTimes" },
  {
    rule: "fails with an error of its own, or gives everything, when the file system fails",
    fault: "swallowsReads"
  },
  { rule: "fails when its input is missing", fault: "missingIsEmpty" },
  { rule: "can be interrupted while the file system does not answer", fault: "uninterruptible" },
  { rule: "reads files in pieces", fault: "wholeFile" },
  { rule: "puts more than one record into its batches", fault: "tinyBatches" },
  { rule: "closes every file that it opens, also when it is stopped", fault: "leaksHandles" },
  { rule: "continues with exactly the rest after a position", fault: "forgetsRoom" },
  { rule: "keeps its positions small", fault: "growingPosition" },
  { rule: "refuses a position of other content", fault: "anyContent" },
  { rule: "has another fingerprint when the input or a setting changes", fault: "settingNotInFingerprint" },
  { rule: "gives the same when its input lies elsewhere", fault: "pathInFingerprint" },
  { rule: "gives the same when its input lies elsewhere", fault: "pathInLocation" },
  { rule: "names a place for each reject, at which it is", fault: "linesFromZero" },
  { rule: "names a place for each reject, at which it is", fault: "fileAsLocation" },
  { rule: "counts the bytes of each partition", fault: "noBytes" },
  { rule: "gives the records and rejects that are expected", fault: "mangledReference" },
  { rule: "gives records that hold what must arrive", fault: "cutTimes" },
  { rule: "gives records that hold what must arrive", fault: "roundedIds" },
  { rule: "keeps secrets out of records and rejects", fault: "keepsToken" },
  { rule: "keeps secrets out of fingerprints, partitions, errors and logs", fault: "tokenInFingerprint" },
  { rule: "keeps secrets out of fingerprints, partitions, errors and logs", fault: "tokenInError" }
]

export const services: ReadonlyArray<{ readonly rule: string; readonly fault: PagedSource.Fault }> = [
  {
    rule: "fails with an error of its own, or gives everything, when a service fails",
    fault: "endsQuietly"
  },
  {
    rule: "fails with an error of its own, or gives everything, when a service fails",
    fault: "endlessRetry"
  },
  { rule: "fails with an error of its own, or gives everything, when a service fails", fault: "rawErrors" }
]

export const sinks: ReadonlyArray<{ readonly rule: string; readonly fault: PigeonSink.Fault }> = [
  { rule: "counts every record that it rejects, and says nothing of its content", fault: "quotesText" },
  { rule: "writes records of each kind that it says it holds", fault: "orphanReactions" },
  { rule: "writes records of each kind that it says it holds", fault: "dropsMembers" },
  { rule: "publishes each field that it is given, or counts it", fault: "droppedField" },
  { rule: "publishes texts that must arrive", fault: "cutTexts" },
  { rule: "publishes what can be read again as it was written", fault: "swappedIds" },
  { rule: "leaves the entities that it is given as they are", fault: "changesEntity" },
  { rule: "has a fingerprint of its settings alone", fault: "settingNotInFingerprint" },
  { rule: "has a fingerprint of its settings alone", fault: "pathInFingerprint" },
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
  { rule: "goes on after a kill at any flush", fault: "flushesAtClose" },
  { rule: "goes on when it is opened again after every flush", fault: "countsSinceOpened" },
  {
    rule: "fails with an error of its own when the file system fails, and goes on after it",
    fault: "rawErrors"
  },
  {
    rule: "fails with an error of its own when the file system fails, and goes on after it",
    fault: "forgetsFailure"
  },
  { rule: "has synced all it wrote when it gives a receipt", fault: "noSync" },
  { rule: "notices that what it has staged was changed", fault: "noChecksum" },
  { rule: "notices that what it has staged was changed", fault: "goneIsEmpty" },
  { rule: "publishes its manifest last", fault: "manifestFirst" },
  { rule: "closes every file that it opens", fault: "leaksHandles" },
  { rule: "goes on after its folders were moved", fault: "pathInReceipt" },
  { rule: "refuses a receipt that it did not write", fault: "foreignAsStart" }
]

/** Faults that several rules tell, for rules that have none of their own: they look at more moments than others do. */
export const sinksOfSeveral: typeof sinks = [
  { rule: "goes on after a receipt, and what came later is gone", fault: "noTruncation" },
  { rule: "starts again without a receipt", fault: "keepsGivenUp" }
]

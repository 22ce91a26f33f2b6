// The possible faults of the fixture's sink.

/**
 * Each is a realistic mistake of an author.
 *
 * Some earlier mistakes are no longer possible, because the runner does the work (`packages/core/test/sinks`):
 * - writing on at the end of files after a crash, without sync or checksums: it cuts pieces back and verifies them;
 * - a second footer: the output of an end is discarded when the end is repeated;
 * - overwriting the result or the stage of another run: it claims the folder before the first byte;
 * - counting too few received records, or rejecting without counting: it counts what it passes on and what is rejected;
 * - publishing other bytes than those hashed, or empty files: it compares them with what was written.
 */
export const FAULTS = {
  lastBatch: "writes its buffer with the next batch",
  noTruncation: "writes on at the end of its spool after a crash",
  keepsGivenUp: "continues the spool of an abandoned run",
  flushesAtClose: "writes its spool only when it closes",
  countsSinceOpened: "gives receipts that count from its last opening",
  goneIsEmpty: "mistakes a missing spool for an empty one",
  noChecksum: "trusts its spool",
  sharedSpool: "has one spool for all buckets",
  mapInReceipt: "has a Map in its receipts",
  manifestFirst: "shows a manifest before the files get their names",
  rejectedAsWritten: "counts rejected records as written",
  droppedUncounted: "does not count what it drops",
  dropsRejects: "counts rejects without keeping them",
  rejectsTwice: "counts its rejects twice",
  pathInReceipt: "keeps the path of its spool in its receipts",
  foreignAsStart: "mistakes a foreign receipt for the start",
  hiddenKind: "does not declare kinds it supports",
  sortsInput: "sorts the given list",
  writesAtEnd: "keeps everything in memory until its end",
  clock: "writes the time of the run",
  clockAtEnd: "has the time of its end in the manifest",
  randomId: "writes random ids",
  tokenInFingerprint: "has the token in its fingerprint",
  tokenInManifest: "has the token in its manifest",
  noSync: "does not sync when it gives a receipt",
  leaksHandles: "leaves files open",
  localTimes: "writes times of the machine's time zone",
  rounded: "rounds numbers and cuts times to seconds",
  emptyLines: "writes only ids",
  uninterruptible: "cannot be interrupted while it ends",
  dedupInBatch: "drops repeated records within a batch only",
  noLineFeed: "writes no line feed at the end of a bucket",
  countNotInReceipt: "has a number in its lines that is missing in its receipts",
  scratchFile: "leaves a scratch file in the output",
  sharedBetweenRuns: "remembers what other runs have written",
  fixedSpool: "writes into a fixed folder beside its own",
  emptyLocation: "rejects without a location",
  quotesText: "quotes the beginning of the text that it rejects",
  orphanReactions: "rejects every reaction as without a message",
  dropsMembers: "leaves out every member, on purpose",
  inventedReason: "drops every hundredth record for an invented reason",
  droppedField: "leaves out who may see a message",
  changesEntity: "changes the given entities",
  rawErrors: "lets an error of the file system through",
  forgetsFailure: "discards what it could not write, and continues",
  tokenInError: "has the token in its errors",
  settingNotInFingerprint: "has a fingerprint that lacks a setting",
  pathInFingerprint: "has its folder in the fingerprint",
  cutTexts: "truncates long texts silently",
  zoneInManifest: "has the time zone of the machine in its manifest",
  swappedIds: "writes the channel in place of the member"
} as const
export type Fault = keyof typeof FAULTS

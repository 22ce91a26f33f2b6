// What can be wrong with the sink of the fixture.

/**
 * Each is a realistic mistake of an author.
 *
 * Some that there were once no sink can make any more, because the runner does the work (`packages/core/test/sinks`):
 * - goes on at the end of its files after a crash, is not synced, gives no sum of them: it cuts pieces back and proves them;
 * - a footer at each end: what an end has given is gone when it is done again;
 * - writes over the result of another run, or takes what it has staged: it claims the folder before the first byte;
 * - counts too little as received, or sets aside what it does not count: it counts what it gives and what is rejected;
 * - publishes other bytes than it hashed, or files that are empty: it compares them with what was written.
 */
export const FAULTS = {
  lastBatch: "writes what it has buffered with the next batch",
  noTruncation: "goes on at the end of its spool after a crash",
  keepsGivenUp: "continues with the spool of a run that was given up",
  flushesAtClose: "writes its spool when it closes only",
  countsSinceOpened: "gives receipts that count from its last opening",
  goneIsEmpty: "takes a spool that is gone for an empty one",
  noChecksum: "trusts its spool",
  sharedSpool: "has one spool for all buckets",
  mapInReceipt: "has a Map in its receipts",
  manifestFirst: "shows a manifest before the files get their names",
  rejectedAsWritten: "counts rejected records as written",
  droppedUncounted: "does not count what it drops",
  rejectsLost: "counts rejects and does not set them aside",
  rejectsTwice: "counts the rejects that it sets aside once more",
  pathInReceipt: "keeps the path of its spool in its receipts",
  foreignAsStart: "takes a foreign receipt for the start",
  hiddenKind: "does not declare kinds that it could hold",
  sortsInput: "sorts the list it is given",
  writesAtEnd: "keeps everything in memory until its end",
  clock: "writes the time at which it runs",
  clockAtEnd: "has the time of its end in the manifest",
  randomId: "writes random ids",
  tokenInFingerprint: "has the token in its fingerprint",
  tokenInManifest: "has the token in its manifest",
  noSync: "does not sync when it gives a receipt",
  leaksHandles: "leaves files open",
  localTimes: "writes times of the machine's time zone",
  rounded: "rounds numbers and cuts times to seconds",
  emptyLines: "writes ids alone",
  uninterruptible: "cannot be interrupted while it ends",
  dedupInBatch: "drops repeated records within a batch only",
  noLineFeed: "writes no line feed at the end of a bucket",
  countNotInReceipt: "has a number in its lines that no receipt has",
  scratchFile: "leaves a scratch file in the output",
  sharedBetweenRuns: "remembers what other runs have written",
  fixedSpool: "writes into a fixed folder beside its own",
  emptyLocation: "rejects without a place",
  quotesText: "quotes the beginning of the text that it rejects",
  orphanReactions: "rejects every reaction as one of no message",
  dropsMembers: "leaves out every member, on purpose",
  madeUpReason: "drops every hundredth record for a made-up reason",
  droppedField: "leaves out who may see a message",
  changesEntity: "changes the entities that it is given",
  rawErrors: "lets an error of the file system through",
  forgetsFailure: "throws away what it could not write, and goes on",
  tokenInError: "has the token in its errors",
  settingNotInFingerprint: "has a fingerprint without a setting",
  pathInFingerprint: "has its folder in the fingerprint",
  cutTexts: "cuts long texts without a word",
  zoneInManifest: "has the time zone of the machine in its manifest",
  swappedIds: "writes the channel in place of the member"
} as const
export type Fault = keyof typeof FAULTS

import type { Limits } from "./model.ts"

/** The bytes that are mapped at once. Batches end with such a part, so `batchRecords: 1` makes a batch of each record. */
export const partBytes = ({ batchRecords }: Pick<Limits, "batchRecords">): number =>
  Math.max(1, Math.min(MOST, (batchRecords - 1) * PER_RECORD))

// internal

const MOST = 48 << 10
const PER_RECORD = 64

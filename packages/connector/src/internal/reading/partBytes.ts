import type { Limits } from "./model.ts"

/** Bytes that are mapped at once. A batch ends with them: one record makes a batch where no more is asked for. */
export const partBytes = ({ batchRecords }: Pick<Limits, "batchRecords">): number =>
  Math.max(1, Math.min(MOST, (batchRecords - 1) * PER_RECORD))

// internal

const MOST = 48 << 10
const PER_RECORD = 64

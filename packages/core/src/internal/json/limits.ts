// The sizes that all readers share.

/** The approximate number of bytes parsed at once. More is slower: V8 allocates larger strings elsewhere. */
export const BATCH_BYTES = 48 << 10

/** The most bytes of one record or other value that is held in memory as a whole: 8 MiB. */
export const MAX_ELEMENT_BYTES = 8 << 20

/** The most bytes of input in pending batches for the next batch to be read ahead. */
export const READ_AHEAD_BYTES = 2 << 20

// The sizes that all readers share.

/** About how many bytes are parsed at once. More is slower: V8 keeps larger strings elsewhere. */
export const BATCH_BYTES = 48 << 10

/** Most bytes of one record or other value that is held in memory as a whole: 8 MiB. */
export const MAX_ELEMENT_BYTES = 8 << 20

/** Bytes of records that batches may have been made of for the next one to be read ahead. */
export const READ_AHEAD_BYTES = 2 << 20

// A body of a queue is a quarter of a megabyte at most and comes whole: Effect has no service for that.
import { gunzipSync } from "node:zlib"

/** The bytes, inflated if they are gzip. Throws if they are damaged, or take more than 16 MiB. */
export const unpacked = (bytes: Buffer): Buffer =>
  bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes

// internal

const MOST_BYTES = 16 << 20

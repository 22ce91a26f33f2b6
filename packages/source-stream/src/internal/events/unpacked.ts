// A body from a queue has at most 256 kB and is already in memory. Effect does not have a service for inflating it.
import { gunzipSync } from "node:zlib"

/** Returns the bytes, inflated if they are gzip. Throws if they are damaged or inflate to more than 16 MiB. */
export const unpacked = (bytes: Buffer): Buffer =>
  bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes

// internal

const MOST_BYTES = 16 << 20

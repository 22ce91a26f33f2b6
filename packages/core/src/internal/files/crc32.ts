// Effect does not have a service for CRC-32.
import zlib from "node:zlib"

/** Continues a CRC-32; text is encoded as UTF-8. */
export const crc32 = (bytes: Uint8Array | string, before: number): number => zlib.crc32(bytes, before)

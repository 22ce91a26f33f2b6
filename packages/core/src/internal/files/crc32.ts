// Effect has no service for CRC-32.
import zlib from "node:zlib"

/** Continues the CRC-32 of what came before; text as UTF-8. */
export const crc32 = (bytes: Uint8Array | string, before: number): number => zlib.crc32(bytes, before)

// What Effect has no service for: gzip.
import { pipeline, Readable } from "node:stream"
import { createGunzip, createGzip } from "node:zlib"

/** Bytes on their way through zlib. Iterating pulls; `close` also ends the input. */
export interface Codec {
  readonly output: AsyncIterable<Uint8Array>
  readonly close: () => void
}

export const gzip = (input: AsyncIterable<Uint8Array>): Codec =>
  connect(input, createGzip({ level: 6, memLevel: 8, windowBits: 15, chunkSize: CHUNK }))

export const gunzip = (input: AsyncIterable<Uint8Array>): Codec =>
  connect(input, createGunzip({ chunkSize: CHUNK }))

/** What zlib found wrong; `undefined` when the trouble is not zlib's. */
export const gzipProblem = (cause: unknown): string | undefined => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  if (typeof code !== "string") return undefined
  if (code === "Z_BUF_ERROR") return "the compressed file ends too early"
  return code.startsWith("Z_") ? "the compressed file is damaged" : undefined
}

const CHUNK = 256 << 10

const connect = (input: AsyncIterable<Uint8Array>, codec: ReturnType<typeof createGzip>): Codec => {
  const readable = Readable.from(input, { highWaterMark: 2 })
  // A failure of either side reaches whoever iterates the output.
  pipeline(readable, codec, () => undefined)
  return { output: codec as AsyncIterable<Uint8Array>, close: () => codec.destroy() }
}

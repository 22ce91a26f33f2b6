// Gzip with Node's zlib, because Effect has no service for it.
import { pipeline, Readable } from "node:stream"
import { createGunzip, createGzip } from "node:zlib"

/** A stream through zlib. Iterating it pulls the input; `close` also ends the input. */
export interface Codec {
  readonly output: AsyncIterable<Uint8Array>
  readonly close: () => void
}

export const gzip = (input: AsyncIterable<Uint8Array>): Codec =>
  connect(input, createGzip({ level: 6, memLevel: 8, windowBits: 15, chunkSize: CHUNK }))

export const gunzip = (input: AsyncIterable<Uint8Array>): Codec =>
  connect(input, createGunzip({ chunkSize: CHUNK }))

/** Describes an error of zlib; `undefined` for other errors. */
export const gzipProblem = (cause: unknown): string | undefined => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  if (typeof code !== "string") return undefined
  if (code === "Z_BUF_ERROR") return "the compressed file ends too early"
  return code.startsWith("Z_") ? "the compressed file is damaged" : undefined
}

const CHUNK = 256 << 10

const connect = (input: AsyncIterable<Uint8Array>, codec: ReturnType<typeof createGzip>): Codec => {
  const readable = Readable.from(input, { highWaterMark: 2 })
  // A failure on either side reaches the consumer of the output.
  pipeline(readable, codec, () => undefined)
  return { output: codec as AsyncIterable<Uint8Array>, close: () => codec.destroy() }
}

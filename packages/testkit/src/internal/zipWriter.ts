// The only module that uses archiver and Node's streams.
import { Readable } from "node:stream"
import { createGzip, gunzipSync } from "node:zlib"
import { ZipArchive } from "archiver"
import * as Effect from "effect/Effect"

export interface Entry {
  readonly path: string
  readonly bytes: Iterable<Uint8Array>
}

/**
 * The bytes of a zip. Entries are requested one at a time, so that neither they
 * nor archiver's queue accumulate. The date is fixed, so that the same entries give
 * the same bytes.
 */
export const zip = (entries: Iterable<Entry>): AsyncIterable<Uint8Array> => {
  const archive = new ZipArchive({ zlib: { level: 3, chunkSize: 1 << 18 } })
  const iterator = entries[Symbol.iterator]()
  const fail = (error: Error) => {
    archive.destroy(error)
  }
  const next = () => {
    const step = iterator.next()
    if (step.done === true) {
      archive.finalize().catch(fail)
      return
    }
    const source = Readable.from(step.value.bytes)
    source.on("error", fail)
    archive.append(source, { name: step.value.path, date: "2024-03-04T00:00:00.000Z", mode: 0o644 })
  }
  archive.on("entry", next)
  next()
  return archive
}

/** The same for gzip. */
export const gzip = (bytes: Iterable<Uint8Array>): AsyncIterable<Uint8Array> => {
  const packed = createGzip({ level: 3 })
  const source = Readable.from(bytes)
  source.on("error", (error) => packed.destroy(error))
  return source.pipe(packed)
}

/** Decompresses gzip in memory. */
export const gunzip = (bytes: Uint8Array): Effect.Effect<Buffer, unknown> =>
  Effect.try({ try: () => gunzipSync(bytes), catch: (cause) => cause })

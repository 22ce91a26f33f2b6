// Effect has no service for raw inflate and CRC-32.
import zlib, { constants, createGunzip, createInflateRaw, gunzipSync, inflateRawSync } from "node:zlib"

/** Continues the CRC-32 of what came before; text as UTF-8. */
export const crc32 = (bytes: Uint8Array | string, before: number): number => zlib.crc32(bytes, before)

/** Inflates a whole entry at once, or returns its problem. Never returns more than `size` bytes. */
export const inflateWhole = (compressed: Uint8Array, size: number): Uint8Array<ArrayBuffer> | string => {
  try {
    return whole(inflateRawSync(compressed, wholeOptions(size)), compressed)
  } catch (cause) {
    return problemOf(cause)
  }
}

/** A deflated entry with the declared size and checksum of its content. */
export interface Member {
  readonly compressed: Uint8Array
  readonly size: number
  readonly crc: number
}

/**
 * Inflates and checks several entries with one call on another thread, as the members of a gzip file: a call for each
 * takes longer than its inflating. `undefined` if one of them is damaged.
 */
export const inflateTogether = (
  members: ReadonlyArray<Member>,
  resume: (content: Buffer<ArrayBuffer> | undefined) => void
): void => {
  const file = gzipOf(members)
  const size = members.reduce((sum, member) => sum + member.size, 0)
  // Its end would be one more call on the other thread, so it is checked with the only write.
  const stream = createGunzip({ ...spaceFor(size), flush: constants.Z_FINISH })
  let content = Buffer.alloc(0)
  const end = (inflated: Buffer<ArrayBuffer> | undefined) => {
    if (!file.buffer.detached) file.buffer.transfer(0)
    resume(inflated)
  }
  const fail = () => {
    stream.destroy()
    end(undefined)
  }
  stream.once("error", fail)
  stream.on("data", (piece: Buffer<ArrayBuffer>) => {
    if (piece.length === size) content = piece
    else fail()
  })
  stream.write(file, () => {
    if (stream.destroyed) return
    queueMicrotask(() => stream.destroy())
    end(content.length === size && stream.bytesWritten === file.length ? content : undefined)
  })
}

/** Inflates the first bytes of a gzip file as far as possible; `undefined` if they are damaged. */
export const gunzipHead = (bytes: Uint8Array): Uint8Array | undefined => {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return undefined
  }
}

/** `hungry`: push more, or end. */
export type Pulled = Uint8Array | "hungry" | "end" | { readonly problem: string }

/** Inflates piece by piece, on another thread and at most a piece ahead. */
export interface Inflater {
  /** Call it only when `pull` returns `hungry`. The bytes must not change until it is `hungry` again. */
  readonly push: (compressed: Uint8Array) => void
  readonly end: () => void
  readonly pull: (resume: (pulled: Pulled) => void) => void
  /** The number of compressed bytes that were used. */
  readonly consumed: () => number
  readonly close: () => void
}

export const inflater = (format: "raw" | "gzip"): Inflater => {
  const options = { chunkSize: PIECE }
  const stream = format === "raw" ? createInflateRaw(options) : createGunzip(options)
  let isHungry = true
  let isEnded = false
  let problem: string | undefined
  let waiting: (() => void) | undefined
  const wake = () => {
    const step = waiting
    waiting = undefined
    step?.()
  }
  stream.on("readable", wake)
  stream.on("end", () => {
    isEnded = true
    wake()
  })
  stream.on("error", (cause) => {
    problem = problemOf(cause)
    wake()
  })
  return {
    push: (compressed) => {
      isHungry = false
      stream.write(compressed, () => {
        isHungry = true
        wake()
      })
    },
    end: () => {
      isHungry = false
      stream.end()
    },
    pull: (resume) => {
      const step = () => {
        if (problem !== undefined) return resume({ problem })
        const bytes = stream.read() as Uint8Array | null
        if (bytes !== null) return resume(bytes)
        if (isEnded) return resume("end")
        if (isHungry) return resume("hungry")
        waiting = step
      }
      step()
    },
    consumed: () => stream.bytesWritten,
    close: () => {
      waiting = undefined
      stream.destroy()
    }
  }
}

export const AFTER_END = "there are bytes after the end of the compressed data"
export const TOO_MUCH = "the content is larger than its declared size"

// internal

/** The beginning of a gzip member without a name and a time. */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)

const gzipOf = (members: ReadonlyArray<Member>) => {
  const frame = GZIP_HEADER.length + 8
  const file = Buffer.allocUnsafeSlow(
    members.reduce((sum, { compressed }) => sum + compressed.length + frame, 0)
  )
  let at = 0
  for (const { compressed, crc, size } of members) {
    file.set(GZIP_HEADER, at)
    file.set(compressed, at + GZIP_HEADER.length)
    at += compressed.length + frame
    file.writeUInt32LE(crc, at - 8)
    file.writeUInt32LE(size, at - 4)
  }
  return file
}

/** A little more space than needed, or zlib allocates a second buffer to detect the end. */
const spaceFor = (size: number) => ({ chunkSize: size + 64 })

const wholeOptions = (size: number) => ({
  ...spaceFor(size),
  maxOutputLength: Math.max(size, 1),
  info: true
})

const whole = (inflated: Buffer, compressed: Uint8Array) => {
  const { buffer, engine } = inflated as unknown as Inflated
  return engine.bytesWritten === compressed.length ? buffer : AFTER_END
}

/** The result with the option `info: true`. */
interface Inflated {
  readonly buffer: Buffer<ArrayBuffer>
  readonly engine: { readonly bytesWritten: number }
}

/** zlib's default of 16 KiB halves the speed. */
const PIECE = 256 << 10

const problemOf = (cause: unknown) => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  if (code === "ERR_BUFFER_TOO_LARGE") return TOO_MUCH
  return code === "Z_BUF_ERROR" ? "the compressed data ends too early" : "the compressed data is damaged"
}

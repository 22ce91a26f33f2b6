/**
 * A hand-written loop that does the work of a migration and nothing else. Raw reads at the offsets of the zip's directory, one inflate call per
 * entry, `JSON.parse` of some 48 KB of elements at a time, a mapping written by
 * hand, one `JSON.stringify` per record into a buffer, one write per megabyte.
 *
 * It checks nothing, cannot be resumed, and reads only what the generator
 * writes: it finds elements by their indentation.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs"
import { join } from "node:path"
import { inflateRawSync } from "node:zlib"
import { counts, type Job, type Kind, type Written } from "../child.ts"
import { canonical } from "./canonical.ts"
import { type Entry, entryOf } from "./entries.ts"
import type { Channel, Mapper } from "./sendbirdRecords.ts"
import { streamItems } from "./streamItems.ts"

const BLOCK = 1 << 20
const BATCH = 48 << 10

/** A file that is written a block at a time. */
class Blocks {
  readonly #file: number
  readonly #block = Buffer.allocUnsafeSlow(BLOCK)
  #used = 0
  bytes = 0

  constructor(path: string) {
    this.#file = openSync(path, "w")
  }

  put(text: string): void {
    const most = text.length * 3
    if (this.#used + most > BLOCK) this.#write()
    if (most > BLOCK) {
      this.bytes += writeSync(this.#file, text)
      return
    }
    this.#used += this.#block.write(text, this.#used)
  }

  close(): void {
    this.#write()
    closeSync(this.#file)
  }

  #write(): void {
    if (this.#used > 0) this.bytes += writeSync(this.#file, this.#block, 0, this.#used)
    this.#used = 0
  }
}

interface Target {
  readonly mapper: Mapper
  readonly close: () => Written
}

const ndjson = (directory: string): Target => {
  const records = counts()
  const files = new Map<Kind, Blocks>()
  const mapper = canonical((kind, record) => {
    let file = files.get(kind)
    if (file === undefined) files.set(kind, (file = new Blocks(join(directory, `${kind}.ndjson`))))
    file.put(`${JSON.stringify(record)}\n`)
    records[kind]++
  })
  return {
    mapper,
    close: () => {
      let bytes = 0
      for (const file of files.values()) {
        file.close()
        bytes += file.bytes
      }
      return { records, bytes }
    }
  }
}

const stream = (directory: string): Target => {
  const records = counts()
  const file = new Blocks(join(directory, "import.json"))
  file.put("[")
  let separator = ""
  const mapper = streamItems((kind, record) => {
    file.put(`${separator}${JSON.stringify(record)}`)
    separator = ",\n"
    records[kind]++
  })
  return {
    mapper,
    close: () => {
      file.put("]")
      file.close()
      return { records, bytes: file.bytes }
    }
  }
}

const readAt = (file: number, from: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(length)
  readSync(file, bytes, 0, length, from)
  return bytes
}

/** Inflated entries, in the order of the directory at the end of the zip. */
function* entries(path: string): Generator<readonly [path: string, bytes: Buffer]> {
  const file = openSync(path, "r")
  const { size } = fstatSync(file)
  const end = readAt(file, size - 22, 22)
  const directory = readAt(file, end.readUInt32LE(16), end.readUInt32LE(12))
  let at = 0
  for (let left = end.readUInt16LE(10); left > 0; left--) {
    const packed = directory.readUInt32LE(at + 20)
    const inflated = directory.readUInt32LE(at + 24)
    const nameLength = directory.readUInt16LE(at + 28)
    const offset = directory.readUInt32LE(at + 42)
    const name = directory.toString("utf8", at + 46, at + 46 + nameLength)
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    // The local header comes first; its extra field is short.
    const raw = readAt(file, offset, 30 + nameLength + 64 + packed)
    const start = 30 + raw.readUInt16LE(26) + raw.readUInt16LE(28)
    yield [
      name,
      inflateRawSync(raw.subarray(start, start + packed), {
        chunkSize: Math.max(64, inflated),
        maxOutputLength: Math.max(64, inflated)
      })
    ]
  }
  closeSync(file)
}

const SEPARATOR = "\n    },\n    {"
const ELEMENT_END = "\n    }".length
const LIST_END = "\n  ]"
const [OPEN, CLOSE] = [91, 93]

/** Line breaks in JSON stand between values only, so indentation distinguishes the levels. */
const takeElements = (bytes: Buffer, { key, take }: Entry) => {
  const head = `\n  "${key}": [`
  let from = bytes.indexOf(head)
  if (from < 0) return
  from += head.length
  const last = bytes[from] === CLOSE ? from : bytes.lastIndexOf(LIST_END)
  while (from < last) {
    let to = last
    if (last - from > BATCH) {
      const cut = bytes.lastIndexOf(SEPARATOR, from + BATCH)
      to = (cut > from ? cut : bytes.indexOf(SEPARATOR, from)) + ELEMENT_END
      if (to < from) to = last
    }
    bytes[from - 1] = OPEN
    bytes[to] = CLOSE
    for (const element of JSON.parse(bytes.toString("utf8", from - 1, to + 1)) as Array<unknown>)
      take(element)
    from = to + 1
  }
}

const CHANNEL = '\n  "channel": '

const channelIn = (bytes: Buffer): Channel => {
  const isFirst = bytes.subarray(0, 2 * CHANNEL.length).includes(CHANNEL)
  const from = (isFirst ? 1 : bytes.lastIndexOf(CHANNEL)) + CHANNEL.length
  const to = bytes.indexOf("\n  }", from) + "\n  }".length
  return JSON.parse(bytes.toString("utf8", from, to)) as Channel
}

export const loop = ({ directory, output, paths }: Pick<Job, "directory" | "output" | "paths">): Written => {
  const { close, mapper } = output === "ndjson" ? ndjson(directory) : stream(directory)
  for (const archive of paths) {
    for (const [path, bytes] of entries(archive)) {
      const entry = entryOf(path, mapper)
      // Before the elements, which are cut in place.
      if (entry.hasChannel) mapper.channel(channelIn(bytes))
      takeElements(bytes, entry)
    }
  }
  return close()
}

// The directory of a zip archive, checked before any entry is read.
import { SourceError } from "@chatferry/core"
import { Printable } from "@chatferry/core/errors"
import * as Result from "effect/Result"
import { bufferOf } from "../bufferOf.ts"

export interface Limits {
  readonly maxEntries: number
  readonly maxEntryBytes: number
  readonly maxRatio: number
  readonly maxDirectoryBytes: number
}

export interface ZipEntry {
  readonly name: string
  /** The stored bytes of the name: the local header must contain the same. */
  readonly nameBytes: Uint8Array
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  readonly isDeflated: boolean
  /** The offset of the local header. */
  readonly offset: number
  /** The offset of the next entry or of the directory. */
  end: number
}

/** The position of the directory. `until` is the offset at which it must end. */
export interface End {
  readonly count: number
  readonly offset: number
  readonly size: number
  readonly until: number
}

/** The longest possible end record, with the zip64 locator before it. */
export const TAIL = 22 + 0xffff + 20

/** Finds the end record in the last bytes of an archive of `size` bytes. `zip64` is the offset of a zip64 record. */
export const findEnd = (
  bytes: Uint8Array,
  size: number
): Result.Result<End & { readonly zip64?: number }, string> => {
  const tail = bufferOf(bytes)
  const base = size - tail.length
  const at = lastEndRecord(tail)
  if (at < 0)
    return Result.fail("there is no end record: the archive is truncated, or it is not a zip archive")
  const length = at + 22 + tail.readUInt16LE(at + 20)
  if (length > tail.length) return Result.fail("the archive is truncated in its end record")
  if (length < tail.length) {
    return Result.fail(`there are ${tail.length - length} bytes after the end of the archive`)
  }
  const end = {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
    until: base + at
  }
  const locator = at - 20
  if (locator >= 0 && tail.readUInt32LE(locator) === 0x07064b50) {
    if (tail.readUInt32LE(locator + 4) !== 0 || tail.readUInt32LE(locator + 16) > 1)
      return Result.fail(MULTI_DISK)
    return Result.succeed({ ...end, until: base + locator, zip64: Number(tail.readBigUInt64LE(locator + 8)) })
  }
  const disks = tail.readUInt32LE(at + 4) !== 0 || tail.readUInt16LE(at + 8) !== end.count
  return disks ? Result.fail(MULTI_DISK) : Result.succeed(end)
}

/** Reads the zip64 end record at `at`, before the locator at `until`. */
export const zip64End = (bytes: Uint8Array, at: number, until: number): Result.Result<End, string> => {
  const record = bufferOf(bytes)
  if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50)
    return Result.fail("the zip64 end record is damaged")
  if (at + 12 + Number(record.readBigUInt64LE(4)) !== until)
    return Result.fail("the zip64 end record is damaged")
  const count = Number(record.readBigUInt64LE(32))
  const disks = record.readBigUInt64LE(16) !== 0n || Number(record.readBigUInt64LE(24)) !== count
  if (disks) return Result.fail(MULTI_DISK)
  return Result.succeed({
    count,
    size: Number(record.readBigUInt64LE(40)),
    offset: Number(record.readBigUInt64LE(48)),
    until: at
  })
}

/** Reads all entries in the byte order of their names, without folders. */
export const parse = (
  bytes: Uint8Array,
  end: End,
  archive: string,
  limits: Limits
): Result.Result<ReadonlyArray<ZipEntry>, SourceError.SourceErrorReason> => {
  const directory = bufferOf(bytes)
  const entries: Array<ZipEntry> = []
  let at = 0
  for (let i = 0; i < end.count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) {
      return corrupt(archive, `entry ${i} of the directory is damaged`)
    }
    const next =
      at +
      46 +
      directory.readUInt16LE(at + 28) +
      directory.readUInt16LE(at + 30) +
      directory.readUInt16LE(at + 32)
    if (next > directory.length) return corrupt(archive, `entry ${i} of the directory is damaged`)
    const entry = entryAt(directory, at)
    const problem = problemOf(directory, at, entry, end)
    if (problem !== undefined) return corrupt(`${archive}!${shown(entry.name)}`, problem)
    const exceeded = limitOf(entry, `${archive}!${shown(entry.name)}`, limits)
    if (exceeded !== undefined) return Result.fail(exceeded)
    entries.push(entry)
    at = next
  }
  if (at !== directory.length)
    return corrupt(archive, "the directory has more entries than the end record says")
  return Result.map(checkOverlap(entries, end, archive), () =>
    entries.filter(({ name }) => !name.endsWith("/"))
  ).pipe(Result.flatMap((files) => sortByName(files, archive)))
}

const corrupt = (location: string, problem: string) =>
  Result.fail(new SourceError.CorruptInput({ location, problem, hint: HINT }))

/** Formats a name for messages: safe to show and not too long. */
export const shown = (name: string) => Printable.line(name, 200)

export const HINT = "Get the archive again. If the problem remains, export it again."

// internal

const MULTI_DISK = "the archive is one part of several"

const lastEndRecord = (tail: Buffer) => {
  // A record that ends with the file is preferred over one that is followed by other bytes.
  let found = -1
  for (let i = tail.length - 22; i >= 0; i--) {
    if (tail[i] !== 0x50 || tail.readUInt32LE(i) !== 0x06054b50) continue
    if (i + 22 + tail.readUInt16LE(i + 20) === tail.length) return i
    if (found < 0) found = i
  }
  return found
}

const entryAt = (directory: Buffer, at: number): ZipEntry => {
  const flags = directory.readUInt16LE(at + 8)
  const nameEnd = at + 46 + directory.readUInt16LE(at + 28)
  const nameBytes = directory.subarray(at + 46, nameEnd)
  let compressedSize = directory.readUInt32LE(at + 20)
  let size = directory.readUInt32LE(at + 24)
  let offset = directory.readUInt32LE(at + 42)
  let field = zip64Field(directory, nameEnd, nameEnd + directory.readUInt16LE(at + 30))
  const wide = (value: number) => {
    if (value !== 0xffffffff || field === undefined || field.length < 8) return value
    const number = Number(field.readBigUInt64LE(0))
    field = field.subarray(8)
    return number
  }
  size = wide(size)
  compressedSize = wide(compressedSize)
  offset = wide(offset)
  return {
    name: decodeName(nameBytes, (flags & 0x800) !== 0),
    nameBytes,
    crc: directory.readUInt32LE(at + 16),
    compressedSize,
    size,
    isDeflated: directory.readUInt16LE(at + 10) === 8,
    offset,
    end: offset
  }
}

const zip64Field = (directory: Buffer, from: number, to: number) => {
  let at = from
  while (at + 4 <= to) {
    const length = directory.readUInt16LE(at + 2)
    if (directory.readUInt16LE(at) === 1) return directory.subarray(at + 4, Math.min(at + 4 + length, to))
    at += 4 + length
  }
  return undefined
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

// Many tools write UTF-8 without setting the flag. A name that is not UTF-8 is decoded as Latin-1.
const decodeName = (bytes: Buffer, isUtf8: boolean) => {
  if (isUtf8) return bytes.toString("utf8")
  try {
    return utf8.decode(bytes)
  } catch {
    return bytes.toString("latin1")
  }
}

const problemOf = (directory: Buffer, at: number, entry: ZipEntry, end: End): string | undefined => {
  const { name } = entry
  const method = directory.readUInt16LE(at + 10)
  if ((directory.readUInt16LE(at + 8) & 0x2041) !== 0) return "the entry is encrypted"
  if (method !== 0 && method !== 8)
    return `the entry is compressed by method ${method}, which is not supported`
  if (((directory.readUInt32LE(at + 38) >>> 16) & 0o170000) === 0o120000)
    return "the entry is a symbolic link"
  const disk = directory.readUInt16LE(at + 34)
  if (disk !== 0 && disk !== 0xffff) return MULTI_DISK
  if (name === "") return "the entry has no name"
  if (name.startsWith("/") || /^[a-zA-Z]:/u.test(name)) return "the entry's name is an absolute path"
  if (name.includes("\\")) return "the entry's name has a backslash"
  if (name.includes("\0")) return "the entry's name has a NUL"
  if (name.split("/").includes("..")) return "the entry's name leads out of the archive"
  if (name.endsWith("/") && entry.size > 0) return "the entry is a folder with content"
  if (method === 0 && entry.size !== entry.compressedSize)
    return "the entry is stored with two different sizes"
  if (entry.offset + 30 + entry.compressedSize > end.offset) return "the entry lies outside the archive"
  return undefined
}

const limitOf = (entry: ZipEntry, location: string, limits: Limits) => {
  const { compressedSize, size } = entry
  if (size > limits.maxEntryBytes) {
    return new SourceError.LimitExceeded({
      location,
      setting: "maxEntryBytes",
      limit: limits.maxEntryBytes,
      actual: size
    })
  }
  const ratio = Math.ceil(size / Math.max(compressedSize, 1))
  return size > SMALL && ratio > limits.maxRatio
    ? new SourceError.LimitExceeded({ location, setting: "maxRatio", limit: limits.maxRatio, actual: ratio })
    : undefined
}

/** Entries up to this size may have any compression ratio. */
const SMALL = 1 << 20

const checkOverlap = (entries: ReadonlyArray<ZipEntry>, end: End, archive: string) => {
  const byOffset = entries.toSorted((a, b) => a.offset - b.offset)
  for (const [i, entry] of byOffset.entries()) {
    entry.end = byOffset[i + 1]?.offset ?? end.offset
    if (entry.offset + 30 + entry.nameBytes.length + entry.compressedSize > entry.end) {
      return corrupt(`${archive}!${shown(entry.name)}`, "the entry overlaps another one")
    }
  }
  return Result.succeed(undefined)
}

const sortByName = (
  entries: ReadonlyArray<ZipEntry>,
  archive: string
): Result.Result<ReadonlyArray<ZipEntry>, SourceError.SourceErrorReason> => {
  const sorted = entries.toSorted((a, b) => Buffer.compare(a.nameBytes, b.nameBytes))
  for (let i = 1; i < sorted.length; i++) {
    const entry = sorted[i] as ZipEntry
    if (entry.name === sorted[i - 1]?.name) {
      return corrupt(`${archive}!${shown(entry.name)}`, "two entries have this name")
    }
  }
  return Result.succeed(sorted)
}

// Builds zip archives for tests, including ones that no proper tool would write.
import { crc32, deflateRawSync } from "node:zlib"

export interface EntryOptions {
  readonly name: string | Buffer
  readonly content: string | Uint8Array
  readonly isStored?: boolean
  /** Sizes and checksum follow the content, as streaming writers do (bit 3). */
  readonly hasDescriptor?: boolean
  readonly isZip64?: boolean
  readonly flags?: number
  readonly method?: number
  readonly crc?: number
  readonly size?: number
  readonly compressedSize?: number
  readonly offset?: number
  readonly attributes?: number
  /** Name in the local header of the entry. */
  readonly localName?: string
  /** Bytes after the compressed data that are included in its size. */
  readonly garbage?: Uint8Array
}

export interface ZipOptions {
  readonly prefix?: string
  readonly suffix?: string
  readonly comment?: string
  readonly isZip64?: boolean
  readonly disk?: number
  readonly count?: number
}

export const zipOf = (entries: ReadonlyArray<EntryOptions>, options: ZipOptions = {}): Buffer => {
  const parts: Array<Buffer> = [Buffer.from(options.prefix ?? "")]
  const directory: Array<Buffer> = []
  let at = 0
  for (const entry of entries) {
    const content = Buffer.from(entry.content)
    const packed = entry.isStored === true ? content : deflateRawSync(content)
    const compressed = Buffer.concat([packed, entry.garbage ?? Buffer.alloc(0)])
    const fields = {
      name: Buffer.from(entry.name),
      flags: entry.flags ?? (entry.hasDescriptor === true ? 0x808 : 0x800),
      method: entry.method ?? (entry.isStored === true ? 0 : 8),
      crc: entry.crc ?? crc32(content),
      size: entry.size ?? content.length,
      compressedSize: entry.compressedSize ?? compressed.length
    }
    const local = header(
      0x04034b50,
      fields,
      entry.hasDescriptor === true,
      Buffer.from(entry.localName ?? entry.name)
    )
    const descriptor = Buffer.alloc(entry.hasDescriptor === true ? 16 : 0)
    if (entry.hasDescriptor === true) {
      descriptor.writeUInt32LE(0x08074b50, 0)
      descriptor.writeUInt32LE(fields.crc, 4)
      descriptor.writeUInt32LE(fields.compressedSize, 8)
      descriptor.writeUInt32LE(fields.size, 12)
    }
    directory.push(central(fields, entry.offset ?? at, entry.isZip64 === true, entry.attributes ?? 0))
    for (const part of [local, compressed, descriptor]) {
      parts.push(part)
      at += part.length
    }
  }
  const list = Buffer.concat(directory)
  const count = options.count ?? entries.length
  parts.push(list)
  if (options.isZip64 === true) parts.push(zip64End(count, list.length, at))
  parts.push(end(count, list.length, at, options), Buffer.from(options.suffix ?? ""))
  return Buffer.concat(parts)
}

interface Fields {
  readonly name: Buffer
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly size: number
  readonly compressedSize: number
}

const header = (signature: number, fields: Fields, isEmpty: boolean, name: Buffer) => {
  const bytes = Buffer.alloc(30)
  bytes.writeUInt32LE(signature, 0)
  bytes.writeUInt16LE(20, 4)
  bytes.writeUInt16LE(fields.flags, 6)
  bytes.writeUInt16LE(fields.method, 8)
  bytes.writeUInt32LE(isEmpty ? 0 : fields.crc, 14)
  bytes.writeUInt32LE(isEmpty ? 0 : fields.compressedSize, 18)
  bytes.writeUInt32LE(isEmpty ? 0 : fields.size, 22)
  bytes.writeUInt16LE(name.length, 26)
  return Buffer.concat([bytes, name])
}

const central = (fields: Fields, offset: number, isZip64: boolean, attributes: number) => {
  const bytes = Buffer.alloc(46)
  const extra = Buffer.alloc(isZip64 ? 28 : 0)
  if (isZip64) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(24, 2)
    extra.writeBigUInt64LE(BigInt(fields.size), 4)
    extra.writeBigUInt64LE(BigInt(fields.compressedSize), 12)
    extra.writeBigUInt64LE(BigInt(offset), 20)
  }
  const wide = (value: number) => (isZip64 ? 0xffffffff : value)
  bytes.writeUInt32LE(0x02014b50, 0)
  bytes.writeUInt16LE(fields.flags, 8)
  bytes.writeUInt16LE(fields.method, 10)
  bytes.writeUInt32LE(fields.crc, 16)
  bytes.writeUInt32LE(wide(fields.compressedSize), 20)
  bytes.writeUInt32LE(wide(fields.size), 24)
  bytes.writeUInt16LE(fields.name.length, 28)
  bytes.writeUInt16LE(extra.length, 30)
  bytes.writeUInt32LE(attributes, 38)
  bytes.writeUInt32LE(wide(offset), 42)
  return Buffer.concat([bytes, fields.name, extra])
}

const zip64End = (count: number, size: number, offset: number) => {
  const bytes = Buffer.alloc(76)
  bytes.writeUInt32LE(0x06064b50, 0)
  bytes.writeBigUInt64LE(44n, 4)
  bytes.writeBigUInt64LE(BigInt(count), 24)
  bytes.writeBigUInt64LE(BigInt(count), 32)
  bytes.writeBigUInt64LE(BigInt(size), 40)
  bytes.writeBigUInt64LE(BigInt(offset), 48)
  bytes.writeUInt32LE(0x07064b50, 56)
  bytes.writeBigUInt64LE(BigInt(offset + size), 64)
  bytes.writeUInt32LE(1, 72)
  return bytes
}

const end = (count: number, size: number, offset: number, options: ZipOptions) => {
  const comment = Buffer.from(options.comment ?? "")
  const bytes = Buffer.alloc(22)
  const isZip64 = options.isZip64 === true
  bytes.writeUInt32LE(0x06054b50, 0)
  bytes.writeUInt16LE(options.disk ?? 0, 4)
  bytes.writeUInt16LE(isZip64 ? 0xffff : count, 8)
  bytes.writeUInt16LE(isZip64 ? 0xffff : count, 10)
  bytes.writeUInt32LE(isZip64 ? 0xffffffff : size, 12)
  bytes.writeUInt32LE(isZip64 ? 0xffffffff : offset, 16)
  bytes.writeUInt16LE(comment.length, 20)
  return Buffer.concat([bytes, comment])
}

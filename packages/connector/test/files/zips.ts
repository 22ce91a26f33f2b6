import { crc32, deflateRawSync } from "node:zlib"

/** Makes a zip archive of one file. */
export const zipOf = (name: string, content: string | Buffer) => {
  const [named, plain] = [Buffer.from(name), Buffer.from(content)]
  const bytes = deflateRawSync(plain)
  const head = Buffer.alloc(26)
  head.writeUInt16LE(20, 0)
  head.writeUInt16LE(8, 4)
  head.writeUInt32LE(crc32(plain), 10)
  head.writeUInt32LE(bytes.length, 14)
  head.writeUInt32LE(plain.length, 18)
  head.writeUInt16LE(named.length, 22)
  const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), head, named, bytes])
  const entry = Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\0"), head, Buffer.alloc(14), named])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(entry.length, 8)
  end.writeUInt32LE(local.length, 12)
  return Buffer.concat([local, entry, Buffer.from("PK\u0005\u0006"), end])
}

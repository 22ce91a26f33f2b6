// A generated export of several channels, in every form of files.
import { crc32, deflateRawSync, gzipSync } from "node:zlib"
import * as Raw from "./rawRecords.ts"
import { lines } from "./reading.ts"

const USER_IDS = Array.from({ length: 40 }, (_, i) => `user-${i}`)

const someone = (i: number) => USER_IDS[(i * 7) % USER_IDS.length] ?? "ann"

/** Exported channels with so many messages each, one in three with reactions. */
export const exportedChannels = (count: number, messages: number) =>
  Array.from({ length: count }, (_, r) => {
    const cid = `messaging:room-${r}`
    return {
      channel: Raw.channel(`room-${r}`, { birthland: `Land ${r}` }),
      messages: Array.from({ length: messages }, (_, m) => {
        const id = `room-${r}-message-${m}`
        const reactors = m % 3 === 0 ? [someone(m), someone(m + 1)] : []
        return Raw.message(id, {
          cid,
          user: Raw.user(someone(r + m)),
          latest_reactions: reactors.map((by) => Raw.reaction(id, by)),
          reaction_counts: { like: reactors.length },
          ...(m % 5 === 4 && { parent_id: `room-${r}-message-0`, type: "reply", show_in_channel: false }),
          mood: m % 2 === 0 ? "fine" : null
        })
      }),
      members: USER_IDS.slice(0, 10 + r).map((id) => Raw.member(id)),
      read: USER_IDS.slice(0, 5).map((id) => ({
        user: Raw.user(id),
        last_read: "2021-03-03T00:00:00Z",
        unread_messages: 3
      }))
    }
  })

/** The same as lines of version 2, in one of the envelopes that are understood. */
export const asLines = (
  exported: ReadonlyArray<{
    readonly channel: { readonly cid: string }
    readonly messages: ReadonlyArray<object>
    readonly members: ReadonlyArray<object>
    readonly read: ReadonlyArray<object>
  }>,
  envelope: (kind: string, value: object) => object = (type, data) => ({ type, data })
): string =>
  lines(
    exported.flatMap(({ channel, members, messages, read }) => [
      envelope("channel", channel),
      ...messages.map((one) => envelope("message", one)),
      ...members.map((one) => envelope("member", { ...one, cid: channel.cid })),
      ...read.map((one) => envelope("read", { ...one, cid: channel.cid }))
    ])
  )

export const gzip = (text: string): Uint8Array => gzipSync(text)

/** A zip archive of deflated files; `crc` corrupts their checksums. */
export const zip = (files: Readonly<Record<string, string | Uint8Array>>, crc = 0): Uint8Array => {
  const bodies: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let offset = 0
  for (const [name, file] of Object.entries(files)) {
    const content = Buffer.from(file)
    const compressed = deflateRawSync(content)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE((crc32(content) ^ crc) >>> 0, 10)
    fields.writeUInt32LE(compressed.length, 14)
    fields.writeUInt32LE(content.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const entry = Buffer.concat([Buffer.from("PK\u0003\u0004"), fields, Buffer.from(name), compressed])
    const location = Buffer.alloc(14)
    location.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0000"), fields, location, Buffer.from(name)])
    )
    bodies.push(entry)
    offset += entry.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write("PK\u0005\u0006", "latin1")
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, list, end])
}

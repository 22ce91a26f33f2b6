import { inflateRawSync } from "node:zlib"
import type { SendbirdExport } from "@chatferry/testkit/sendbird"

interface UserRecord {
  readonly user_id: string
  readonly nickname: string
  readonly image?: string
  readonly state?: string
  readonly role?: string
  readonly last_seen_at: string
  readonly access_token: string
  readonly session_tokens: ReadonlyArray<unknown>
}

export interface MessageRecord {
  readonly type: string
  readonly message_id: number | string
  readonly channel_url: string
  readonly message: string
  readonly data: string
  readonly created_at: number | string
  readonly updated_at: number
  readonly is_removed: boolean
  readonly is_reply_to_channel?: boolean
  readonly parent_message_id?: number | string
  readonly user?: UserRecord | null
  readonly mention_type: string
  readonly mentioned_users: ReadonlyArray<UserRecord>
  readonly reactions?: ReadonlyArray<{ readonly key: string; readonly user_ids: ReadonlyArray<string> }>
  readonly file: { readonly url?: string; readonly type?: string }
  readonly files?: ReadonlyArray<unknown>
  readonly thumbnails?: ReadonlyArray<unknown>
  readonly sorted_metaarray?: unknown
  readonly og_tag?: unknown
  readonly poll?: unknown
  readonly translations: object
}

export interface ChannelRecord {
  readonly channel_url: string
  readonly created_at: number | string
  readonly freeze: boolean | string
  readonly is_distinct?: boolean
  readonly members?: ReadonlyArray<UserRecord>
  readonly operators?: ReadonlyArray<UserRecord>
  readonly read_receipt?: object
}

export interface ExportDocument {
  readonly active_users?: ReadonlyArray<UserRecord>
  readonly inactive_users?: ReadonlyArray<UserRecord>
  readonly group_channels?: ReadonlyArray<ChannelRecord>
  readonly open_channels?: ReadonlyArray<ChannelRecord>
  readonly messages?: ReadonlyArray<MessageRecord>
  readonly channel?: ChannelRecord
  readonly failed_webhooks?: ReadonlyArray<unknown>
}

/** Parses a whole document. Integers that a number cannot represent become text. */
export const parse = (bytes: Uint8Array): ExportDocument =>
  parseText(new TextDecoder("utf-8", { fatal: true }).decode(bytes), (_, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^\d+$/u.test(source ?? "") ? source : value
  ) as ExportDocument

// The third argument of a reviver is newer than its type.
const parseText = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown
) => unknown

export const bytesOf = (file: SendbirdExport.ExportFile): Buffer => Buffer.concat(Array.from(file.bytes))

export interface ZipEntry {
  readonly path: string
  readonly bytes: Buffer
}

/** Entries of a zip in the order of its directory, without any checks. */
export const unzip = (zip: Buffer): ReadonlyArray<ZipEntry> => {
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006"))
  const entries: Array<ZipEntry> = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [compressed, nameLength, extra, comment] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32)
    ]
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const path = zip.toString("utf8", at + 46, at + 46 + nameLength)
    entries.push({ path, bytes: inflateRawSync(zip.subarray(start, start + compressed)) })
    at += 46 + nameLength + extra + comment
  }
  return entries
}

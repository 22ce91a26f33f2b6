import type { Entity, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Output from "../files/output.ts"
import { notes } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import * as Ids from "../format/ids.ts"
import { writeItem } from "../format/itemText.ts"
import { type Assembly, chunks, eachBlock, step } from "../resolve/assembly.ts"

type User = Entity.Entity<"user">

/** Collects devices and bans of users until all users are written. */
export interface UserItems {
  /** Returns the source ids of the users it refers to. */
  readonly add: (user: User, streamId: string, changes: Custom.Changes) => ReadonlyArray<string>
}

/** Makes the table of devices and bans, which is sorted in the order of the output. */
export const makeUserItems = ({ database, mapUser, settings }: Assembly): UserItems => {
  database.exec(`CREATE TABLE assembly.user_item (kind TEXT, key TEXT, rank TEXT NOT NULL, item TEXT NOT NULL,
    PRIMARY KEY (kind, key)) WITHOUT ROWID`)
  const insert = database.prepare(`INSERT INTO assembly.user_item VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET rank = excluded.rank, item = excluded.item WHERE excluded.rank > rank`)
  const known = database.prepare("SELECT 1 FROM assembly.user_item WHERE kind = ? AND key = ?")
  const isLegacy = settings.dialect === "json-array"

  const addDevice = (user: User, streamId: string, device: Device, changes: Custom.Changes) => {
    const { createdAt, disabledReason, id, isDisabled, provider, providerName } = device
    if (!PROVIDERS.has(provider) || Buffer.byteLength(id) > MOST_ID_BYTES || !Ids.isStorable(id)) {
      changes.notes.push(notes.deviceInvalid.code)
      Custom.move(changes, "devices", device)
      return
    }
    if (isDisabled === true && !isLegacy) {
      changes.notes.push(notes.deviceDisabled.code)
      Custom.move(changes, "devices", device)
      return
    }
    const item: Custom.Fields = { id, user_id: streamId, push_provider_type: provider }
    // Only some of Stream's pages require the name, and only in the newer dialect.
    const name = providerName ?? settings.pushProviderNames[provider] ?? (isLegacy ? undefined : provider)
    if (name !== undefined) item["push_provider_name"] = name
    if (isLegacy && isDisabled !== undefined) item["disabled"] = isDisabled
    if (isLegacy && isDisabled === true && disabledReason !== undefined)
      item["disabled_reason"] = disabledReason
    const time = createdAt ?? (isLegacy ? (user.createdAt ?? BEGINNING) : undefined)
    if (time !== undefined) item["created_at"] = time
    if (known.get("device", id) !== undefined) changes.notes.push(notes.deviceRepeated.code)
    // A token identifies one device, which belongs to its last user.
    insert.execute("device", id, `${createdAt ?? ""} ${streamId}`, writeItem(item, changes))
  }

  return {
    add: (user, streamId, changes) => {
      for (const device of user.devices ?? []) addDevice(user, streamId, device, changes)
      const bans = (user.futureChannelBans ?? []).filter(({ byId }) => {
        if (!Ids.isStorable(byId)) changes.notes.push(notes.invalidUserReference.code)
        return Ids.isStorable(byId)
      })
      const items = bans.map(({ byId, createdAt, isShadow, reason }) => ({
        target_id: streamId,
        created_by: mapUser(byId).id,
        ...(reason !== undefined && { reason }),
        ...(isShadow !== undefined && { shadow: isShadow }),
        ...(createdAt !== undefined && { created_at: createdAt })
      }))
      if (isLegacy) {
        for (const ban of items) {
          changes.notes.push(notes.futureChannelBanLost.code)
          Custom.move(changes, "future_channel_bans", ban)
        }
        return []
      }
      for (const ban of items) {
        insert.execute(
          "future_channel_ban",
          `${streamId} ${ban.created_by}`,
          ban.created_at ?? "",
          writeItem(ban, changes)
        )
      }
      return bans.map(({ byId }) => byId)
    }
  }
}

/** Writes the devices and bans after all users. */
export const writeUserItems = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output
): Effect.fn.Return<void, SinkError.SinkError> {
  for (const [kind, written] of [
    ["device", notes.deviceWritten],
    ["future_channel_ban", notes.futureChannelBanWritten]
  ] as const) {
    const [before, after] = Output.envelope(assembly, kind)
    const rows = yield* step(assembly, () =>
      assembly.database
        .prepare<{ readonly item: string }>("SELECT item FROM assembly.user_item WHERE kind = ? ORDER BY key")
        .iterate(kind)
    )
    yield* eachBlock(assembly, `write ${kind}s`, 0, chunks(rows), (block) => {
      assembly.book.note(written.code, block.length)
      return output.userItems(
        kind,
        block.map(({ item }) => `${before}${item}${after}`)
      )
    })
  }
})

// internal

type Device = NonNullable<User["devices"]>[number]

const PROVIDERS: ReadonlySet<string> = new Set(["firebase", "apn", "huawei", "xiaomi"])
const MOST_ID_BYTES = 255
const BEGINNING = "1970-01-01T00:00:00Z"

import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem } from "effect"

export type Item = Readonly<Record<string, unknown>>
export type Entry = readonly [type: string, item: Item]

export type Content = string | Uint8Array

/** Entries as a JSON Lines file. */
export const lines = (...entries: ReadonlyArray<Entry>): string =>
  entries.map(([type, data]) => `${JSON.stringify({ type, data })}\n`).join("")

/** Entries as a file with one array. */
export const array = (...entries: ReadonlyArray<Entry>): string =>
  `[\n${entries.map(([type, item]) => JSON.stringify({ type, item })).join(",\n")}\n]\n`

const AT = "2020-01-02T03:04:05Z"

export const user = (id = "ada", more: Item = {}): Entry => ["user", { id, ...more }]
export const channel = (id = "hall", more: Item = {}): Entry => [
  "channel",
  { id, type: "messaging", created_by: "ada", ...more }
]
export const set = (members: ReadonlyArray<string>, more: Item = {}): Entry => [
  "channel",
  { member_ids: members, type: "messaging", created_by: "ada", ...more }
]
export const member = (id = "ada", more: Item = {}): Entry => [
  "member",
  { channel_type: "messaging", channel_id: "hall", user_id: id, ...more }
]
export const memberOf = (members: ReadonlyArray<string>, id: string): Entry => [
  "member",
  { channel_type: "messaging", channel_member_ids: members, user_id: id }
]
export const message = (id = "m1", more: Item = {}): Entry => [
  "message",
  { id, channel_type: "messaging", channel_id: "hall", user: "ada", type: "regular", ...more }
]
export const reaction = (more: Item = {}): Entry => [
  "reaction",
  { message_id: "m1", type: "love", user_id: "ada", created_at: AT, ...more }
]
export const device = (more: Item = {}): Entry => [
  "device",
  {
    id: "d1",
    user_id: "ada",
    push_provider_type: "apn",
    push_provider_name: "apn",
    created_at: AT,
    ...more
  }
]
export const ban = (more: Item = {}): Entry => [
  "future_channel_ban",
  { target_id: "ada", created_by: "ada", ...more }
]

/** A user, a channel and the given items, in the order of JSON Lines. */
export const hall = (...more: ReadonlyArray<Entry>): ReadonlyArray<Entry> => [user(), channel(), ...more]

export interface Check extends Omit<StreamImportValidator.Options, "files"> {
  readonly files: ReadonlyArray<Content>
}

/** Files on disk that are removed with the scope. */
export const write = (contents: ReadonlyArray<Content>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    return yield* Effect.forEach(contents, (content, i) => {
      const path = `${directory}/file-${i + 1}`
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
      return Effect.as(fs.writeFile(path, bytes), path)
    })
  })

/** Validates files with these contents. */
export const validate = ({ files, ...options }: Check) =>
  Effect.gen(function* () {
    return yield* StreamImportValidator.validate({ files: yield* write(files), ...options })
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

export const codes = ({ errors, warnings }: StreamImportValidator.Result) =>
  [...errors, ...warnings].map(({ code }) => code)

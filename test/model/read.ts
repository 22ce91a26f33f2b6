/** Which fields of the model sources fill, from exports with everything that their provider has. */
import { Entity } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { StreamExport } from "@chatferry/testkit/stream"
import { Effect, FileSystem } from "effect"
import { pathsIn, pathsOf } from "./paths.ts"

/** By kind, in the order of the model. */
export type Filled = ReadonlyMap<Entity.Kind, ReadonlyArray<string>>

export const fromSendbird = Effect.gen(function* () {
  const folder = yield* SourceHarness.folderOf(SENDBIRD)
  return filled((yield* SourceHarness.readAll(SendbirdSource.archives({ inputs: folder }))).records)
})

export const fromStream = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const app = StreamExport.generate({
    messages: 3000,
    seed: 3,
    features: { channelMutes: 0.2, futureBans: 0.2 }
  })
  const selection = { exportsUsers: true, includesDeleted: true } as const
  const folder = yield* SourceHarness.folderOf({
    "channels.json": text(app.channels({ ...selection, version: "v1" })),
    "channels.jsonl": text(app.channels({ ...selection, version: "v2" })),
    "users.jsonl": text(app.users(app.userIds())),
    "bans.jsonl": text(app.futureBans()),
    "more.jsonl": STREAM.map((line) => `${JSON.stringify(line)}\n`).join("")
  })
  const inputs = (yield* fs.readDirectory(folder)).map((name) => `${folder}/${name}`)
  return filled((yield* SourceHarness.readAll(StreamSource.files({ inputs, devices: "take" }))).records)
})

// internal

const filled = (records: ReadonlyArray<Entity.Entity>): Filled =>
  new Map(
    Entity.kinds.map((kind) => {
      const all = pathsOf(kind)
      const found = new Set(records.filter(({ _tag }) => _tag === kind).flatMap((one) => pathsIn(one, all)))
      return [kind, all.filter((path) => found.has(path))]
    })
  )

const text = (bytes: Iterable<Uint8Array>) => Buffer.concat(Array.from(bytes)).toString("utf8")

const AT = 1736855618748
const CID = "messaging:more"
const TIME = "2029-01-01T00:00:00Z"

const someone = {
  user_id: "ann",
  nickname: "Ann",
  profile_url: "https://example.com/ann.png",
  is_bot: true
}

const SENDBIRD: SourceHarness.Files = {
  "users.json": JSON.stringify({
    active_users: [
      {
        ...someone,
        is_active: false,
        preferred_languages: ["en"],
        metadata: { a: "b" },
        created_at: AT,
        last_seen_at: AT,
        push_trigger_option: "off",
        snooze_enabled: true,
        snooze_end_ts: AT
      }
    ]
  }),
  "group_channels.json": JSON.stringify({
    group_channels: [
      {
        channel_url: "c",
        custom_type: "t",
        name: "C",
        cover_url: "https://example.com/c.png",
        created_by: someone,
        is_public: true,
        freeze: true,
        is_distinct: true,
        created_at: AT,
        message_purge_offset: AT,
        last_message: { created_at: AT },
        read_receipt: { ann: AT },
        data: "d",
        members: [
          {
            ...someone,
            role: "helper",
            state: "invited",
            is_muted: true,
            muted_description: "spam",
            push_trigger_option: "off",
            hidden_state: "hidden_allow_auto_unhide",
            ts_message_offset: AT,
            joined_ts: AT
          },
          { user_id: "bob", role: "operator", state: "left" }
        ]
      }
    ]
  }),
  "messages.json": JSON.stringify({
    channel: { channel_url: "c", pinned_message_ids: [2] },
    messages: [
      {
        message_id: 1,
        channel_url: "c",
        type: "FILE",
        created_at: AT,
        updated_at: AT,
        is_removed: true,
        silent: true,
        data: "d",
        user: { ...someone },
        file: { url: "https://example.com/f", name: "f", type: "image/png", size: 1, data: "d", note: "n" },
        thumbnails: ["https://example.com/t"],
        require_auth: true
      },
      {
        message_id: 2,
        channel_url: "c",
        type: "MESG",
        message: "hello",
        created_at: AT,
        user: someone,
        parent_message_id: 1,
        is_reply_to_channel: true,
        mention_type: "channel",
        mentioned_users: [{ user_id: "ann" }],
        og_tag: { "og:title": "T", "og:url": "https://example.com/", "og:description": "D" },
        reactions: [{ key: "k", sampled_user_ids: ["ann"], count: 3, last_ts: AT }]
      },
      {
        message_id: 3,
        channel_url: "c",
        type: "FILE",
        created_at: AT,
        user: someone,
        file: { url: "https://example.com/v", name: "v", type: "audio/m4a;sbu_type=voice", size: 1 },
        sorted_metaarray: [
          { key: "KEY_INTERNAL_MESSAGE_TYPE", value: ["voice/m4a"] },
          { key: "KEY_VOICE_MESSAGE_DURATION", value: ["4000"] }
        ]
      }
    ]
  }),
  "failed_webhooks.json": JSON.stringify({
    failed_webhooks: [
      {
        webhook_url: "https://example.com/hook",
        status_code: 502,
        request_body: '{"category":"group_channel:message_send"}',
        time_millis: AT
      }
    ]
  })
}

const STREAM: ReadonlyArray<object> = [
  { type: "channel", data: { cid: CID, created_at: TIME, deleted_at: TIME } },
  { type: "member", data: { cid: CID, user_id: "zoe", channel_role: "guide" } },
  { type: "read", data: { cid: CID, user: { id: "zoe" }, last_read: TIME } },
  { type: "member.removed", cid: CID, created_at: TIME, member: { user_id: "zoe" }, user: { id: "zoe" } },
  {
    type: "reaction.deleted",
    cid: CID,
    created_at: TIME,
    message: { id: "m", cid: CID, user: { id: "zoe" }, created_at: TIME },
    reaction: { message_id: "m", type: "like", user: { id: "zoe" }, user_id: "zoe", created_at: TIME }
  }
]

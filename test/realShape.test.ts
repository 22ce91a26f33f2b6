import { Ledger, Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { check } from "../packages/sink-stream-import/test/checker.ts"
import { zipOf } from "../packages/source-sendbird/test/zipOf.ts"

// The fields, and which of them are empty, are those of an export of January 2025; the content is made up.
const url = "sendbird_group_channel_500000001_00112233445566778899aabbccddeeff00112233"
const people = ["rosa", "sven", "tara"]
const picture = (id: string) => `https://img.example.com/${id}.jpg`

const message = (number: number, sender: string, isRemoved = false) => ({
  type: "MESG",
  message_id: 10_000_000_000 + number,
  message: `message ${number} 👋`,
  custom_type: "",
  created_at: 1_736_855_600_000 + number,
  channel_url: url,
  updated_at: 0,
  mentioned_users: [],
  mention_type: "users",
  is_removed: isRemoved,
  req_id: `rq-${number}`,
  data: "",
  file: {},
  user: { user_id: sender, profile_url: picture(sender), nickname: sender, metadata: {} },
  message_survival_seconds: -1,
  silent: false,
  translations: {}
})

const channel = {
  name: "Exports",
  channel_url: url,
  cover_url: "https://img.example.com/cover.jpg",
  created_at: 1_736_855_600,
  max_length_message: 5000,
  custom_type: "",
  is_distinct: false,
  data: "",
  member_count: 3,
  joined_member_count: 3,
  is_access_code_required: false,
  is_super: false,
  is_broadcast: false,
  is_public: false,
  is_discoverable: false,
  freeze: false,
  is_ephemeral: false,
  unread_message_count: 0,
  unread_mention_count: 0,
  message_survival_seconds: -1,
  sms_fallback_wait_seconds: -1,
  sms_fallback_exclude_user_ids: [],
  last_message: message(4, "tara")
}

const files = {
  "users.json": {
    active_users: people.map((id) => ({
      has_ever_logged_in: true,
      user_id: id,
      is_active: true,
      profile_url: picture(id),
      metadata: {},
      last_seen_at: "1969-12-31 23:59:59+0000",
      nickname: id,
      access_token: "",
      session_tokens: []
    }))
  },
  "channels.json": {
    group_channels: [
      {
        ...channel,
        members: people.map((id) => ({
          name: id,
          user_id: id,
          is_active: true,
          image: picture(id),
          is_bot: false
        })),
        read_receipt: {}
      }
    ]
  },
  "messages.json": {
    messages: [message(1, "rosa"), message(2, "sven"), message(3, "tara", true), message(4, "tara")],
    channel: {
      ...channel,
      channel: { channel_url: url, name: "Exports", created_at: 1_736_855_600, member_count: 3 },
      members: people.map((id) => ({
        name: id,
        user_id: id,
        is_active: true,
        nickname: id,
        profile_url: picture(id),
        metadata: {},
        last_seen_at: 0,
        state: "joined",
        is_online: false,
        role: ""
      }))
    }
  }
}

const contents = Object.entries(files).map(([name, content]) => ({
  name,
  content: JSON.stringify(content, undefined, 2)
}))

const writeInput = (shape: "folder" | "zip", folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(`${folder}/input`)
    if (shape === "zip") yield* fs.writeFile(`${folder}/input/export.zip`, zipOf(contents))
    else
      for (const { content, name } of contents) yield* fs.writeFileString(`${folder}/input/${name}`, content)
    return `${folder}/input`
  })

const written = (ledger: Ledger.Ledger) =>
  [ledger.kinds.user, ledger.kinds.channel, ledger.kinds.member, ledger.kinds.message].map(
    (counts) => counts.written
  )

it.layer(NodeServices.layer)("an export as Sendbird writes them", (it) => {
  for (const shape of ["folder", "zip"] as const) {
    for (const dialect of ["jsonl", "json-array"] as const) {
      it.effect(`becomes a valid Stream import from a ${shape}, as ${dialect}`, () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const folder = yield* fs.makeTempDirectoryScoped()
          const report = yield* Migration.run({
            id: "real-shape",
            source: SendbirdSource.archives({ inputs: [yield* writeInput(shape, folder)] }),
            sink: StreamImportSink.make({ directory: `${folder}/out`, dialect }),
            stateDirectory: `${folder}/state`
          })
          // The fourth user is the creator that the export does not name.
          assert.deepStrictEqual(written(report.sinks[0]?.ledger ?? Ledger.empty), [4, 1, 3, 4])
          const name = dialect === "jsonl" ? "import.jsonl" : "import.json"
          const { items, problems } = check(yield* fs.readFileString(`${folder}/out/${name}`), dialect)
          assert.deepStrictEqual(problems, [])
          const types = items.filter(({ kind }) => kind === "message").map(({ item }) => item["type"])
          assert.deepStrictEqual(types, ["regular", "regular", "deleted", "regular"])
        })
      )
    }

    it.effect(
      `becomes NDJSON from a ${shape}, with the channel and its members as often as they stand in it`,
      () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const folder = yield* fs.makeTempDirectoryScoped()
          const report = yield* Migration.run({
            id: "real-shape",
            source: SendbirdSource.archives({ inputs: [yield* writeInput(shape, folder)] }),
            sink: NdjsonSink.make({ directory: `${folder}/out` }),
            stateDirectory: `${folder}/state`
          })
          assert.deepStrictEqual(written(report.sinks[0]?.ledger ?? Ledger.empty), [3, 2, 6, 4])
        })
    )
  }
})

import { Migration, Source } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { check } from "../packages/sink-stream-import/test/checker.ts"
import { makeFake, sourceOf } from "../packages/source-sendbird/test/enrichFake.ts"
import { folderOf } from "../packages/source-sendbird/test/reading.ts"

const url = "sendbird_group_channel_1_0a1b"
const created = 1_600_000_000
const base = created * 1000

const messageOf = (id: number, more: object = {}) => ({
  type: "MESG",
  message_id: id,
  channel_url: url,
  user: { user_id: "ada", nickname: "Ada" },
  message: `message ${id}`,
  created_at: base + id,
  updated_at: 0,
  is_removed: false,
  ...more
})

const channelOf = (name: string, more: object = {}) => ({
  channel_url: url,
  name,
  created_at: created,
  freeze: false,
  last_message: messageOf(9),
  ...more
})

const memberOf = (id: string, more: object = {}) => ({
  user_id: id,
  nickname: id,
  role: "",
  state: "joined",
  ...more
})

/** An export with a record of each kind. */
const files = {
  "users.json": {
    active_users: ["ada", "bob"].map((id) => ({
      user_id: id,
      nickname: `${id} of the export`,
      is_active: true,
      last_seen_at: "2020-09-13 12:00:00+0000"
    }))
  },
  "channels.json": {
    group_channels: [channelOf("of the list", { members: [memberOf("ada"), memberOf("bob")] })]
  },
  "messages.json": {
    messages: [
      messageOf(1),
      messageOf(2),
      messageOf(3, { updated_at: base + 50, message: "not yet edited again" })
    ],
    channel: channelOf("of the messages file", { freeze: true, members: [memberOf("ada"), memberOf("bob")] })
  }
}

/** The same records in the API, a little later. */
const app = {
  users: ["ada", "bob"].map((id) => ({
    user_id: id,
    nickname: `${id} of the API`,
    is_active: true,
    created_at: created - 1000,
    // The API gives online users an invalid time of the last visit.
    last_seen_at: id === "bob" ? 0 : base
  })),
  group: [channelOf("of the API", { created_by: { user_id: "bob" }, metadata: { floor: "3" } })],
  members: {
    [url]: [
      memberOf("ada", { role: "operator", read_ts: base + 3, joined_ts: base + 1 }),
      memberOf("bob", { role: "none", is_muted: true, read_ts: base + 2 })
    ]
  },
  messages: {
    [url]: [
      messageOf(1, { reactions: [{ key: "like", user_ids: ["bob"], updated_at: base + 10 }] }),
      messageOf(3, { updated_at: base + 60, message: "edited again" }),
      messageOf(2, { parent_message_id: 1, sorted_metaarray: [{ key: "k", value: ["v"] }] }),
      messageOf(9)
    ]
  }
}

type Item = Readonly<Record<string, unknown>>

const migrated = (isApiFirst: boolean) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const archives = SendbirdSource.archives({ inputs: [yield* folderOf(files)] })
    const api = sourceOf(makeFake(app), { to: base + 5 })
    yield* Migration.run({
      id: "enriched",
      source: Source.concat("both", isApiFirst ? [api, archives] : [archives, api], { ids: "shared" }),
      sink: StreamImportSink.make({ directory: `${folder}/out`, dialect: "jsonl" }),
      stateDirectory: `${folder}/state`
    })
    const text = yield* fs.readFileString(`${folder}/out/import.jsonl`)
    const { items, problems } = check(text, "jsonl")
    assert.deepStrictEqual(problems, [])
    const of = (kind: string): ReadonlyArray<Item> =>
      items.filter((item) => item.kind === kind).map(({ item }) => item)
    return { text, of }
  })

const pick = (items: ReadonlyArray<Item>, ...fields: ReadonlyArray<string>) =>
  items.map((item) => fields.map((field) => item[field]))

describe("an export and its enrichment in one migration", () => {
  for (const [order, isApiFirst] of [
    ["after", false],
    ["before", true]
  ] as const) {
    it.live(`the API has more data and takes precedence when it is read ${order} the export`, () =>
      Effect.gen(function* () {
        const { of } = yield* migrated(isApiFirst)
        assert.deepStrictEqual(pick(of("user"), "id", "name", "created_at"), [
          ["ada", "ada of the API", "2020-09-13T12:10:00Z"],
          ["bob", "bob of the API", "2020-09-13T12:10:00Z"]
        ])
        assert.deepStrictEqual(pick(of("channel"), "name", "created_by", "frozen"), [
          ["of the API", "bob", false]
        ])
        assert.deepStrictEqual(pick(of("member"), "user_id", "channel_role", "last_read"), [
          ["ada", "channel_moderator", "2020-09-13T12:26:40.003Z"],
          ["bob", "channel_member", "2020-09-13T12:26:40.002Z"]
        ])
        assert.deepStrictEqual(pick(of("message"), "id", "text"), [
          ["1", "message 1"],
          ["2", "message 2"],
          ["3", "edited again"]
        ])
        assert.deepStrictEqual(pick(of("message"), "parent_id", "sendbird"), [
          [undefined, undefined],
          ["1", { sorted_metaarray: [{ key: "k", value: ["v"] }] }],
          [undefined, undefined]
        ])
        assert.deepStrictEqual(pick(of("reaction"), "message_id", "user_id", "type"), [["1", "bob", "like"]])
      }).pipe(Effect.provide(NodeServices.layer))
    )
  }

  it.live("give the same bytes in either order", () =>
    Effect.gen(function* () {
      const [after, before] = [yield* migrated(false), yield* migrated(true)]
      assert.strictEqual(after.text, before.text)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

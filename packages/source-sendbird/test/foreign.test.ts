// Files beside or inside an export that are not part of it, and pages of the Platform API, which are read.
import type { Entity } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { zipOf } from "../../connector/test/files/zipOf.ts"
import { textMessage } from "./exportFiles.ts"
import { folderOf, readFiles } from "./reading.ts"

const EXPORT = JSON.stringify({ messages: [{ ...textMessage, channel_url: "c" }] })
const LINES = '{"level":"info","msg":"downloaded 1"}\n{"level":"info","msg":"downloaded 2"}\n'
const REGISTERED = {
  request_id: "a1",
  status: "done",
  data_type: "messages",
  start_ts: 0,
  end_ts: 1,
  file: { url: "https://example.com/a.zip", expires_at: 2 }
}
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)

const FOREIGN: ReadonlyArray<{ name: string; content: string; code: "ignored_entry" | "unrecognised_file" }> =
  [
    { name: "download.log", content: LINES, code: "ignored_entry" },
    { name: "download.txt", content: LINES, code: "ignored_entry" },
    { name: "download.jsonl", content: LINES, code: "ignored_entry" },
    { name: "download", content: LINES, code: "ignored_entry" },
    { name: "download.json", content: LINES, code: "unrecognised_file" },
    {
      name: "text.log",
      content: "[2025-01-14 12:00:00] INFO begun\n[2025-01-14] done\n",
      code: "ignored_entry"
    },
    { name: "cut.log", content: '{"level":"info"}\n{"level":"in', code: "ignored_entry" },
    { name: "one.log", content: '{"level":"info"}\n', code: "ignored_entry" },
    { name: "arrays.jsonl", content: "[1,2]\n[3]\n", code: "ignored_entry" },
    { name: "export.json", content: JSON.stringify(REGISTERED), code: "ignored_entry" },
    {
      name: "exports.json",
      content: pretty({ exported_data: [REGISTERED], next: "" }),
      code: "ignored_entry"
    },
    { name: "users.json", content: pretty({ users: [{ id: "U1", team: "T" }] }), code: "unrecognised_file" },
    {
      name: "stream.json",
      content: JSON.stringify({
        members: [{ user_id: "a", channel_role: "channel_member" }],
        duration: "1ms"
      }),
      code: "unrecognised_file"
    },
    { name: "settings.json", content: "{}", code: "unrecognised_file" },
    { name: ".DS_Store", content: "\0\0\0\u0001Bud1", code: "ignored_entry" },
    { name: "__MACOSX/m.json", content: "\0\u0005\u0016\u0007", code: "ignored_entry" },
    { name: "._m.json", content: "\0\u0005\u0016\u0007", code: "ignored_entry" }
  ]

describe("a file that is not part of the export", () => {
  it.live.each(FOREIGN)("is skipped and counted beside it and in its zip: $name", ({ code, content, name }) =>
    Effect.gen(function* () {
      const files = { "m.json": EXPORT, [name]: content }
      const zip = zipOf(
        Object.entries(files).map(([entry, text]) => ({ name: entry, content: Buffer.from(text) }))
      )
      for (const input of [files, { "all.zip": zip }]) {
        const { notes, records, rejected } = yield* readFiles(input)
        assert.deepStrictEqual(
          records.map(({ _tag }) => _tag),
          ["message"]
        )
        if (code === "ignored_entry") assert.deepStrictEqual([rejected, notes[code]], [[], 1])
        else
          assert.deepStrictEqual(
            rejected.map((one) => one.code),
            [code]
          )
      }
    })
  )

  it.live.each(FOREIGN)("is not an export when it is alone: $name", ({ content, name }) =>
    Effect.gen(function* () {
      const folder = yield* folderOf({ [name]: content })
      const error = yield* Effect.flip(
        SourceHarness.of(SendbirdSource.archives({ inputs: [folder] })).partitions
      )
      assert.include(error.message, folder)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("stops the run if it has a JSON name and is damaged, like a part of the export", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readFiles({ "m.json": EXPORT, "n.json": '{"messages":[{"a":1}' }))
      assert.include(error.message, "n.json")
    })
  )
})

const ann = { user_id: "ann", nickname: "Ann", created_at: 1600000000 }
const kindsOf = (records: ReadonlyArray<Entity.Entity>) => {
  const found: Record<string, number> = {}
  for (const { _tag } of records) found[_tag] = (found[_tag] ?? 0) + 1
  return found
}

describe("a page of the Platform API", () => {
  const PAGES: ReadonlyArray<{ name: string; page: object; gives: object; code?: string }> = [
    { name: "users", page: { users: [ann], next: "" }, gives: { user: 1 } },
    { name: "no users", page: { users: [], next: "" }, gives: {} },
    { name: "participants", page: { participants: [ann], next: "x" }, gives: { user: 1 } },
    {
      name: "group channels",
      page: {
        channels: [{ channel_url: "c", is_distinct: false, members: [ann] }],
        next: "",
        ts: 1736855900000
      },
      gives: { channel: 1, member: 1 }
    },
    {
      name: "open channels",
      page: {
        channels: [{ channel_url: "c", participant_count: 1, operators: [ann] }],
        next: "",
        ts: 1736855900000
      },
      gives: { channel: 1, member: 1 }
    },
    { name: "messages", page: { messages: [{ ...textMessage, channel_url: "c" }] }, gives: { message: 1 } },
    {
      name: "members without their channel",
      page: { members: [ann], next: "" },
      gives: {},
      code: "missing_channel"
    },
    {
      name: "members with their channel",
      page: { members: [{ ...ann, role: "operator" }], next: "", channel: { channel_url: "c" } },
      gives: { channel: 1, member: 1 }
    },
    {
      name: "operators that name their channel",
      page: { operators: [{ ...ann, channel_url: "c" }], next: "" },
      gives: { member: 1 }
    },
    {
      name: "muted members that name their channel",
      page: {
        muted_list: [{ ...ann, channel_url: "c", end_at: 1736855900000, description: "spam" }],
        next: ""
      },
      gives: { member: 1 }
    },
    {
      name: "reactions",
      page: { reactions: [{ key: "k", user_ids: ["ann"], message_id: 1, channel_url: "c" }] },
      gives: { reaction: 1 }
    },
    {
      name: "reactions to an unknown message",
      page: { reactions: [{ key: "k", user_ids: ["ann"], msg_id: 1 }] },
      gives: {},
      code: "missing_message"
    }
  ]

  it.live.each(PAGES)("is read on one line or on many: $name", ({ code, gives, page }) =>
    Effect.gen(function* () {
      for (const text of [JSON.stringify(page), `${JSON.stringify(page)}\n`, pretty(page)]) {
        for (const name of ["page.json", "page", "page.txt"]) {
          const { notes, records, rejected } = yield* readFiles({ [name]: text })
          assert.deepStrictEqual(kindsOf(records), gives)
          assert.deepStrictEqual(
            rejected.map((one) => one.code),
            code === undefined ? [] : [code]
          )
          assert.isUndefined(Object.keys(notes).find((code) => code.startsWith("ignored_member")))
        }
      }
    })
  )

  it.live("of operators makes moderators, and one of muted members mutes them", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({
        "a.json": { operators: [{ ...ann, channel_url: "c" }], next: "" },
        "b.json": {
          muted_list: [{ user: ann, channel_url: "c", end_at: 1736855900000, description: "spam" }],
          next: ""
        }
      })
      const [moderator, muted] = records.map((one) => (one._tag === "member" ? one : undefined))
      assert.strictEqual(moderator?.role, "moderator")
      assert.deepStrictEqual<unknown>(
        [muted?.userId, muted?.isMuted, muted?.custom],
        [
          "ann",
          true,
          { sendbird: { muted_end_at: 1736855900000, muted_description: "spam", created_at: 1600000000 } }
        ]
      )
      assert.strictEqual(notes["switch_kept.member.muted_end_at"], 1)
    })
  )

  it.live("of bans is counted as lost, because it does not name the channel or the user", () =>
    Effect.gen(function* () {
      const ban = { user: ann, start_at: 1, end_at: 2, description: "spam" }
      const { notes, records, rejected } = yield* readFiles({
        "m.json": EXPORT,
        "a.json": { banned_list: [ban, ban], total_ban_count: 2, next: "" },
        "b.json": { banned_channels: [{ channel: { channel_url: "c" }, start_at: 1 }], next: "" },
        "c.json": { channel_url: "c", banned_list: [ban], next: "" }
      })
      assert.deepStrictEqual([records.length, rejected], [1, []])
      assert.strictEqual(notes["restriction_without_owner"], 4)
    })
  )
})

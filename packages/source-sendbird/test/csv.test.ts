import { type Entity } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { channelRow, csvOf, memberRow, messageRow, tableOf, userRow, webhookRow } from "./csvOf.ts"
import { failedWebhook } from "./exportFiles.ts"
import { readFiles } from "./reading.ts"

const only = (records: ReadonlyArray<Entity.Entity>): Entity.Entity => {
  assert.strictEqual(records.length, 1)
  return records[0] as Entity.Entity
}

const read = (
  csv: string | Uint8Array,
  config: Partial<SendbirdSource.ArchivesConfig> = {},
  name = "f.csv"
) => readFiles({ [name]: csv }, config)

describe("rows", () => {
  it.live("of messages do not belong to the channel of an earlier file", () =>
    Effect.gen(function* () {
      const row = Object.fromEntries(Object.entries(messageRow).filter(([name]) => name !== "channel_url"))
      const messages = [
        { message_id: 1, created_at: 1736855618748, message: "Hello", user: { user_id: "u" } }
      ]
      const { records, rejected } = yield* readFiles({
        "a.json": { messages, channel: { channel_url: "c1", created_at: 1736855603 } },
        "b.csv": csvOf([row])
      })
      const channels: ReadonlyArray<string> = SourceHarness.ofKind({ records }, "message").map(
        ({ channelId }) => channelId
      )
      assert.deepStrictEqual(channels, ["c1"])
      assert.deepStrictEqual(
        rejected.map(({ code, location }) => [code, location.slice(0, 18)]),
        [["missing_channel", "export/b.csv:row 1"]]
      )
    })
  )

  it.live("of messages become messages with their sender, file and times", () =>
    Effect.gen(function* () {
      const file = { file_url: "https://example.com/a.png", file_name: "a.png", file_type: "image/png" }
      const { records, rejected } = yield* read(
        csvOf([
          {
            ...messageRow,
            ...file,
            file_size: "12",
            updated_at: "2025-01-14 12:53:40+0100",
            mentioned_user_ids: '["bo","cy"]',
            parent_message_id: "9007199254740995",
            reactions: '[{"key":"ok","user_ids":["bo"],"updated_at":1736855618748}]'
          }
        ])
      )
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(records, [
        {
          _tag: "message",
          id: "10463242990",
          channelId: "c1",
          type: "regular",
          createdAt: "2025-01-14T11:53:38.748Z",
          updatedAt: "2025-01-14T11:53:40Z",
          userId: "ada@example.com",
          userSnapshot: { name: "Ada", imageUrl: "https://example.com/ada.png" },
          text: "Hello there",
          attachments: [
            {
              type: "image",
              url: "https://example.com/a.png",
              name: "a.png",
              mimeType: "image/png",
              sizeBytes: 12
            }
          ],
          parentId: "9007199254740995",
          mentionedUserIds: ["bo", "cy"],
          custom: { sendbird: { data: '{"a":1}' } }
        },
        {
          _tag: "reaction",
          messageId: "10463242990",
          channelId: "c1",
          userId: "bo",
          type: "ok",
          createdAt: "2025-01-14T11:53:38.748Z"
        }
      ] as unknown as ReadonlyArray<Entity.Entity>)
    })
  )

  it.live(
    "of failed webhooks give the same as the records in JSON, in folders of days and several files",
    () =>
      Effect.gen(function* () {
        const json = yield* readFiles({ "w.json": { failed_webhooks: [failedWebhook] } })
        const csv = yield* readFiles({
          "failed_webhooks/2020-08-04/1.csv": csvOf([webhookRow]),
          "failed_webhooks/2020-08-04/2.csv": csvOf([{ ...webhookRow, status_code: "500" }]),
          "failed_webhooks/2020-08-05/1.csv": csvOf([webhookRow], { isQuoted: true, lineEnd: "\r\n" })
        })
        assert.deepStrictEqual([csv.records[0], csv.records[2]], [json.records[0], json.records[0]])
        assert.strictEqual(csv.records.length, 3)
      })
  )

  it.live(
    "of members belong to the channel that they name, and an empty role means that a member is not an operator",
    () =>
      Effect.gen(function* () {
        const rows = [memberRow, { ...memberRow, user_id: "bo", nickname: "", role: "", state: "invited" }]
        const { records } = yield* read(csvOf(rows))
        assert.deepStrictEqual(records, [
          {
            _tag: "member",
            channelId: "c1",
            userId: "ada@example.com",
            role: "moderator",
            isInvited: false,
            userSnapshot: { name: "Ada" }
          },
          { _tag: "member", channelId: "c1", userId: "bo", role: "member", isInvited: true }
        ] as unknown as ReadonlyArray<Entity.Entity>)
      })
  )

  it.live.each<{ name: string; csv: string; path: string; form: string }>([
    { name: "columns of group channels", csv: csvOf([channelRow]), path: "open_channels.csv", form: "group" },
    {
      name: "columns of open channels",
      csv: csvOf([{ channel_url: "c", name: "n", participant_count: "3" }]),
      path: "x.csv",
      form: "open"
    },
    {
      name: "a column with the type",
      csv: csvOf([{ channel_url: "c", name: "n", channel_type: "open", member_count: "" }]),
      path: "x.csv",
      form: "open"
    },
    {
      name: "the path, if no column is conclusive",
      csv: csvOf([{ channel_url: "c", name: "n" }]),
      path: "channel/open_channels.csv",
      form: "open"
    },
    { name: "nothing", csv: csvOf([{ channel_url: "c", name: "n" }]), path: "x.csv", form: "group" }
  ])("of channels are open or group channels by $name", ({ csv, form, path }) =>
    Effect.gen(function* () {
      const found = only((yield* read(csv, {}, path)).records)
      assert.strictEqual(found._tag === "channel" ? found.form : undefined, form)
    })
  )

  it.live("of users are deactivated by their column, or by the path if they do not say", () =>
    Effect.gen(function* () {
      const { records } = yield* readFiles({
        "a/inactive_users.csv": csvOf([{ user_id: "a", nickname: "" }]),
        "b/inactive_users.csv": csvOf([
          { user_id: "b", is_active: "True" },
          { user_id: "c", is_active: "" }
        ]),
        "c/active_users.csv": csvOf([{ user_id: "d", is_active: "false" }])
      })
      assert.deepStrictEqual(
        records.map((user) =>
          user._tag === "user" ? [user.id, user.isDeactivated] : []
        ) as ReadonlyArray<unknown>,
        [
          ["a", true],
          ["b", false],
          ["c", true],
          ["d", true]
        ]
      )
    })
  )

  it.live("keep unknown columns, with nested values parsed", () =>
    Effect.gen(function* () {
      const row = {
        ...userRow,
        Tier: "gold",
        score: "007",
        tags: '["a",{"id":90071992547409931}]',
        "": "x",
        none: ""
      }
      const found = only((yield* read(csvOf([row]))).records)
      assert.deepStrictEqual(found.custom, {
        sendbird: {
          metadata: { font: "mono" },
          has_ever_logged_in: true,
          Tier: "gold",
          score: "007",
          tags: ["a", { id: "90071992547409931" }],
          column_10: "x"
        }
      })
    })
  )

  it.live("keep both of two columns for one field", () =>
    Effect.gen(function* () {
      const found = only(
        (yield* read("msg_id,message_id,channel_url,created_at,ts\n1,2,c,5000000,6000000\n")).records
      )
      assert.deepStrictEqual(
        [found._tag === "message" && found.id, found.custom as unknown],
        ["2", { sendbird: { msg_id: "1", ts: 6000000 } }]
      )
    })
  )

  it.live("keep a column named __proto__ as a field", () =>
    Effect.gen(function* () {
      const found = only((yield* read('user_id,nickname,__proto__\na,A,"{""x"":1}"\n')).records)
      assert.strictEqual(JSON.stringify(found.custom), '{"sendbird":{"__proto__":{"x":1}}}')
    })
  )

  it.live("take a file from separate columns and from the column with the object", () =>
    Effect.gen(function* () {
      const row = {
        ...messageRow,
        file_name: "a.pdf",
        file_size: "7",
        file: '{"url":"https://example.com/f","size":8}'
      }
      const [found] = (yield* read(csvOf([row]))).records
      assert.deepStrictEqual(found?._tag === "message" ? found.attachments : undefined, [
        { type: "file", url: "https://example.com/f", name: "a.pdf", sizeBytes: 8 }
      ])
    })
  )

  it.live("take an address in the column of a file as the file", () =>
    Effect.gen(function* () {
      const { records } = yield* read(csvOf([{ ...messageRow, file: "https://example.com/f.pdf" }]))
      const [found] = records
      assert.deepStrictEqual(found?._tag === "message" ? found.attachments : undefined, [
        { type: "file", url: "https://example.com/f.pdf" }
      ])
    })
  )
})

describe("tables", () => {
  const rows = [{ ...messageRow, message: 'A "quoted",\r\nlonger\nline;|\t' }, messageRow]

  it.live.each<{ name: string; delimiter?: string; lineEnd?: string; isQuoted?: boolean; mark?: string }>([
    { name: "commas and LF" },
    { name: "commas and CRLF", lineEnd: "\r\n" },
    { name: "commas and CR", lineEnd: "\r" },
    { name: "everything quoted", isQuoted: true },
    { name: "a byte order mark", mark: "\uFEFF" },
    { name: "a byte order mark and quotes", mark: "\uFEFF", isQuoted: true },
    { name: "empty lines before the header", mark: "\n\n" },
    { name: "semicolons", delimiter: ";" },
    { name: "tabs", delimiter: "\t" },
    { name: "bars", delimiter: "|" },
    { name: "spaces", delimiter: " " },
    { name: "a letter", delimiter: "e" },
    { name: "a digit", delimiter: "1" },
    { name: "a line feed", delimiter: "\n", lineEnd: "\r\n" },
    { name: "a carriage return", delimiter: "\r" },
    { name: "a character of two bytes", delimiter: "§" },
    { name: "a character of four bytes", delimiter: "🧵" }
  ])("are read with $name", ({ delimiter, isQuoted, lineEnd, mark = "" }) =>
    Effect.gen(function* () {
      const plain = yield* read(csvOf(rows))
      const layout = {
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(lineEnd === undefined ? {} : { lineEnd }),
        ...(isQuoted === undefined ? {} : { isQuoted })
      }
      const config = delimiter === undefined ? {} : { csvDelimiter: delimiter }
      const { records, rejected } = yield* read(`${mark}${csvOf(rows, layout)}`, config)
      assert.deepStrictEqual(rejected, [])
      assert.strictEqual(records.length, 2)
      assert.deepStrictEqual(records, plain.records)
    })
  )

  it.live.each([
    { header: "User ID,Nick Name,IS_ACTIVE" },
    { header: "userId,nickName,isActive" },
    { header: " user_id ,nickname,is-active" },
    { header: '"USER.ID",Nickname,is active' }
  ])("are recognised by headers in any spelling: $header", ({ header }) =>
    Effect.gen(function* () {
      const found = only((yield* read(`${header}\na,Ada,false\n`)).records)
      assert.deepStrictEqual(
        [
          found._tag,
          found._tag === "user" && [found.id, found.name, found.isDeactivated]
        ] as ReadonlyArray<unknown>,
        ["user", ["a", "Ada", true]]
      )
    })
  )

  it.live("are recognised by their header and not by their name", () =>
    Effect.gen(function* () {
      const { notes, records, rejected } = yield* readFiles({
        "messages.txt": csvOf([userRow]),
        users: csvOf([channelRow]),
        "notes.txt": "user_id is what we look for\n"
      })
      assert.deepStrictEqual(
        [records.map(({ _tag }) => _tag), rejected, notes.ignored_entry],
        [["user", "channel"], [], 1]
      )
    })
  )

  it.live.each<{ name: string; csv: string }>([
    { name: "a header alone", csv: tableOf(Object.keys(userRow), []) },
    { name: "a header without a line end", csv: Object.keys(messageRow).join(",") },
    { name: "a header and empty lines", csv: `${Object.keys(messageRow).join(",")}\r\n\r\n\r\n` }
  ])("may be empty: $name", ({ csv }) =>
    Effect.gen(function* () {
      const { notes, records, rejected } = yield* read(csv)
      assert.deepStrictEqual([records, rejected, notes], [[], [], {}])
    })
  )

  it.live("may end without a line end, and have empty lines", () =>
    Effect.gen(function* () {
      const { records, rejected } = yield* read("user_id,nickname\n\na,A\n\n\nb,B")
      assert.deepStrictEqual([records.length, rejected], [2, []])
    })
  )

  it.live.each<{ name: string; given: string | undefined; found: string; printed: string }>([
    { name: "is not given", given: undefined, found: ";", printed: '";"' },
    { name: "is another one", given: "|", found: ",", printed: '","' },
    { name: "is a tab", given: undefined, found: "\t", printed: '"\\t"' },
    { name: "is a letter", given: undefined, found: "x", printed: '"x"' },
    { name: "is a line feed", given: undefined, found: "\n", printed: '"\\n"' }
  ])("fail and suggest the right delimiter when it $name", ({ found, given, printed }) =>
    Effect.gen(function* () {
      const csv = csvOf([userRow], { delimiter: found, ...(found === "\n" ? { lineEnd: "\r\n" } : {}) })
      const error = yield* Effect.flip(read(csv, given === undefined ? {} : { csvDelimiter: given }))
      assert(error._tag === "SourceError")
      assert.strictEqual(error.reason._tag, "InvalidConfig")
      assert.include(error.reason.message, "csvDelimiter: the columns in export/f.csv are not separated by")
      assert.include(error.reason.message, `but they would be by ${printed}`)
    })
  )

  it.live.each([
    { csvDelimiter: "" },
    { csvDelimiter: ",," },
    { csvDelimiter: '"' },
    { csvDelimiter: "\uD83E" }
  ])("are not read with the delimiter $csvDelimiter", ({ csvDelimiter }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        SourceHarness.of(SendbirdSource.archives({ inputs: ["."], csvDelimiter })).fingerprint
      )
      assert.include(error.message, "csvDelimiter must be one character")
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("change the fingerprint with their delimiter", () =>
    Effect.gen(function* () {
      const inputs = [import.meta.dirname]
      const comma = yield* SourceHarness.of(SendbirdSource.archives({ inputs })).fingerprint
      assert.deepStrictEqual(
        yield* SourceHarness.of(SendbirdSource.archives({ inputs, csvDelimiter: "," })).fingerprint,
        comma
      )
      assert.notDeepEqual(
        yield* SourceHarness.of(SendbirdSource.archives({ inputs, csvDelimiter: ";" })).fingerprint,
        comma
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

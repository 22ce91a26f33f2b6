import { Timestamp } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { readCsv } from "./readCsv.ts"
import { bytesOf, parse } from "./readExport.ts"

type RawObject = Readonly<Record<string, unknown>>
type Row = Readonly<Record<string, string>>

const options = {
  messages: 1500,
  channels: 40,
  timezone: "Asia/Kolkata",
  features: { open: 0.2, bigIds: 0.2, loneSurrogates: 0, polls: 0.05, links: 0.1, deactivated: 0.2 }
} satisfies SendbirdExport.Options

const tables = (found: SendbirdExport.Options) =>
  Array.from(SendbirdExport.generate({ ...found, format: "csv" }).files, (file) => {
    const text = bytesOf(file).toString()
    const plain = text.startsWith("\ufeff") ? text.slice(1) : text
    return { ...file, text, rows: readCsv(plain, found.csvDelimiter ?? ",") }
  })

const documents = (found: SendbirdExport.Options) =>
  Array.from(SendbirdExport.generate(found).files, (file) => ({ ...file, json: parse(bytesOf(file)) }))

/** The content of a cell, absent or not. */
const cellOf = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value)

// Ids above 2^53 are text in the result of `parse`, and digits in JSON within a cell.
const withoutQuotedIds = (text: string) => text.replaceAll(/"(\d{16,})"/gu, "$1")

const sameCells = (record: RawObject, row: Row | undefined, columns: ReadonlyArray<string>) => {
  for (const column of columns)
    assert.strictEqual(
      withoutQuotedIds(row?.[column] ?? "?"),
      withoutQuotedIds(cellOf(record[column])),
      column
    )
}

const seconds = (value: unknown): number => {
  if (typeof value === "number") return value < 1e11 ? value : Math.floor(value / 1000)
  const text = String(value)
  if (/^-?\d+$/u.test(text)) return seconds(Number(text))
  const found = Timestamp.fromText(text)
  assert.isDefined(found, text)
  return Timestamp.toMillis(found ?? Timestamp.Timestamp.make("1970-01-01T00:00:00Z")) / 1000
}

describe("CSV exports", () => {
  const csv = tables(options)
  const json = documents(options)

  it("carry every field of every message of the JSON export, in the same order", () => {
    const ownColumns = ["user_id", "nickname", "profile_url"]
    let count = 0
    for (const { archive, json: document, path } of json) {
      if (document.messages === undefined) continue
      const table = csv.find(
        (file) => file.archive === archive && file.path === path.replace(".json", ".csv")
      )
      assert.strictEqual(table?.rows.length, document.messages.length)
      for (const [i, message] of document.messages.entries()) {
        const record = message as unknown as RawObject
        const row = table?.rows[i]
        const { file: _, user, ...fields } = record
        const columns = Object.keys(fields)
        assert.includeMembers(Object.keys(row ?? {}), columns)
        sameCells(record, row, columns)
        sameCells((user ?? {}) as RawObject, row, ownColumns)
        assert.strictEqual(row?.user_metadata, cellOf((user as RawObject | undefined)?.metadata))
        assert.strictEqual(row?.file_url, message.file.url ?? "")
        assert.strictEqual(row?.file, JSON.stringify(message.file))
        assert.strictEqual(
          row?.mentioned_user_ids,
          JSON.stringify(message.mentioned_users.map((one) => one.user_id))
        )
        count++
      }
    }
    assert.strictEqual(count, 1500)
  })

  it("carry users, with their times in the requested zone", () => {
    for (const key of ["active_users", "inactive_users"] as const) {
      const users = json.flatMap(({ json: document }) => document[key] ?? [])
      const rows = csv.find(({ path }) => path === `${key}.csv`)?.rows ?? []
      assert.strictEqual(rows.length, users.length)
      assert.isAbove(rows.length, 0)
      for (const [i, user] of users.entries()) {
        sameCells(user as unknown as RawObject, rows[i], Object.keys(user))
        assert.match(user.last_seen_at, /\+0530$/u)
      }
    }
  })

  it("carry channel lists with their members, and the time of creation as a number or text", () => {
    const forms = new Set<string>()
    for (const seed of [1, 2, 3, 4]) {
      const list = tables({ ...options, seed })
      for (const { json: document } of documents({ ...options, seed })) {
        for (const key of ["group_channels", "open_channels"] as const) {
          const channels = document[key]
          if (channels === undefined) continue
          const rows = list.find(({ archive, path }) => archive === "channels" && path === `${key}.csv`)?.rows
          assert.strictEqual(rows?.length, channels.length)
          for (const [i, channel] of channels.entries()) {
            const {
              created_at,
              last_message: _,
              unread_mention_count: __,
              unread_message_count: ___,
              ...fields
            } = channel as unknown as RawObject
            sameCells(fields, rows?.[i], Object.keys(fields))
            assert.strictEqual(seconds(rows?.[i]?.created_at), seconds(created_at))
            forms.add(/^\d+$/u.test(rows?.[i]?.created_at ?? "") ? "number" : "text")
          }
        }
      }
    }
    assert.deepStrictEqual(forms, new Set(["number", "text"]))
  })

  it("have one channel and its members next to the messages of each archive", () => {
    for (const archive of new Set(csv.map((file) => file.archive))) {
      const embedded = json.flatMap((file) => (file.archive === archive ? (file.json.channel ?? []) : []))
      if (embedded.length === 0) continue
      const rowsOf = (path: string) =>
        csv.find((file) => file.archive === archive && file.path === path)?.rows ?? []
      const rows = [...rowsOf("channel/group_channels.csv"), ...rowsOf("channel/open_channels.csv")]
      assert.sameMembers(
        rows.map((row) => row.channel_url),
        embedded.map((channel) => channel.channel_url)
      )
      const members = rowsOf("channel_member/group_channels.csv")
      const shown = embedded.flatMap(({ channel_url, members: some = [] }) =>
        some.map((member): RawObject => ({ ...member, channel_url }))
      )
      assert.strictEqual(members.length, shown.length)
      for (const [i, row] of members.entries()) {
        const record =
          shown.find((one) => one.channel_url === row.channel_url && one.user_id === row.user_id) ?? {}
        const { last_seen_at, name: _, ...fields } = record
        sameCells(fields, members[i], Object.keys(fields))
        assert.strictEqual(seconds(row.last_seen_at), seconds(last_seen_at))
      }
    }
  })

  it("have failed webhooks in folders by day", () => {
    const found = csv.filter(({ path }) => path.startsWith("failed_webhooks/"))
    assert.deepStrictEqual(
      found.map(({ path }) => path),
      ["failed_webhooks/2024-03-24/1.csv"]
    )
    const rows = found.flatMap((file) => file.rows)
    const records = json.flatMap((file) => file.json.failed_webhooks ?? [])
    assert.strictEqual(rows.length, records.length)
    for (const [i, record] of records.entries())
      sameCells(record as RawObject, rows[i], Object.keys(record as RawObject))
  })

  it("count what is in them", () => {
    const truth = SendbirdExport.generate({ ...options, overlap: 0.3, format: "csv" }).truth()
    const found = tables({ ...options, overlap: 0.3 })
    const rowsIn = (pattern: RegExp) =>
      found.filter(({ path }) => pattern.test(path)).flatMap((file) => file.rows)
    const messages = rowsIn(/^message\//u)
    assert.strictEqual(truth.records.user, rowsIn(/users\.csv$/u).length)
    assert.strictEqual(truth.records.channel, rowsIn(/^(?:channel\/)?(?:group|open)_channels\.csv$/u).length)
    assert.strictEqual(truth.records.message, messages.length)
    assert.strictEqual(truth.distinct.message, new Set(messages.map((row) => row.message_id)).size)
    assert.strictEqual(truth.records.failed_webhook, rowsIn(/^failed_webhooks/u).length)
    assert.deepStrictEqual(
      truth.distinct,
      SendbirdExport.generate({ ...options, overlap: 0.3 }).truth().distinct
    )
  })

  it.each([";", "\t", "|", " ", "\n", "a", "1", "{"])(
    "are the same table with %j between cells",
    (csvDelimiter) => {
      const few = { ...options, messages: 300 }
      assert.deepStrictEqual(
        tables({ ...few, csvDelimiter }).map(({ path, rows }) => ({ path, rows })),
        tables(few).map(({ path, rows }) => ({ path, rows }))
      )
    }
  )

  it("have line breaks, delimiters, quotes and JSON in cells, and empty cells", () => {
    const cells = csv.flatMap(({ rows }) => rows.flatMap((row) => Object.values(row)))
    for (const pattern of [/\n/u, /\r\n/u, /,/u, /"so"/u, /^\{"/u, /^\[\{"/u, /^$/u])
      assert.isTrue(
        cells.some((cell) => pattern.test(cell)),
        String(pattern)
      )
  })

  it("write times of messages as text on request, and zero for never", () => {
    const found = tables({ ...options, features: { ...options.features, csvTextTimes: 1 } })
    const rows = found.filter(({ path }) => path.startsWith("message/")).flatMap((file) => file.rows)
    const plain = csv.filter(({ path }) => path.startsWith("message/")).flatMap((file) => file.rows)
    assert.strictEqual(rows.length, plain.length)
    for (const [i, row] of rows.entries()) {
      assert.match(row.created_at ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+0530$/u)
      assert.strictEqual(seconds(row.created_at), seconds(plain[i]?.created_at))
      if (plain[i]?.updated_at === "0") assert.strictEqual(row.updated_at, "0")
      else assert.strictEqual(seconds(row.updated_at), seconds(plain[i]?.updated_at))
    }
  })

  it("begin with a byte order mark on request", () => {
    assert.isFalse(csv.some(({ text }) => text.startsWith("\ufeff")))
    const marked = tables({ ...options, messages: 50, features: { csvByteOrderMarks: 1 } })
    assert.isTrue(marked.every(({ text }) => text.startsWith("\ufeff")))
  })
})

describe("text times of JSON exports", () => {
  it("are in the requested zone, summer or winter", () => {
    const of = (timezone: string, start: number) =>
      documents({ ...options, timezone, start, windows: 1, features: { textTimes: 1 } })
        .flatMap(({ json: document }) => document.messages ?? [])
        .map(({ created_at }) => String(created_at))
    const [winter, summer] = [Date.UTC(2025, 0, 6), Date.UTC(2025, 6, 7)]
    assert.isTrue(of("Europe/London", winter).every((text) => text.endsWith("+0000")))
    assert.isTrue(of("Europe/London", summer).every((text) => text.endsWith("+0100")))
    assert.isTrue(of("US/Pacific", winter).every((text) => text.endsWith("-0800")))
    assert.deepStrictEqual(of("US/Pacific", summer).map(seconds), of("Asia/Kolkata", summer).map(seconds))
  })

  it("keep the meaning of never and of zero", () => {
    const seen = documents({ ...options, timezone: "Asia/Seoul" })
      .flatMap(({ json: document }) => document.active_users ?? [])
      .map((user) => user.last_seen_at)
    assert.include(seen, "1970-01-01 08:59:59+0900")
    assert.include(seen, "1970-01-01 09:00:00+0900")
  })
})

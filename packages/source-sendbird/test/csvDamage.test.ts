// CSV that is malformed, truncated or too large, and files that are not CSV.
import { gzipSync } from "node:zlib"
import { type Source } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema, Stream } from "effect"
import { runs } from "../../../test/runs.ts"
import { zipOf } from "../../connector/test/files/zipOf.ts"
import { csvOf, memberRow, messageRow, userRow, webhookRow } from "./csvOf.ts"
import { folderOf, readFiles } from "./reading.ts"

const HEADER = "message_id,channel_url,created_at,message"
const good = (id: number) => `${id},c,1736855618748,Hello ${id}`
const table = (...lines: ReadonlyArray<string>) => `${[HEADER, ...lines].join("\n")}\n`

const read = (csv: string | Uint8Array, config: Partial<SendbirdSource.ArchivesConfig> = {}) =>
  readFiles({ "f.csv": csv }, config)

const reasonOf = (csv: string | Uint8Array, config: Partial<SendbirdSource.ArchivesConfig> = {}) =>
  Effect.map(Effect.flip(read(csv, config)), (error) => {
    assert(error._tag === "SourceError")
    return error.reason
  })

describe("a broken row", () => {
  it.live.each<{ name: string; line: string; code: string; message: string }>([
    {
      name: "too few cells",
      line: "2,c",
      code: "wrong_cell_count",
      message: "has 2 cells and the header has 4"
    },
    { name: "too many cells", line: "2,c,1,x,y", code: "wrong_cell_count", message: "has 5 cells" },
    {
      name: "a quote inside a cell",
      line: '2,c,1,say "hi"',
      code: "invalid_csv",
      message: "a misplaced quote"
    },
    {
      name: "text after a quote",
      line: '2,c,1,"hi" there',
      code: "invalid_csv",
      message: "a misplaced quote"
    },
    {
      name: "a quote that includes the end of the row",
      line: '2,c,1,"hi\n2,c,1,"x',
      code: "invalid_csv",
      message: "a misplaced quote"
    }
  ])("with $name is rejected with its line and byte, and reading continues", ({ code, line, message }) =>
    Effect.gen(function* () {
      const csv = table(good(1), line, good(3), good(4))
      const { records, rejected } = yield* read(csv)
      assert.deepStrictEqual(
        records.map((found) => found._tag === "message" && found.id) as ReadonlyArray<unknown>,
        ["1", "3", "4"]
      )
      const [one] = rejected
      assert.strictEqual(rejected.length, 1)
      assert.deepStrictEqual([one?.kind, one?.code, one?.original], ["message", code, { text: line }])
      assert.strictEqual(one?.location, `export/f.csv:row 2 (line 3, byte ${csv.indexOf(line)})`)
      assert.include(one?.message, message)
      assert.notInclude(one?.message, "hi")
    })
  )

  it.live.each<{ name: string; large: string }>([
    { name: "a cell", large: `2,c,1736855618748,${"x".repeat(5000)}` },
    { name: "a quoted cell", large: `2,c,1736855618748,"${"x\n".repeat(50_000)}"` },
    { name: "many cells", large: "2,".repeat(100_000) }
  ])("with $name larger than the limit is skipped, and the rows around it are read", ({ large }) =>
    Effect.gen(function* () {
      for (const rows of [[large], [good(1), large], [good(1), large, good(3), large, good(4)]]) {
        const csv = table(...rows)
        const { records, rejected } = yield* read(csv, { maxElementBytes: 4096 })
        const locations = rows.flatMap((row, i) => {
          if (row !== large) return []
          const from = table(...rows.slice(0, i)).length
          const line = table(...rows.slice(0, i)).split("\n").length
          return [[i + 1, line, from, from + large.length] as const]
        })
        assert.deepStrictEqual(
          rejected.map(({ code, kind, original, location }) => [code, kind, original, location]),
          locations.map(([row, line, from, to]) => [
            "too_large",
            "message",
            { from, to },
            `export/f.csv:row ${row} (line ${line}, bytes ${from} to ${to})`
          ])
        )
        assert.strictEqual(records.length, rows.length - locations.length)
      }
    })
  )

  it.live("is located by its first line, after rows of several lines", () =>
    Effect.gen(function* () {
      const csv = `\uFEFF${table('1,c,1736855618748,"one\ntwo\n\nthree"', "", "x")}`
      const { rejected } = yield* read(csv)
      const at = Buffer.from(csv).lastIndexOf("x")
      assert.deepStrictEqual(
        rejected.map(({ location }) => location),
        [`export/f.csv:row 2 (line 7, byte ${at})`]
      )
    })
  )

  it.live("that is not UTF-8 is kept as bytes", () =>
    Effect.gen(function* () {
      const broken = Buffer.concat([Buffer.from("2,c,1736855618748,"), Buffer.from([0xff, 0xfe])])
      const csv = Buffer.concat([Buffer.from(table(good(1))), broken, Buffer.from(`\n${good(3)}\n`)])
      const { records, rejected } = yield* read(csv)
      assert.strictEqual(records.length, 2)
      assert.deepStrictEqual(
        rejected.map(({ code, original }) => [code, original]),
        [["invalid_csv", { base64: broken.toString("base64") }]]
      )
    })
  )

  it.live("of users is left out if secrets may be in any of its cells", () =>
    Effect.gen(function* () {
      const csv = 'user_id,Access Token,nickname\na,SECRET-1,A\nSECRET-2,b\n"SECRET"-3,b,c\nc,SECRET-4,C,x\n'
      const { notes, records, rejected } = yield* read(csv)
      assert.strictEqual(records.length, 1)
      assert.deepStrictEqual(
        rejected.map(({ original }) => original),
        [
          { from: 43, to: 53 },
          { from: 54, to: 68 },
          { from: 69, to: 83 }
        ]
      )
      assert.notInclude(JSON.stringify([records, rejected]), "SECRET")
      assert.deepStrictEqual(notes, { "secret_dropped.user.access_token": 1 })
    })
  )
})

describe("a row that is not a record", () => {
  it.live("is returned as the row, without secrets", () =>
    Effect.gen(function* () {
      const row = {
        ...userRow,
        user_id: "",
        access_token: "SECRET-1",
        session_tokens: '[{"session_token":"SECRET-2"}]',
        metadata: '{"access_token":"SECRET-3"}',
        extra: '{"access_token":"SECRET-4"'
      }
      const { rejected } = yield* read(csvOf([row]))
      const { access_token: _, session_tokens: __, ...rest } = row
      assert.deepStrictEqual(
        rejected.map(({ code, kind, original, location }) => [kind, code, original, location]),
        [
          [
            "user",
            "missing_id",
            { ...rest, metadata: '{"access_token":""}', extra: '{"access_token":""' },
            `export/f.csv:row 1 (line 2, byte ${Object.keys(row).join(",").length + 1})`
          ]
        ]
      )
    })
  )

  it.live.each<{ name: string; csv: string; kind: string; code: string }>([
    {
      name: "a message without id",
      csv: csvOf([{ ...messageRow, message_id: "" }]),
      kind: "message",
      code: "missing_id"
    },
    {
      name: "a message whose id a spreadsheet has rounded",
      csv: csvOf([{ ...messageRow, message_id: "1.04632E+10" }]),
      kind: "message",
      code: "missing_id"
    },
    {
      name: "a message without a time",
      csv: csvOf([{ ...messageRow, created_at: "soon" }]),
      kind: "message",
      code: "invalid_time"
    },
    {
      name: "a message without a channel",
      csv: csvOf([{ ...messageRow, channel_url: "" }]),
      kind: "message",
      code: "missing_channel"
    },
    {
      name: "a member without a channel",
      csv: csvOf([{ ...memberRow, channel_url: "" }]),
      kind: "member",
      code: "missing_channel"
    },
    {
      name: "a member without id",
      csv: csvOf([{ ...memberRow, user_id: "" }]),
      kind: "member",
      code: "missing_id"
    },
    {
      name: "a delivery without an address",
      csv: csvOf([{ ...webhookRow, webhook_url: "" }]),
      kind: "failed_webhook",
      code: "missing_url"
    },
    {
      name: "a value nested too deep",
      csv: csvOf([{ ...userRow, metadata: `${"[".repeat(200)}${"]".repeat(200)}` }]),
      kind: "user",
      code: "too_deep"
    }
  ])("is rejected: $name", ({ code, csv, kind }) =>
    Effect.gen(function* () {
      const { records, rejected } = yield* read(csv)
      assert.deepStrictEqual([records, rejected.map((one) => [one.kind, one.code])], [[], [[kind, code]]])
    })
  )
})

describe("a part of a row that is not a record", () => {
  it.live("is rejected separately, with its content", () =>
    Effect.gen(function* () {
      const member = { nickname: "Nobody", access_token: "SECRET" }
      const csv = csvOf([
        { channel_url: "c", name: "n", members: JSON.stringify([{ user_id: "a" }, member]) }
      ])
      const { records, rejected } = yield* read(csv)
      assert.strictEqual(records.length, 2)
      assert.deepStrictEqual(
        rejected.map(({ code, kind, original, location }) => [kind, code, original, location]),
        [["member", "missing_id", { nickname: "Nobody" }, "export/f.csv:row 1.members[1] (line 2, byte 25)"]]
      )
    })
  )
})

describe("secrets", () => {
  it.live("in columns, in nested values and in malformed JSON are not emitted", () =>
    Effect.gen(function* () {
      const token = '{"access_token":"SECRET-A","session_tokens":[{"session_token":"SECRET-B"}]}'
      const { records } = yield* readFiles({
        "1.csv": csvOf([
          { ...userRow, session_tokens: "SECRET-1", "user.access_token": "SECRET-2", metadata: token }
        ]),
        "2.csv": csvOf([
          { ...messageRow, Access_Token: "SECRET-3", poll: token, new: token, broken: token.slice(0, -9) }
        ]),
        "3.csv": csvOf([{ ...memberRow, accessToken: "SECRET-4", metadata: token }]),
        "4.csv": csvOf([{ ...webhookRow, request_body: token }])
      })
      assert.strictEqual(records.length, 4)
      assert.notInclude(JSON.stringify(records), "SECRET")
    })
  )
})

describe("a file", () => {
  it.live("whose last quote is never closed fails with the quote's line, after all rows before it", () =>
    Effect.gen(function* () {
      const csv = table(good(1), good(2), '3,c,1736855618748,"never', "ending")
      const reason = yield* reasonOf(csv)
      assert.strictEqual(reason._tag, "CorruptInput")
      assert.include(
        reason.message,
        `the quote that starts here is never closed at export/f.csv (line 4, byte ${csv.indexOf('"never')})`
      )
      const folder = yield* folderOf({ "f.csv": csv })
      const source = SendbirdSource.archives({ inputs: [folder], batchRecords: 1 })
      const given: Array<Source.Batch> = []
      yield* Effect.flip(
        Stream.runForEach(
          SourceHarness.of(source).read({ id: "export", fingerprint: "" }, Option.none()),
          (batch) => Effect.sync(() => given.push(batch))
        )
      )
      assert.strictEqual(given.flatMap(({ records }) => records).length, 2)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("whose open quote includes more than the limit fails with the quote's line", () =>
    Effect.gen(function* () {
      const csv = table(good(1), `2,c,1736855618748,"${"x\n".repeat(500_000)}`)
      const reason = yield* reasonOf(csv, { maxElementBytes: 4096 })
      assert.strictEqual(reason._tag, "CorruptInput")
      assert.include(reason.message, `is never closed at export/f.csv (line 3, byte ${csv.indexOf('"x')})`)
    })
  )

  it.live("is compressed is rejected with advice, beside files that are not", () =>
    Effect.gen(function* () {
      const gz = gzipSync(JSON.stringify({ active_users: [{ user_id: "a" }] }))
      const { rejected } = yield* readFiles({
        "f.json.gz": gz,
        "f.csv.gz": gz,
        "users.json": { active_users: [] }
      })
      assert.deepStrictEqual(
        rejected.map(({ code, message, location }) => [code, message, location]),
        ["f.csv.gz", "f.json.gz"].map((name) => [
          "unrecognised_file",
          "the file is compressed with gzip, which this source does not read: unpack it with gunzip",
          `export/${name}`
        ])
      )
    })
  )

  it.live.each<{ name: string; csv: string | Uint8Array }>([
    { name: "no content", csv: "" },
    { name: "only a byte order mark", csv: "\uFEFF" },
    { name: "no header", csv: "a@example.com,Ada,true,SECRET\n" },
    { name: "the header of something else", csv: "id,name,total\n1,a,2\n" },
    { name: "UTF-16", csv: Buffer.from(`\uFEFF${csvOf([userRow])}`, "utf16le") },
    { name: "a header that is not UTF-8", csv: Buffer.from(`user_id,nickname,\xe9\n`, "latin1") },
    { name: "a broken header", csv: 'user_id,nick"name,is_active\na,b,c\n' },
    { name: "an open quote in its header", csv: `user_id,"nickname\n${"x\n".repeat(100_000)}` },
    { name: "a first row without an end", csv: "user_id,nickname,".repeat(20_000) },
    { name: "bytes that are not text", csv: Buffer.alloc(300_000, 7) }
  ])("with $name is rejected as unrecognised, without its content", ({ csv }) =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({ "f.csv": csv, "users.json": { active_users: [] } })
      assert.deepStrictEqual(
        [records, rejected.map(({ code, kind, original, location }) => [kind, code, original, location])],
        [
          [],
          [["unknown", "unrecognised_file", { file: "f.csv", bytes: Buffer.byteLength(csv) }, "export/f.csv"]]
        ]
      )
    })
  )

  it.live("with many malformed rows is read to its end", () =>
    Effect.gen(function* () {
      const lines = Array.from({ length: 60_000 }, (_, i) =>
        i % 3 === 0 ? good(i + 1) : i % 3 === 1 ? '""x' : ","
      )
      const { records, rejected } = yield* read(table(...lines))
      assert.deepStrictEqual([records.length, rejected.length], [20_000, 40_000])
      assert.match(rejected.at(-1)?.location ?? "", /:row 60000 \(line 60001, byte \d+\)$/u)
    })
  )

  it.live("that is truncated anywhere gives rows of the whole file, and reports the rest", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 9 }, (_, i) => ({
        ...messageRow,
        message_id: `${i + 1}`,
        message: 'a "b"\nc'
      }))
      const csv = Buffer.from(csvOf(rows))
      const whole = yield* read(csv)
      const first = csv.indexOf("\n") + 1
      for (let end = first; end < csv.length; end += 7) {
        const { records, rejected } = yield* Effect.match(read(csv.subarray(0, end)), {
          onFailure: () => ({ records: [], rejected: [{ code: "failed" }] }),
          onSuccess: (found) => found
        })
        // The end of the last cell is unknown, so the last row may be shorter.
        assert.deepStrictEqual(records.slice(0, -1), whole.records.slice(0, Math.max(records.length - 1, 0)))
        assert.isAtMost(rejected.length, 1)
      }
    })
  )

  it.effect.prop(
    "of any text is read without a defect",
    [
      Schema.Array(
        Schema.Literals(['"', ",", "\n", "\r", "a", "1", "é", "\uD83E", ";", "{", " ", "\t", "", '""', "c"])
      )
    ],
    ([pieces]) =>
      Effect.gen(function* () {
        const csv = `${HEADER}\n${pieces.join("")}`
        const found = yield* Effect.exit(read(csv))
        if (found._tag === "Failure") assert.include(JSON.stringify(found.cause), "CorruptInput")
        else for (const one of found.value.rejected) assert.include(one.location, "export/f.csv:row ")
      }),
    runs(100)
  )
})

describe("an archive", () => {
  it.live("with CSV whose checksum is wrong fails without giving a row of it", () =>
    Effect.gen(function* () {
      const zip = zipOf([{ name: "f.csv", content: csvOf([userRow]), crc: 1 }])
      const error = yield* Effect.flip(readFiles({ "a.zip": zip }))
      assert(error._tag === "SourceError")
      assert.strictEqual(error.reason._tag, "CorruptInput")
    })
  )
})

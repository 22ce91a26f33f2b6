// The listed files and their counts.
import { Entity, Ids, Ledger, Migration, Sink } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { EntityGenerator } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { type Attachment, CANARY, entriesOf, inventoryOf, message, PROTECTED } from "./harness.ts"

const SIGNED: Attachment = {
  type: "file",
  url: `https://signed.example.com/x?Expires=1700000000&Signature=${CANARY}`,
  sizeBytes: 50
}
const OPEN: Attachment = { type: "image", url: "https://files.example.com/open.png", sizeBytes: 7 }

it.layer(NodeServices.layer)("an attachment inventory", (it) => {
  it.effect("lists each file with channel, message, index, reasons, size and type", () =>
    Effect.gen(function* () {
      const both: Attachment = { ...PROTECTED, url: `${PROTECTED.url}?auth=${CANARY}` }
      const { text } = yield* inventoryOf([message("m1", [OPEN, both, SIGNED])])
      const common = { channelId: "c1", messageId: "m1" }
      assert.deepStrictEqual(
        entriesOf(text).map((entry) => JSON.parse(JSON.stringify(entry)) as unknown),
        [
          {
            ...common,
            index: 1,
            role: "file",
            type: "image",
            host: "files.example.com",
            path: "/a/b.png",
            reasons: ["needs_authorisation", "signed_link"],
            bytes: 1000,
            mimeType: "image/png"
          },
          {
            ...common,
            index: 2,
            role: "file",
            type: "file",
            host: "signed.example.com",
            path: "/x",
            reasons: ["signed_link", "expires_at"],
            expiresAt: "2023-11-14T22:13:20Z",
            bytes: 50
          }
        ]
      )
      assert.notInclude(text, "private text")
    })
  )

  it.effect(
    "lists thumbnails of protected files, and thumbnails of links if they are signed themselves",
    () =>
      Effect.gen(function* () {
        const thumbnailUrl = "https://files.example.com/t.png"
        const { entries } = yield* inventoryOf([
          message("m1", [
            { ...PROTECTED, thumbnailUrl },
            { ...OPEN, thumbnailUrl },
            { type: "link", url: "https://example.com", thumbnailUrl, isAuthRequired: true },
            { type: "link", url: "https://example.com", thumbnailUrl: `${thumbnailUrl}?auth=${CANARY}` }
          ])
        ])
        assert.deepStrictEqual(
          entries.map(({ bytes, index, role, type }) => [index, role, type, bytes]),
          [
            [0, "file", "image", 1000],
            [0, "thumbnail", "image", undefined],
            [2, "file", "link", undefined],
            [3, "thumbnail", "link", undefined]
          ]
        )
      })
  )

  it.effect("lists a protected file without an address, because somebody has to find it", () =>
    Effect.gen(function* () {
      const { entries } = yield* inventoryOf([message("m1", [{ type: "file", isAuthRequired: true }])])
      assert.deepStrictEqual(
        entries.map(({ host, reasons }) => [host, reasons]),
        [[undefined, ["needs_authorisation"]]]
      )
    })
  )

  it.effect("counts a file once, as last read", () =>
    Effect.gen(function* () {
      const later: Attachment = {
        ...SIGNED,
        url: `https://signed.example.com/x?Expires=1800000000&Signature=${CANARY}`
      }
      const { entries, ledger, summary } = yield* inventoryOf([
        message("m1", [SIGNED]),
        message("m2", [OPEN]),
        message("m1", [later]),
        message("m1", [later])
      ])
      assert.deepStrictEqual(
        entries.map(({ expiresAt }) => expiresAt as string | undefined),
        ["2027-01-15T08:00:00Z"]
      )
      assert.deepStrictEqual([summary.total.files, summary.total.bytes], [1, 50])
      const { dropped, merged, read, written } = ledger.kinds.message
      assert.deepStrictEqual(
        [read, written, merged, dropped],
        [4, 1, { repeated_message: 2 }, { no_restricted_file: 1 }]
      )
    })
  )

  it.effect(
    "distinguishes messages with the same id in two channels, and ids that differ in half a character",
    () =>
      Effect.gen(function* () {
        const { entries, summary } = yield* inventoryOf([
          message("m1", [PROTECTED], "a"),
          message("m1", [PROTECTED], "b"),
          message("m1", [PROTECTED], "\ud800"),
          message("m1", [PROTECTED], "\ud801"),
          message("m1", [PROTECTED], "x\u0000y"),
          message("m1", [PROTECTED], "x")
        ])
        assert.deepStrictEqual(
          entries.map(({ channelId }) => channelId as string),
          ["\ud800", "\ud801", "a", "b", "x", "x\u0000y"]
        )
        assert.strictEqual(summary.total.channels, 6)
      })
  )

  it.effect("counts per channel and in total", () =>
    Effect.gen(function* () {
      const { summary } = yield* inventoryOf([
        message("m2", [SIGNED, PROTECTED], "b"),
        message("m1", [PROTECTED], "b"),
        message("m3", [{ ...PROTECTED, thumbnailUrl: "https://t.example.com/t.png" }], "a"),
        message("m4", [OPEN], "c")
      ])
      assert.deepStrictEqual(JSON.parse(JSON.stringify(summary)) as unknown, {
        format: "chatferry-attachments/1",
        total: {
          channels: 2,
          messages: 3,
          files: 5,
          thumbnails: 1,
          needAuthorisation: 4,
          signedLinks: 1,
          expire: 1,
          withoutSize: 1,
          bytes: 3050,
          firstExpiresAt: "2023-11-14T22:13:20Z",
          hosts: [
            { host: "files.example.com", files: 3 },
            { host: "signed.example.com", files: 1 },
            { host: "t.example.com", files: 1 }
          ]
        },
        channels: [
          {
            channelId: "a",
            messages: 1,
            files: 2,
            thumbnails: 1,
            needAuthorisation: 2,
            signedLinks: 0,
            expire: 0,
            withoutSize: 1,
            bytes: 1000,
            hosts: 2
          },
          {
            channelId: "b",
            messages: 2,
            files: 3,
            thumbnails: 0,
            needAuthorisation: 2,
            signedLinks: 1,
            expire: 1,
            withoutSize: 0,
            bytes: 2050,
            firstExpiresAt: "2023-11-14T22:13:20Z",
            hosts: 2
          }
        ]
      })
    })
  )

  it.effect("reports the earliest expiry, whatever the order of the files", () =>
    Effect.gen(function* () {
      const ends = [1_700_000_002, 1_700_000_001, 1_700_000_003]
      const { summary } = yield* inventoryOf([
        message(
          "m",
          ends.map((end) => ({ type: "file", url: `https://files.example.com/x?Expires=${end}` }))
        )
      ])
      assert.strictEqual<string | undefined>(summary.total.firstExpiresAt, "2023-11-14T22:13:21Z")
      assert.strictEqual<string | undefined>(summary.channels[0]?.firstExpiresAt, "2023-11-14T22:13:21Z")
    })
  )

  it.effect("treats an invalid size as no size", () =>
    Effect.gen(function* () {
      const sizes = [-1, 0.5, 1e300, 12]
      const { summary } = yield* inventoryOf([
        message(
          "m",
          sizes.map((sizeBytes) => Object.assign({}, PROTECTED, { sizeBytes }))
        )
      ])
      assert.deepStrictEqual([summary.total.bytes, summary.total.withoutSize], [12, 3])
    })
  )

  it.effect("reports the numbers of its messages and files", () =>
    Effect.gen(function* () {
      const { files, ledger } = yield* inventoryOf([
        message("m1", [PROTECTED, SIGNED, SIGNED]),
        { _tag: "user", id: Ids.UserId.make("u") }
      ])
      assert.deepStrictEqual(
        files.map(({ path, records }) => [path, records]),
        [
          ["attachments.ndjson", 1],
          ["attachments-summary.json", 0]
        ]
      )
      assert.deepStrictEqual(ledger.kinds.user.dropped, { unsupported_kind: 1 })
      assert.deepStrictEqual(ledger.notes, {
        file_expires_at: 2,
        file_needs_authorisation: 1,
        file_signed_link: 2
      })
    })
  )
})

describe("arbitrary messages", () => {
  const Message = Schema.Struct({
    ...Entity.schemas.message.fields,
    id: Schema.Literals(["m1", "m2"]).pipe(Schema.brand("MessageId")),
    channelId: Schema.Literals(["a", "b"]).pipe(Schema.brand("ChannelId"))
  })
  it.effect.prop(
    "give entries that are unique and in order, totals that are their sums, and a ledger that balances",
    [Schema.Array(Message), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 }))],
    ([messages, batch]) =>
      Effect.gen(function* () {
        const { entries, ledger, summary, text } = yield* inventoryOf(messages, batch)
        const keys = entries.map(({ channelId, index, messageId, role }) =>
          [channelId, messageId, String(index).padStart(9, "0"), role].join(" ")
        )
        assert.deepStrictEqual(keys, Array.from(new Set(keys)).toSorted())
        assert.deepStrictEqual(Ledger.imbalance(ledger), [])
        const { channels, total } = summary
        assert.strictEqual(total.files, entries.length)
        assert.strictEqual(total.messages, ledger.kinds.message.written)
        for (const count of ["files", "messages", "thumbnails", "needAuthorisation", "bytes"] as const) {
          assert.strictEqual(
            total[count],
            channels.reduce((sum, channel) => sum + channel[count], 0)
          )
        }
        for (const line of text.split("\n").slice(0, -1)) yield* decodeEntry(line)
      }).pipe(Effect.provide(NodeServices.layer)),
    runs(10, 400)
  )
  const decodeEntry = Schema.decodeUnknownEffect(Schema.fromJsonString(AttachmentInventory.Entry), {
    onExcessProperty: "error"
  })
})

it.layer(NodeServices.layer)("an inventory of an export", (it) => {
  it.effect("is written next to other files, counts overlapping windows once, and contains no secrets", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const run = Effect.fnUntraced(function* (overlap: number) {
        const folder = yield* fs.makeTempDirectoryScoped()
        const { truth } = yield* SendbirdExport.writeZips(`${folder}/export`, {
          messages: 2000,
          overlap,
          features: { protectedFiles: 0.5 }
        })
        const report = yield* Migration.run({
          id: "inventory",
          source: SendbirdSource.archives({ inputs: [`${folder}/export`] }),
          sink: Sink.tee([
            AttachmentInventory.sink({ directory: `${folder}/one` }),
            AttachmentInventory.sink({ directory: `${folder}/two`, name: "again" })
          ]),
          stateDirectory: `${folder}/state`
        })
        for (const { ledger } of report.sinks) assert.deepStrictEqual(Ledger.imbalance(ledger), [])
        const text = yield* fs.readFileString(`${folder}/one/attachments.ndjson`)
        const written = text + (yield* fs.readFileString(`${folder}/one/attachments-summary.json`))
        assert.notInclude(written, SendbirdExport.secret)
        const summary = yield* AttachmentInventory.readSummary(`${folder}/one`)
        return {
          ids: new Set(entriesOf(text).map(({ messageId }) => messageId)),
          summary,
          text,
          truth,
          report
        }
      })
      const once = yield* run(0)
      const overlapping = yield* run(0.3)
      assert.isAbove(once.summary.total.files, 20)
      assert.strictEqual(once.ids.size, once.summary.total.messages)
      const merged = overlapping.report.sinks[0]?.ledger.kinds.message.merged["repeated_message"] ?? 0
      assert.isAbove(merged, 0)
      assert.strictEqual(once.text, overlapping.text)
      assert.isAtMost(once.summary.total.messages, once.truth.messages.withFiles)
    }).pipe(Effect.scoped)
  )
})

describe("the summary as text", () => {
  const summaryOf = (entities: ReadonlyArray<Entity.Entity>) =>
    Effect.map(inventoryOf(entities), ({ summary }) => summary).pipe(Effect.provide(NodeServices.layer))

  it.live("shows the channels with the most files first, and says how many are left", () =>
    Effect.gen(function* () {
      const summary = yield* summaryOf([
        message("m1", [PROTECTED], "a"),
        message("m2", [PROTECTED, SIGNED], "b"),
        message("m3", [PROTECTED], "c")
      ])
      assert.strictEqual(
        AttachmentInventory.format(summary, 2),
        [
          "4 files of 3 messages in 3 channels need authorisation or expire",
          "                files  need authorisation  signed links  expire    size          first expiry",
          "  all channels      4                   3             1       1  3.0 kB  2023-11-14T22:13:20Z",
          "  b                 2                   1             1       1  1.1 kB  2023-11-14T22:13:20Z",
          "  a                 1                   1             -       -  1.0 kB                     -",
          "  and 1 more channel",
          "  on files.example.com: 3 files",
          "  on signed.example.com: 1 file"
        ].join("\n")
      )
    })
  )

  it.live("says so if there is nothing to do", () =>
    Effect.map(summaryOf([message("m1", [OPEN])]), (summary) =>
      assert.strictEqual(AttachmentInventory.format(summary), "No file needs authorisation or expires.")
    )
  )

  it.live("contains no terminal commands and no overlong lines", () =>
    Effect.map(summaryOf([message("m1", [PROTECTED], `\u001b[2J\u202e\n${"x".repeat(500)}`)]), (summary) => {
      const text = AttachmentInventory.format(summary)
      assert.match(text, /^ {2}\\u001b\[2J\\u202e\\u000ax+…/mu)
      assert.isBelow(Math.max(...text.split("\n").map((line) => line.length)), 180)
    })
  )
})

it.layer(NodeServices.layer)("generated entities", (it) => {
  it.effect("give the same bytes for any batches", () =>
    Effect.gen(function* () {
      const entities = EntityGenerator.make({ records: 2000, seed: 3 })
      const [one, other] = [yield* inventoryOf(entities, 1), yield* inventoryOf(entities, 2000)]
      assert.isAbove(one.entries.length, 10)
      assert.strictEqual(one.text, other.text)
    })
  )
})

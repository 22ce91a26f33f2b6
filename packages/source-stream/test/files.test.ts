import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { gzip, exportedChannels, zip } from "./generated.ts"
import * as Raw from "./rawRecords.ts"
import { lines, readFiles } from "./reading.ts"

const three = exportedChannels(3, 20)

const LONG = "x".repeat(300_000)

describe("files", () => {
  it.live("that are not JSON are skipped, or rejected if they have a JSON name", () =>
    Effect.gen(function* () {
      const { notes, records, rejected } = yield* readFiles({
        "a.txt": "Hello",
        "b.json": "Hello",
        "c.json": "",
        "d.bin": Uint8Array.of(0, 1, 2, 255),
        "e.json.gz": gzip(""),
        "f.json": [{ user: { id: "ada" }, reactions: [] }],
        "__MACOSX/._a.json": "\0\u0005"
      })
      assert.deepStrictEqual(
        records.map(({ _tag }) => _tag),
        ["user"]
      )
      assert.strictEqual(notes["ignored_entry"], 3)
      assert.deepStrictEqual(
        rejected.map(({ code, location }) => [code, location]),
        [
          ["unrecognised_file", "export/b.json"],
          ["unrecognised_file", "export/c.json"],
          ["unrecognised_file", "export/e.json.gz"]
        ]
      )
    })
  )

  it.live.each([
    {
      what: "a truncated document",
      name: "a.json",
      content: JSON.stringify(three).slice(0, -1),
      problem: "the document ends too early"
    },
    {
      what: "a document with an extra comma",
      name: "a.json",
      content: `[${JSON.stringify(three[0])},]`,
      problem: "expected an element after ,"
    },
    {
      what: "truncated gzip",
      name: "a.gz",
      content: gzip(lines(three)).slice(0, -9),
      problem: "the compressed data ends too early"
    },
    {
      what: "damaged gzip",
      name: "a.gz",
      content: gzip(lines(three)).map((byte, i) => (i === 300 ? byte ^ 0xff : byte)),
      problem: "the compressed data is damaged"
    },
    {
      what: "a zip archive whose checksum is wrong",
      name: "a.zip",
      content: zip({ "a.json": JSON.stringify(three) }, 1),
      problem: "the content does not match its checksum (CRC-32)"
    },
    {
      what: "a large entry of a zip archive whose checksum is wrong",
      name: "a.zip",
      content: zip({ "a.json": JSON.stringify(exportedChannels(1, 2000)) }, 1),
      problem: "the content does not match its checksum (CRC-32)"
    },
    {
      what: "an entry of a zip archive with a path outside it",
      name: "a.zip",
      content: zip({ "../a.json": "[]" }),
      problem: "the entry's name leads out of the archive"
    },
    {
      what: "a zip archive without entries",
      name: "a.zip",
      content: Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]),
      problem: "there are no files in the archive"
    },
    {
      what: "a zip archive with files of an operating system only",
      name: "a.zip",
      content: zip({ "Thumbs.db": "x", "__MACOSX/a.json": "x" }),
      problem: "the archive contains only files that an operating system left there"
    },
    {
      what: "gzip with trailing data",
      name: "a.gz",
      content: Buffer.concat([gzip(lines(three)), Buffer.from("xyz")]),
      problem: "the compressed data is damaged"
    }
  ])("fail the run when they are damaged: $what", ({ content, name, problem }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readFiles({ [name]: content }))
      assert(error._tag === "SourceError" && error.reason._tag === "CorruptInput")
      assert.strictEqual(error.reason.problem, problem)
      assert.include(error.reason.location, `export/${name}`)
      assert.notInclude(error.message, "Text of")
    })
  )

  it.live("give the same in a zip archive, small and large, and nested archives are skipped", () =>
    Effect.gen(function* () {
      const large = [...three, ...exportedChannels(4, 1500).slice(3)]
      const expected = yield* readFiles({ "a.json": large, "b.json": [] })
      const inside = zip({
        "a.json": JSON.stringify(large),
        "b.json": "[]",
        "c.zip": zip({ "d.json": JSON.stringify(three) })
      })
      const { notes, records } = yield* readFiles({ "x.zip": inside })
      assert.deepStrictEqual(records, expected.records)
      assert.strictEqual(notes["ignored_entry"], 1)
    })
  )

  it.live("that inflate to far more than their size are rejected", () =>
    Effect.gen(function* () {
      const bomb = gzip(JSON.stringify([{ channel: { ...Raw.channel("c"), x: "x".repeat(5 << 20) } }]))
      const error = yield* Effect.flip(readFiles({ "a.gz": bomb }))
      assert(error._tag === "SourceError" && error.reason._tag === "LimitExceeded")
      assert.strictEqual(error.reason.setting, "maxRatio")
    })
  )

  it.live.each([
    {
      form: "a channel",
      kind: "channel",
      before: '[{"channel":',
      large: Raw.channel("c", { x: LONG }),
      after: `,"messages":[${JSON.stringify(Raw.message("m"))}]}`,
      location: ":channel"
    },
    {
      form: "a message of a channel",
      kind: "message",
      before: `[{"channel":${JSON.stringify(Raw.channel("general"))},"messages":[`,
      large: Raw.message("m2", { x: LONG }),
      after: `,${JSON.stringify(Raw.message("m"))}]}`,
      location: ":messages[0]"
    },
    {
      form: "a bare record",
      kind: "unknown",
      before: `[${JSON.stringify(Raw.message("m"))},`,
      large: Raw.message("m2", { x: LONG }),
      after: "",
      location: ""
    },
    {
      form: "an object whose fields are too large together",
      kind: "unknown",
      before: `[${JSON.stringify(Raw.message("m"))},`,
      large: Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`x${i}`, "x".repeat(90_000)])),
      after: "",
      location: ""
    },
    {
      form: "a value that is not an object",
      kind: "unknown",
      before: `[${JSON.stringify(Raw.message("m"))},`,
      large: LONG,
      after: "",
      location: ""
    }
  ])(
    "reject $form that is too large, with its location, and continue reading",
    ({ after, before, kind, large, location }) =>
      Effect.gen(function* () {
        const record = JSON.stringify(large)
        const content = `${before}${record}${after},${JSON.stringify(Raw.user("last"))}]`
        const { of, rejected } = yield* readFiles({ "a.json": content }, { maxElementBytes: 200_000 })
        const [from, to] = [before.length, before.length + record.length]
        assert.deepStrictEqual(
          rejected.map((one) => [one.kind, one.code, one.original, one.location]),
          [[kind, "too_large", { from, to }, `export/a.json${location} (bytes ${from} to ${to})`]]
        )
        assert.include(rejected[0]?.message, `it has ${to - from} bytes, and maxElementBytes is 200000`)
        assert.deepStrictEqual(
          of("message").map(({ id }) => String(id)),
          ["m"]
        )
        assert.isTrue(of("user").some(({ id }) => id === "last"))
      })
  )

  it.live("name the setting to raise when a list before its channel is too large", () =>
    Effect.gen(function* () {
      const messages = Array.from({ length: 1000 }, (_, i) => Raw.message(`m${i}`))
      const content = JSON.stringify([{ reactions: messages, channel: Raw.channel("general") }])
      const error = yield* Effect.flip(readFiles({ "a.json": content }, { maxElementBytes: 200_000 }))
      assert(error._tag === "SourceError" && error.reason._tag === "LimitExceeded")
      assert.strictEqual(error.reason.setting, "maxElementBytes")
      assert.include(error.reason.location, "export/a.json:reactions (bytes ")
    })
  )
})

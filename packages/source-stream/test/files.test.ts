import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { gzip, rooms, zip } from "./generated.ts"
import { lines, readFiles } from "./reading.ts"
import * as Rooms from "./rooms.ts"

const three = rooms(3, 20)

describe("files", () => {
  it.live("that are no JSON are passed over, or rejected when their name says they are", () =>
    Effect.gen(function* () {
      const { notes, records, rejected } = yield* readFiles({
        "a.txt": "Hello",
        "b.json": "Hello",
        "c.json": "",
        "d.bin": Uint8Array.of(0, 1, 2, 255),
        "e.json.gz": gzip(""),
        "__MACOSX/._a.json": "\0\u0005"
      })
      assert.deepStrictEqual(records, [])
      assert.strictEqual(notes["ignored_entry"], 3)
      assert.deepStrictEqual(
        rejected.map(({ code, place }) => [code, place]),
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
      what: "a document with a comma too many",
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
      content: zip({ "a.json": JSON.stringify(rooms(1, 2000)) }, 1),
      problem: "the content does not match its checksum (CRC-32)"
    },
    {
      what: "an entry of a zip archive that leads out of it",
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
      what: "a zip archive of what an operating system left",
      name: "a.zip",
      content: zip({ "Thumbs.db": "x", "__MACOSX/a.json": "x" }),
      problem: "there are no files in the archive but those an operating system left there"
    },
    {
      what: "gzip with something behind it",
      name: "a.gz",
      content: Buffer.concat([gzip(lines(three)), Buffer.from("xyz")]),
      problem: "the compressed data is damaged"
    }
  ])("fail the run when they are damaged: $what", ({ content, name, problem }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readFiles({ [name]: content }))
      assert(error._tag === "SourceError" && error.reason._tag === "CorruptInput")
      assert.strictEqual(error.reason.problem, problem)
      assert.include(error.reason.place, `export/${name}`)
      assert.notInclude(error.message, "Text of")
    })
  )

  it.live("give the same in a zip archive, small and large, and archives inside are passed over", () =>
    Effect.gen(function* () {
      const large = [...three, ...rooms(4, 1500).slice(3)]
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

  it.live("that inflate to far more than their size are refused", () =>
    Effect.gen(function* () {
      const bomb = gzip(JSON.stringify([{ channel: { ...Rooms.channel("c"), x: "x".repeat(5 << 20) } }]))
      const error = yield* Effect.flip(readFiles({ "a.gz": bomb }))
      assert(error._tag === "SourceError" && error.reason._tag === "LimitExceeded")
      assert.strictEqual(error.reason.setting, "maxRatio")
    })
  )

  it.live.each([
    {
      form: "a member of a channel",
      content: JSON.stringify([{ channel: Rooms.channel("c", { x: "x".repeat(300_000) }) }])
    },
    {
      form: "an object that is not known",
      content: JSON.stringify([
        Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`x${i}`, "x".repeat(90_000)]))
      ])
    }
  ])("say which setting to raise when $form is too large", ({ content }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readFiles({ "a.json": content }, { maxElementBytes: 200_000 }))
      assert(error._tag === "SourceError" && error.reason._tag === "LimitExceeded")
      assert.strictEqual(error.reason.setting, "maxElementBytes")
    })
  )
})

import { type Source } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Path } from "effect"
import { zipOf } from "../../connector/test/files/zipOf.ts"
import { channelRow, csvOf, memberRow, messageRow, userRow, webhookRow } from "./csvOf.ts"
import { essence, folderOf, resumes, joined, onlyPartition, readFiles } from "./reading.ts"

// Rows of several lines, malformed rows and empty lines, so that numbers of lines, rows and bytes differ.
const messages = (count: number) =>
  csvOf(
    Array.from({ length: count }, (_, i) => ({
      ...messageRow,
      message_id: i % 41 === 7 ? "" : `${i + 1}`,
      message: `text "${"é\n".repeat(i % 30)}" ${i}`
    }))
  )
    .replaceAll(/^(\d*5,MESG)/gmu, "\nbroken\n$1")
    .replaceAll(/^(\d*8,MESG)/gmu, '"a"b\n$1')

const files: Readonly<Record<string, string>> = {
  "channel/group_channels.csv": csvOf([channelRow]),
  "channel_member/group_channels.csv": `\uFEFF${csvOf(Array.from({ length: 1500 }, (_, i) => ({ ...memberRow, user_id: `m${i}` })))}`,
  "empty.csv": csvOf([userRow]).split("\n")[0] ?? "",
  "message/group_channels/a.csv": messages(700),
  "message/group_channels/b.csv": messages(3),
  "users/active_users.csv": csvOf(
    Array.from({ length: 900 }, (_, i) => ({ ...userRow, user_id: `u${i}` })),
    { lineEnd: "\r\n" }
  ),
  "webhooks/2020-08-04/1.csv": csvOf([webhookRow])
}

const entries = Object.entries(files).map(([name, content]) => ({ name, content }))

const inputs = {
  folder: files,
  archive: { "a.zip": zipOf(entries) },
  "nested archive": {
    "a.zip": zipOf([{ name: "m/b.zip", content: zipOf(entries) }, ...entries.slice(0, 2)])
  },
  "large entry": {
    "a.zip": zipOf([
      ...entries.slice(0, 2),
      // So large that it is streamed.
      {
        name: "z.csv",
        content: `${files["message/group_channels/a.csv"]}\n\n"${"\n".repeat(1_200_000)}"\n\n`
      }
    ])
  }
}

const reading = (folder: string) => onlyPartition({ inputs: [folder], batchRecords: 97, maxRatio: 100_000 })

const isWithin = ({ position }: Source.Batch) => JSON.stringify(position).includes('"csv":{')

describe("batches of CSV", () => {
  for (const [name, content] of Object.entries(inputs)) {
    it.live(`resume exactly after any position in a ${name}`, () =>
      Effect.gen(function* () {
        const only = yield* reading(yield* folderOf(content))
        const whole = yield* only.read(Option.none())
        assert.isAbove(whole.batches.filter(isWithin).length, 1)
        assert.isAbove(whole.rejected.length, 100)
        yield* resumes(whole, only)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
    )

    it.live(`give the same records whatever their size in a ${name}`, () =>
      Effect.gen(function* () {
        const [one, all] = yield* Effect.forEach([1, 1_000_000], (batchRecords) =>
          readFiles(content, { batchRecords, maxRatio: 100_000 })
        )
        assert(one !== undefined && all !== undefined)
        assert.isAbove(one.batches.length, all.batches.length)
        assert.deepStrictEqual(essence(one), essence(all))
      })
    )
  }
})

describe("positions in CSV", () => {
  const inTheMiddle = Effect.gen(function* () {
    const folder = yield* folderOf(files)
    const { read } = yield* reading(folder)
    const whole = yield* read(Option.none())
    const i = whole.batches.findIndex(
      (batch) => isWithin(batch) && JSON.stringify(batch.position).includes("message/group_channels/a.csv")
    )
    assert.isAtLeast(i, 0)
    // A source recognises its files only once, so another source reads the changed ones.
    const readAgain = (position: Source.Position | undefined) =>
      Effect.flatMap(reading(folder), (again) => again.read(Option.fromUndefinedOr(position)))
    return {
      folder,
      readAgain,
      position: whole.batches[i]?.position,
      rest: joined(whole.batches.slice(i + 1))
    }
  })

  const change = (folder: string, name: string, edit: (content: string) => string) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const full = (yield* Path.Path).join(folder, name)
      yield* fs.writeFileString(full, edit(yield* fs.readFileString(full)))
    })

  it.live("are rejected when content already read has changed", () =>
    Effect.gen(function* () {
      const { folder, position, readAgain } = yield* inTheMiddle
      yield* change(folder, "channel/group_channels.csv", (content) => content.replace("Friday", "Sunday"))
      const error = yield* Effect.flip(readAgain(position))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("are rejected when the header has changed", () =>
    Effect.gen(function* () {
      const { folder, position, readAgain } = yield* inTheMiddle
      yield* change(folder, "message/group_channels/a.csv", (content) =>
        content.replace("nickname", "nickNAME")
      )
      const error = yield* Effect.flip(readAgain(position))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("stay valid when the rest of their file is corrected", () =>
    Effect.gen(function* () {
      const { folder, position, readAgain, rest } = yield* inTheMiddle
      yield* change(folder, "message/group_channels/a.csv", (content) => content.replace(" 698", " fixed"))
      const fixed = yield* readAgain(position)
      assert.strictEqual(fixed.records.length, rest.records.length)
      assert.include(JSON.stringify(fixed.records), "fixed")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live.each<{ name: string; csv: object; json?: object }>([
    { name: "after the end", csv: { offset: 1e9, row: 1, lines: 1 } },
    { name: "inside the header", csv: { offset: 3, row: 0, lines: 0 } },
    { name: "negative", csv: { offset: -1, row: 0, lines: 0 } },
    { name: "not a position", csv: { offset: "x" } },
    {
      name: "in JSON too",
      csv: { offset: 200, row: 1, lines: 2 },
      json: { json: { offset: 3, within: "members", member: null, index: 0, isRecognised: true } }
    }
  ])("are rejected when they are $name", ({ csv, json = {} }) =>
    Effect.gen(function* () {
      const { position, readAgain } = yield* inTheMiddle
      const changed = { ...(position as object), at: { ...json, csv } } as Source.Position
      const error = yield* Effect.flip(readAgain(changed))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

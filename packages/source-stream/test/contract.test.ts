import { StreamSource } from "@chatferry/source-stream"
import { Contract, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect, type FileSystem, type Path } from "effect"
import { asLines, gzip, rooms, zip } from "./generated.ts"
import { type Files, folderOf } from "./reading.ts"

type Rules = ReadonlyArray<Contract.Rule<FileSystem.FileSystem | Path.Path>>

const broken = { channel: { name: "no id" }, messages: [{ text: "no id" }, 5], members: [] }

const shapes: ReadonlyArray<{ readonly shape: string; readonly files: (messages: number) => Files }> = [
  { shape: "an array of version 1", files: (n) => ({ "a.json": [...rooms(3, n), broken] }) },
  {
    shape: "an indented object of version 1",
    files: (n) => ({
      "a.json": JSON.stringify({ channels: [...rooms(3, n), broken], duration: "1s" }, undefined, 2)
    })
  },
  {
    shape: "lines of version 2",
    files: (n) => ({
      "a.jsonl": `${asLines(rooms(3, n))}{"type":"message","data":{"text":"no id"}}\n{"what":1}\nx\n`
    })
  },
  {
    shape: "gzip of version 2",
    files: (n) => ({
      "a.gz": gzip(`${asLines(rooms(3, n))}{"type":"message","data":{"text":"no id"}}\n{"what":1}\nx\n`)
    })
  },
  {
    shape: "a zip archive of both",
    files: (n) => ({
      "export.zip": zip({
        "1.json.gz": gzip(JSON.stringify(rooms(1, n))),
        "2/a.jsonl": asLines(rooms(2, n).slice(1)),
        "2/b.json": JSON.stringify([...rooms(3, n).slice(2), broken])
      })
    })
  },
  {
    shape: "a folder of both",
    files: (n) => ({
      "1.json.gz": gzip(JSON.stringify(rooms(1, n))),
      "2/a.jsonl": asLines(rooms(2, n).slice(1)),
      "2/b.json": [...rooms(3, n).slice(2), broken],
      "notes.txt": "of no concern"
    })
  }
]

// Names only: the fixture is written when a rule is checked.
const names = SourceContract.rules({
  source: StreamSource.files({ inputs: [] }),
  changed: StreamSource.files({ inputs: [] }),
  expected: { records: {} },
  content: ["x"]
}).map(({ name }) => name)

describe.each(shapes)("an export as $shape keeps the source contract:", ({ files, shape }) => {
  const rules = Effect.gen(function* () {
    const one = yield* folderOf(files(200))
    const other = yield* folderOf(files(201))
    const all: Rules = SourceContract.rules({
      source: StreamSource.files({ inputs: [one], batchRecords: 64 }),
      changed: StreamSource.files({ inputs: [other], batchRecords: 64 }),
      expected: {
        // Each of the people is remembered from room to room.
        records: { user: 41, channel: 3, member: 33 + 15, message: 600, reaction: 402 },
        rejected: shape.includes("version 2") ? { message: 1, unknown: 2 } : { channel: 1, message: 2 }
      },
      content: ["Land 1", "Text of", "Name of", "fine"]
    })
    return all
  })

  it.live.each(names.map((name) => ({ name })))("$name", ({ name }) =>
    Effect.flatMap(rules, (all) => Contract.check(all, name)).pipe(
      Effect.scoped,
      Effect.provide(NodeServices.layer)
    )
  )
})

/** Exports with one record of any size between two small ones. */
import { createWriteStream } from "node:fs"
import { mkdir } from "node:fs/promises"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { JsonElements } from "@chatferry/core/files"
import { Effect, FileSystem, Schema } from "effect"
import { textMessage } from "../packages/source-sendbird/test/exportFiles.ts"
import * as Raw from "../packages/source-stream/test/rawRecords.ts"
import * as Processes from "./processes.ts"

/** Maximum size of a record unless a setting says otherwise. */
export const MOST = JsonElements.MAX_ELEMENT_BYTES

/** Maximum memory of a migration. */
export const PEAK = 300 << 20

const PIECE = 1 << 16

/** A value as JSON: `open`, then units with `between` between them, then `close`. */
interface Shape {
  readonly open: string
  readonly unit: (i: number) => string
  readonly between: string
  readonly close: string
}

const text = (unit: string): Shape => ({ open: '"', unit: () => unit, between: "", close: '"' })
const list = (unit: (i: number) => string): Shape => ({ open: "[", unit, between: ",", close: "]" })

export const shapes = {
  "one text": text("x"),
  "one text of escapes": text(String.raw`\u00e9\n`),
  "one text beyond Latin": text("\u2713"),
  "short texts": list((i) => `"${i % 1000}"`),
  "small integers": list((i) => `${i % 10}`),
  "integers beyond 2^53": list((i) => `9007199254740993${i % 10}`),
  fractions: list((i) => `${i % 10}.5`),
  "empty arrays": list(() => "[]"),
  "objects with the same names": list((i) => `{"id":${i},"name":"n"}`),
  "objects with names of their own": list((i) => `{"n${i}":${i}}`),
  "objects of a thousand members and more": list(
    () => `{${Array.from({ length: 1540 }, (_, i) => `"x${i.toString(36)}":1`).join(",")}}`
  ),
  "one object of many members": { ...list((i) => `"n${i}":${i % 10}`), open: "{", close: "}" },
  "texts of some kilobytes": list((i) => `"${"y".repeat(2000 + (i % 100))}"`),
  "arrays in arrays": { open: "", unit: () => "[", between: "", close: "" }
} satisfies Record<string, Shape>

export type ShapeName = keyof typeof shapes

function* repeated(text: string, count: number): Generator<string> {
  for (let i = 0; i < count; i += PIECE) yield text.repeat(Math.min(PIECE, count - i))
}

/** The JSON of a value of a shape, with this number of bytes or slightly fewer. */
function* valueOf(name: ShapeName, bytes: number): Generator<string> {
  if (name === "arrays in arrays") {
    const levels = Math.floor(bytes / 2)
    for (const bracket of ["[", "]"]) yield* repeated(bracket, levels)
    return
  }
  const { between, close, open, unit }: Shape = shapes[name]
  if (open === '"') {
    const letters = unit(0)
    yield open
    yield* repeated(letters, Math.floor((bytes - 2) / Buffer.byteLength(letters)))
    yield close
    return
  }
  let left = bytes - open.length - close.length
  let piece = open
  for (let i = 0; ; i++) {
    const next = i === 0 ? unit(i) : between + unit(i)
    left -= Buffer.byteLength(next)
    if (left < 0) break
    piece += next
    if (piece.length > PIECE) {
      yield piece
      piece = ""
    }
  }
  yield piece + close
}

interface Format {
  readonly file: string
  /** The text before the records, between them and after them. */
  readonly around: readonly [string, string, string]
  /** A record that contains a value, as its text or in an unknown field. */
  readonly record: (id: string, isText: boolean) => string
  /** How the value is written in it. */
  readonly write: (piece: string) => string
}

const VALUE = "value"
const doubled = (piece: string) => piece.replaceAll('"', '""')
const asItIs = (piece: string) => piece
const named = (isText: boolean, name = "text") => ({ [isText ? name : "extra"]: VALUE })

export const formats = {
  "Sendbird JSON": {
    file: "messages.json",
    around: ['{"messages":[', ",", "]}"],
    record: (id, isText) => JSON.stringify({ ...textMessage, message_id: id, ...named(isText, "message") }),
    write: asItIs
  },
  "Sendbird CSV": {
    file: "messages.csv",
    around: ["message_id,type,channel_url,user_id,message,created_at,data\n", "\n", "\n"],
    record: (id) => `${id},MESG,c1,ada,Hello,1736855618748,"${doubled(JSON.stringify(VALUE))}"`,
    write: doubled
  },
  "Stream channels": {
    file: "export.json",
    around: ['{"channels":[{"channel":{"id":"general","type":"messaging"},"messages":[', ",", "]}]}"],
    record: (id, isText) => JSON.stringify(Raw.message(id, named(isText))),
    write: asItIs
  },
  "Stream lines": {
    file: "export.jsonl",
    around: ["", "\n", "\n"],
    record: (id, isText) => JSON.stringify({ message: Raw.message(id, named(isText)) }),
    write: asItIs
  },
  NDJSON: {
    file: "message.ndjson",
    around: ["", "\n", "\n"],
    record: (id, isText) =>
      JSON.stringify({
        _tag: "message",
        id,
        channelId: "c1",
        type: "regular",
        createdAt: "2024-01-01T00:00:00Z",
        ...(isText ? { text: VALUE } : { custom: { sendbird: { extra: VALUE } } })
      }),
    write: asItIs
  }
} satisfies Record<string, Format>

export type FormatName = keyof typeof formats

export interface Case {
  readonly format: FormatName
  readonly shape: ShapeName
  /** Size of the record; slightly smaller if its parts do not add up exactly. */
  readonly bytes: number
  readonly sink: "ndjson" | "stream-import" | "rejected"
}

/**
 * Migrates an export of three messages, `1`, `2` and `3`, of which the second is
 * as large as the case says, with a heap of 128 MB.
 */
export const migrate = ({ bytes, format, shape, sink }: Case) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const written = yield* Effect.promise(() => write(`${folder}/in`, { bytes, format, shape }))
    const [source = ""] = format.toLowerCase().split(" ")
    const { code, error } = yield* Processes.ended(
      Processes.spawn("largeRecords.program.ts", [source, `${folder}/in`, `${folder}/out`, sink], {
        node: ["--max-old-space-size=128"]
      })
    )
    const [, kilobytes = "NaN"] = /peak RSS (\d+) kB/u.exec(error) ?? []
    return {
      code,
      error,
      /** Size of the second record in the file. */
      bytes: written,
      ids: yield* idsOf(`${folder}/out/${sink}`),
      rejects: yield* rejectsOf(`${folder}/out/state/large/rejects.ndjson`),
      peakBytes: Number(kilobytes) * 1024
    }
  })

// internal

const idsOf = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* fs.exists(folder))) return []
    const files = (yield* fs.readDirectory(folder)).filter((name) =>
      /^(?:message\.nd|import.*\.)json/u.test(name)
    )
    const texts = yield* Effect.forEach(files, (name) => fs.readFileString(`${folder}/${name}`))
    return texts.flatMap((text) => Array.from(text.matchAll(/"id":"([123])"/gu), ([, id = ""]) => id))
  })

const Range = Schema.Struct({ from: Schema.Number, to: Schema.Number })
const Reject = Schema.fromJsonString(Schema.Struct({ code: Schema.String, original: Schema.Unknown }))

/** The rejects, and the number of skipped bytes, according to the location. */
const rejectsOf = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* fs.exists(file))) return []
    const lines = (yield* fs.readFileString(file)).split("\n").slice(0, -1)
    const rejects = yield* Effect.forEach(lines, (line) => Schema.decodeEffect(Reject)(line))
    return rejects.map(({ code, original }) =>
      Schema.is(Range)(original) ? { code, bytes: original.to - original.from } : { code }
    )
  })

/** Gives the bytes of the second record. */
const write = async (folder: string, { bytes, format, shape }: Omit<Case, "sink">): Promise<number> => {
  const { around, file, record, write: written }: Format = formats[format]
  const isText = shapes[shape].open === '"'
  const [before, after] = record("2", isText).split(written(JSON.stringify(VALUE))) as [string, string]
  let count = 0
  const counted = (piece: string) => {
    count += Buffer.byteLength(piece)
    return piece
  }
  await mkdir(folder, { recursive: true })
  await pipeline(
    Readable.from(
      (function* () {
        yield around[0] + record("1", isText) + around[1]
        yield counted(before)
        for (const piece of valueOf(shape, bytes - Buffer.byteLength(before + after)))
          yield counted(written(piece))
        yield counted(after)
        yield around[1] + record("3", isText) + around[2]
      })()
    ),
    createWriteStream(`${folder}/${file}`)
  )
  return count
}

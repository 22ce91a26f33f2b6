/**
 * Files that are damaged at random, and every reader of them. A reader must end
 * with an error that says what is wrong, or with a run that accounts for all
 * records and whose output is valid. Nothing else may happen.
 */
import { gunzipSync, gzipSync } from "node:zlib"
import { Ledger, Migration, type Source, Sink } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink, StreamImportValidator } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { Mutation, SourceHarness } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamExport } from "@chatferry/testkit/stream"
import { Cause, Effect, Exit, FileSystem, Option, type Path, type Scope, Stream } from "effect"

type Services = FileSystem.FileSystem | Path.Path
type Files = Readonly<Record<string, Uint8Array>>

/** A reader, and a small valid input. */
export interface Reader {
  readonly name: string
  readonly files: Effect.Effect<Files, unknown, Services | Scope.Scope>
  /** Damages the packed content of a file; without it, the file itself is damaged. */
  readonly repack?: {
    readonly unpack: (bytes: Uint8Array) => Uint8Array
    readonly pack: (bytes: Uint8Array) => Uint8Array
  }
  /** Reads a folder and gives the result, or fails with its own error. */
  readonly read: (folder: string, out: string, writes: Writes) => Effect.Effect<string, unknown, Services>
}

/** Whether the records go into all outputs, or only into NDJSON, which takes a third of the time. */
type Writes = "all" | "ndjson"

/** Something that a reader must never do. */
export class Violation extends Error {
  override readonly name = "Violation"
}

/** How one damaged input ended: `completed`, `with rejects`, `valid`, `not valid` or the tags of an error. */
export interface Attack {
  readonly reader: string
  readonly seed: number
  readonly ways: ReadonlyArray<Mutation.Way>
  readonly outcome: string
}

/** Damages one file of a reader's input and reads it. Fails with a `Violation`. */
export const attack = (
  { name, read, repack = { pack: same, unpack: same } }: Reader,
  files: Files,
  seed: number
): Effect.Effect<Attack, Violation, Services> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const root = yield* fs.makeTempDirectoryScoped()
    const names = Object.keys(files)
    // Seeds alternate between the readers, too.
    const hit = names[Math.floor(seed / readers.length) % names.length] ?? ""
    const { bytes, ways } = Mutation.mutate(repack.unpack(files[hit] ?? new Uint8Array()), seed)
    yield* lay(`${root}/in`, { ...files, [hit]: repack.pack(bytes) })
    const writes = Math.floor(seed / readers.length / 11) % 4 === 0 ? "all" : "ndjson"
    const exit = yield* Effect.exit(read(`${root}/in`, `${root}/out`, writes))
    const outcome = Exit.isSuccess(exit) ? exit.value : outcomeOf(exit.cause)
    return { reader: name, seed, ways, outcome }
  }).pipe(
    Effect.scoped,
    Effect.catchCause((cause) => {
      const error = Cause.squash(cause)
      const problem = error instanceof Violation ? error.message : Cause.pretty(cause)
      return Effect.fail(new Violation(`${name}, seed ${seed}: ${problem}`))
    })
  )

// internal

function same(bytes: Uint8Array): Uint8Array {
  return bytes
}

const lay = (folder: string, files: Files) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (const [name, content] of Object.entries(files)) {
      const path = `${folder}/${name}`
      yield* fs.makeDirectory(path.slice(0, path.lastIndexOf("/")), { recursive: true })
      yield* fs.writeFile(path, content)
    }
  })

/** All files below a folder. */
const collect = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const files: Record<string, Uint8Array> = {}
    for (const name of (yield* fs.readDirectory(folder, { recursive: true })).toSorted()) {
      if ((yield* fs.stat(`${folder}/${name}`)).type === "File")
        files[name] = yield* fs.readFile(`${folder}/${name}`)
    }
    return files
  })

const ENGINE = new Set(["TypeError", "RangeError", "ReferenceError", "SyntaxError", "InvalidJson"])

/** The tags of a typed error. A defect is a violation, and so is an engine error in disguise. */
const outcomeOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (!Cause.hasFails(cause) || Cause.hasDies(cause)) throw new Violation(Cause.pretty(cause))
  const tags: Array<string> = []
  for (let inner: unknown = error; typeof inner === "object" && inner !== null;) {
    if (inner instanceof Error) {
      shown(inner.message)
      if (ENGINE.has(inner.name)) throw new Violation(`${tags.join("/")} because of ${Cause.pretty(cause)}`)
    }
    if ("_tag" in inner && typeof inner._tag === "string") tags.push(inner._tag)
    inner = "reason" in inner ? inner.reason : "cause" in inner ? inner.cause : undefined
  }
  if (tags.length === 0 || tags.includes("OutOfBalance")) throw new Violation(Cause.pretty(cause))
  return tags.slice(0, 2).join("/")
}

/** Text for users must not contain terminal controls. */
const shown = (text: string): void => {
  const found = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.exec(text)
  if (found !== null)
    throw new Violation(`a character that a terminal obeys in ${JSON.stringify(text.slice(0, 500))}`)
}

/** The output must be complete, valid and readable. */
const migrate =
  (source: (folder: string) => Source.Source<Services>): Reader["read"] =>
  (folder, out, writes) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const ndjson = NdjsonSink.make({ directory: `${out}/ndjson` })
      const stream = StreamImportSink.make({ directory: `${out}/stream`, dialect: "jsonl" })
      const report = yield* Migration.run({
        id: "mutated",
        source: source(folder),
        sink: writes === "all" ? Sink.tee([stream, ndjson]) : ndjson,
        policy: { errorBudget: { atLeast: 1_000_000 } },
        stateDirectory: `${out}/state`
      })
      for (const { ledger, sink } of report.sinks) {
        const missing = Ledger.imbalance(ledger)
        if (missing.length > 0) throw new Violation(`${sink} is out of balance: ${JSON.stringify(missing)}`)
      }
      const rejects = (yield* fs.readFileString(report.rejects)).split("\n").slice(0, -1)
      for (const line of rejects) {
        const { code, message, location } = JSON.parse(line) as Record<
          "code" | "message" | "location",
          string
        >
        shown(code + message + location)
      }
      if (writes === "all") yield* valid([`${out}/stream/import.jsonl`])
      yield* readable(`${out}/ndjson`)
      return report.rejected === 0 ? "completed" : "with rejects"
    })

const valid = (files: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* fs.exists(files[0] ?? ""))) return
    const result = yield* StreamImportValidator.validate({ files })
    const wrong = result.errors.filter(({ code }) => code !== "file_empty")
    if (wrong.length > 0)
      throw new Violation(`the import is not valid: ${StreamImportValidator.format(result)}`)
  })

const readable = (folder: string) =>
  Effect.gen(function* () {
    const source = NdjsonSource.make({ inputs: folder })
    for (const partition of yield* SourceHarness.of(source).partitions) {
      yield* Stream.runForEach(
        SourceHarness.of(source).read(partition, Option.none()),
        ({ rejected: [first] }) =>
          Effect.sync(() => {
            if (first !== undefined)
              throw new Violation(`what was written is not valid: ${first.code}, ${first.message}`)
          })
      )
    }
  })

/** In all forms of its report. */
const validate = (folder: string) =>
  Effect.gen(function* () {
    const result = yield* StreamImportValidator.validate({
      files: [`${folder}/import`],
      settings: { repeatedKeys: "find" }
    })
    shown(StreamImportValidator.format(result))
    const report = (yield* Stream.runCollect(StreamImportValidator.formatErrorReport(result))).join("")
    shown(report)
    JSON.parse(report)
    if (result.isValid !== (result.errors.length === 0)) throw new Violation("valid with errors")
    return result.isValid ? "valid" : "not valid"
  })

const sendbird = { seed: 3, messages: 60, channels: 6, users: 8, windows: 1, failedWebhooks: 2 } as const

const inFolder = <E>(make: (folder: string) => Effect.Effect<unknown, E, Services>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* make(folder)
    return yield* collect(folder)
  })

const streamFiles = (version: "v1" | "v2") =>
  Effect.sync((): Files => {
    const app = StreamExport.generate({ seed: 5, messages: 40, channels: 6, users: 6 })
    const name = version === "v1" ? "channels.json" : "channels.jsonl"
    return {
      [name]: Buffer.concat(Array.from(app.channels({ version, exportsUsers: true }))),
      "users.json": Buffer.concat(Array.from(app.users(app.userIds().slice(0, 3))))
    }
  })

const packed = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))

const migrated = (sink: (folder: string) => Sink.Sink<Services>) =>
  inFolder((folder) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* SendbirdExport.writeZips(`${folder}/export`, sendbird)
      yield* Migration.run({
        id: "input",
        source: SendbirdSource.archives({ inputs: [`${folder}/export`] }),
        sink: sink(`${folder}/out`),
        stateDirectory: `${folder}/state`
      })
      yield* fs.remove(`${folder}/export`, { recursive: true })
      yield* fs.remove(`${folder}/state`, { recursive: true })
    })
  )

const ndjsonFiles = (gzip: boolean, keepsManifest: boolean) =>
  Effect.map(
    migrated((directory) => NdjsonSink.make({ directory, gzip })),
    (files): Files =>
      Object.fromEntries(
        Object.entries(files)
          .map(([name, bytes]) => [name.replace("out/", ""), bytes] as const)
          .filter(([name]) => keepsManifest || name !== "manifest.json")
      )
  )

const importFile = (dialect: "json-array" | "jsonl") =>
  Effect.map(
    migrated((directory) => StreamImportSink.make({ directory, dialect })),
    (files): Files => ({
      import: files[dialect === "jsonl" ? "out/import.jsonl" : "out/import.json"] ?? new Uint8Array()
    })
  )

const GZIP = { unpack: gunzipSync, pack: gzipSync }

const fromSendbird = migrate((folder) => SendbirdSource.archives({ inputs: [folder] }))
const fromStream = migrate((folder) => StreamSource.files({ inputs: [folder] }))
const fromNdjson = migrate((folder) => NdjsonSource.make({ inputs: folder }))

/** All readers. Inputs are small, so that damage hits what matters. */
export const readers: ReadonlyArray<Reader> = [
  {
    name: "sendbird-json",
    files: inFolder((folder) => SendbirdExport.writeFolders(folder, sendbird)),
    read: fromSendbird
  },
  {
    name: "sendbird-csv",
    files: inFolder((folder) => SendbirdExport.writeFolders(folder, { ...sendbird, format: "csv" })),
    read: fromSendbird
  },
  {
    name: "sendbird-zip",
    files: inFolder((folder) => SendbirdExport.writeZips(folder, sendbird)),
    read: fromSendbird
  },
  ...(["v1", "v2"] as const).flatMap((version): ReadonlyArray<Reader> => {
    const files = streamFiles(version)
    const name = `stream-${version}`
    return [
      { name, files, read: fromStream },
      { name: `${name}-gz`, files: Effect.map(files, packed), read: fromStream },
      { name: `${name}-inside-gz`, files: Effect.map(files, packed), read: fromStream, repack: GZIP }
    ]
  }),
  { name: "ndjson", files: ndjsonFiles(false, false), read: fromNdjson },
  { name: "ndjson-with-manifest", files: ndjsonFiles(false, true), read: fromNdjson },
  { name: "ndjson-gz", files: ndjsonFiles(true, false), read: fromNdjson },
  { name: "ndjson-inside-gz", files: ndjsonFiles(true, false), read: fromNdjson, repack: GZIP },
  { name: "validator-jsonl", files: importFile("jsonl"), read: validate },
  { name: "validator-json-array", files: importFile("json-array"), read: validate }
]

import { deflateRawSync, crc32, gzipSync } from "node:zlib"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import * as Processes from "./processes.ts"
import { isMany, property } from "./runs.ts"

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}-name`)

const sendbird = (prefix: string, count: number) =>
  JSON.stringify({
    active_users: ids(prefix, count).map((id) => ({ user_id: id, nickname: id.toUpperCase() }))
  })
const stream = (prefix: string, count: number) =>
  ids(prefix, count)
    .map((id) => `${JSON.stringify({ type: "user", data: { id, name: id.toUpperCase() } })}\n`)
    .join("")
const ndjson = (prefix: string, count: number) =>
  ids(prefix, count)
    .map((id) => `${JSON.stringify({ _tag: "user", id, name: id.toUpperCase() })}\n`)
    .join("")

/** Both files in one archive. */
const zipOf = (files: ReadonlyArray<readonly [name: string, content: string]>) => {
  const entries: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let at = 0
  for (const [name, text] of files) {
    const content = Buffer.from(text)
    const packed = deflateRawSync(content)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(content), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const entry = Buffer.concat([Buffer.from("PK\u0003\u0004"), fields, Buffer.from(name), packed])
    const offset = Buffer.alloc(14)
    offset.writeUInt32LE(at, 10)
    directory.push(Buffer.from("PK\u0001\u0002\u0014\0"), fields, offset, Buffer.from(name))
    entries.push(entry)
    at += entry.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...entries, list, Buffer.from("PK\u0005\u0006"), end])
}

interface Contents {
  readonly first: string
  readonly second: string
}

/** Layouts of the same users on disk: the first file has been read when a run is killed in the second. */
const forms: ReadonlyArray<{
  readonly form: string
  readonly provider: string
  readonly write: (provider: string, count: number) => string
  readonly files: (contents: Contents) => Readonly<Record<string, string | Uint8Array>>
  readonly names: readonly [first: string, second: string]
  readonly isQuick?: true
  /** Content after the position may change. */
  readonly mayBeFixed: boolean
}> = [
  {
    form: "plain JSON",
    provider: "sendbird",
    write: sendbird,
    files: ({ first, second }) => ({ "a.json": first, "b.json": second }),
    names: ["input/a.json", "input/b.json"],
    mayBeFixed: true
  },
  {
    form: "a zip archive",
    provider: "sendbird",
    write: sendbird,
    files: ({ first, second }) => ({
      "x.zip": zipOf([
        ["a.json", first],
        ["b.json", second]
      ])
    }),
    names: ["input/x.zip!a.json", "input/x.zip!b.json"],
    // All of an entry has one checksum.
    mayBeFixed: false,
    isQuick: true
  },
  {
    form: "lines and gzip",
    provider: "stream",
    write: stream,
    files: ({ first, second }) => ({ "a.jsonl": first, "b.jsonl.gz": gzipSync(second) }),
    names: ["input/a.jsonl", "input/b.jsonl.gz"],
    mayBeFixed: true,
    isQuick: true
  },
  {
    form: "NDJSON",
    provider: "ndjson",
    write: ndjson,
    files: ({ first, second }) => ({ "a.ndjson": first, "b.ndjson": second }),
    names: ["partition a.ndjson", "partition b.ndjson"],
    mayBeFixed: true
  }
]

const Position = Schema.fromJsonString(
  Schema.Struct({ segmentsDone: Schema.Array(Schema.Unknown), position: Schema.Unknown })
)

/** The position is inside the second file. */
const isInSecond = (checkpoint: string) => {
  const { segmentsDone, position } = Schema.decodeSync(Position)(checkpoint.split("\n")[0] ?? "")
  const text = JSON.stringify(position)
  if (!text.includes('"offset"')) return false
  return text.includes('"b.json') || (segmentsDone.length === 1 && text.includes('"line"'))
}

it.layer(NodeServices.layer)(
  "a migration that is killed, and whose input changes before it is run again,",
  (it) => {
    it.effect.each(forms.filter(({ isQuick }) => isMany || isQuick))(
      "resumes or fails, depending on the change: $form",
      ({ files, mayBeFixed, names, provider, write }) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const folder = yield* fs.makeTempDirectoryScoped()
          const input = `${folder}/input`
          yield* fs.makeDirectory(input)
          const contents: Contents = { first: write("first", 3000), second: write("second", 30_000) }
          const time = new Date("2024-01-01T00:00:00Z")
          const lay = (of: Contents) =>
            Effect.gen(function* () {
              for (const [name, content] of Object.entries(files(of))) {
                yield* fs.writeFile(`${input}/${name}`, Buffer.from(content))
                yield* fs.utimes(`${input}/${name}`, time, time)
              }
            })
          const start = (out: string) => Processes.spawn("readMigrate.program.ts", [provider, input, out])
          const finish = (out: string) => Processes.ended(start(out))
          const killed = (name: string) =>
            Effect.gen(function* () {
              yield* lay(contents)
              const out = `${folder}/${name}`
              const checkpoint = `${out}/state/read/checkpoint.json`
              const stands = Effect.orElseSucceed(
                Effect.map(fs.readFileString(checkpoint), isInSecond),
                () => false
              )
              const manifest = `${out}/ndjson/manifest.json`
              yield* Processes.killBefore(Processes.killOnce(start(out), stands), out, fs.exists(manifest))
              return out
            })
          /** One letter of a name is changed; length and time are the same. */
          const renamed = (text: string, name: string) => {
            assert.include(text, name)
            return text.replace(name, name.replace("NAME", "GAME"))
          }

          yield* lay(contents)
          assert.strictEqual((yield* finish(`${folder}/undisturbed`)).code, 0)
          const expected = yield* Processes.digest(`${folder}/undisturbed`)

          const out = yield* killed("killed")
          const [first, second] = names
          for (const [changed, name] of [
            [{ ...contents, first: renamed(contents.first, "FIRST-1500-NAME") }, first],
            [{ ...contents, second: renamed(contents.second, "SECOND-500-NAME") }, second]
          ] as const) {
            yield* lay(changed)
            const { code, error } = yield* finish(out)
            assert.strictEqual(code, 1, error)
            assert.include(error, name)
            assert.match(error, /content of .* that was already read has changed/u)
            assert.match(error, /Restore the input/u)
            assert.notInclude(error, "To continue")
          }
          yield* lay(contents)
          assert.strictEqual((yield* finish(out)).code, 0)
          assert.deepStrictEqual(yield* Processes.digest(out), expected)

          if (!mayBeFixed) return
          const fixed = yield* killed("fixed")
          yield* lay({ ...contents, second: renamed(contents.second, "SECOND-29500-NAME") })
          assert.strictEqual((yield* finish(fixed)).code, 0)
          const users = yield* fs.readFileString(`${fixed}/ndjson/user.ndjson`)
          assert.include(users, "SECOND-29500-GAME")
          assert.strictEqual(users.trimEnd().split("\n").length, 33_000)
        }),
      property
    )
  }
)

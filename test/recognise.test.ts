import { gzipSync } from "node:zlib"
import type { Source } from "@chatferry/core"
import { NdjsonSource } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamExport } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, type Path } from "effect"
import * as Processes from "./processes.ts"

/** Small exports of both providers in all of their forms, canonical entities, and folders of other things. */
const inputs = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const root = yield* fs.makeTempDirectoryScoped()
  const sendbird = { seed: 3, messages: 30 }
  const zips = yield* SendbirdExport.writeZips(`${root}/sendbird-zips`, sendbird)
  yield* SendbirdExport.writeFolders(`${root}/sendbird`, sendbird)
  yield* SendbirdExport.writeFolders(`${root}/sendbird-csv`, { ...sendbird, format: "csv" })
  const app = StreamExport.generate({ seed: 3 })
  const stream = {
    "v1.json": app.channels({ version: "v1" }),
    "v2.jsonl.gz": app.channels({ version: "v2" }),
    "users.json": app.users(app.userIds().slice(0, 3))
  }
  for (const [name, bytes] of Object.entries(stream)) {
    yield* fs.makeDirectory(`${root}/stream/${name}.folder`, { recursive: true })
    yield* StreamExport.writeFile(`${root}/stream/${name}.folder/${name}`, bytes)
  }
  const write = (name: string, text: string) =>
    Effect.andThen(
      fs.makeDirectory(`${root}/${name}`.replace(/\/[^/]*$/u, ""), { recursive: true }),
      fs.writeFileString(`${root}/${name}`, text)
    )
  yield* write("texts/a.txt", "Hello")
  yield* write("texts/b.json", JSON.stringify({ elephants: [1, 2] }))
  yield* write("texts/c.json", "[1, 2]")
  yield* write("texts/d.json", "{}")
  yield* write("canonical/user.ndjson", '{"_tag":"user","id":"ada"}\n')
  yield* write("lines/a.jsonl", '{"id":1}\n{"id":2}\n')
  yield* fs.makeDirectory(`${root}/empty`)
  return {
    root,
    zips: zips.archives,
    stream: Object.keys(stream).map((name) => `${root}/stream/${name}.folder`)
  }
})

const sendbird = (...paths: ReadonlyArray<string>) => SendbirdSource.archives({ inputs: paths })
const stream = (...paths: ReadonlyArray<string>) => StreamSource.files({ inputs: paths })
const ndjson = (...paths: ReadonlyArray<string>) => NdjsonSource.make({ inputs: paths })

const problem = (source: Source.Source<FileSystem.FileSystem | Path.Path>) =>
  Effect.map(Effect.flip(SourceHarness.of(source).partitions), ({ message }) => message)

it.layer(NodeServices.layer)("an input", (it) => {
  it.effect("is recognised by its own source in every form, file by file and archive by archive", () =>
    Effect.gen(function* () {
      const at = yield* inputs
      for (const input of [
        ...at.zips,
        `${at.root}/sendbird-zips`,
        `${at.root}/sendbird`,
        `${at.root}/sendbird-csv`
      ]) {
        assert.isTrue((yield* SendbirdSource.recognise({ inputs: [input] }))[0]?.isRecognised, input)
      }
      for (const input of [...at.stream, `${at.root}/stream`]) {
        assert.isTrue((yield* StreamSource.recognise({ inputs: [input] }))[0]?.isRecognised, input)
      }
      assert.isTrue((yield* NdjsonSource.recognise({ inputs: `${at.root}/canonical` }))[0]?.isRecognised)
    })
  )

  it.effect("of another provider is an error that names the provider", () =>
    Effect.gen(function* () {
      const { root, stream: streams, zips } = yield* inputs
      for (const input of streams) {
        const message = yield* problem(sendbird(input))
        assert.include(
          message,
          `sendbird-archives: nothing in ${input} looks like a Sendbird export: 1 .json`
        )
        assert.match(message, /It looks like a Stream export: use StreamSource\.files\.$/u)
      }
      for (const input of [zips[0] ?? "", `${root}/sendbird`, `${root}/sendbird-csv`]) {
        const message = yield* problem(stream(input))
        assert.include(message, `stream-files: nothing in ${input} looks like a Stream export: `)
        assert.match(message, /It looks like a Sendbird export: use SendbirdSource\.archives\.$/u)
      }
      for (const source of [sendbird, stream]) {
        assert.match(
          yield* problem(source(`${root}/canonical`)),
          /: 1 \.ndjson\. It looks like what NdjsonSink writes: use NdjsonSource\.$/u
        )
      }
      const v2 = streams.find((input) => input.includes("v2")) ?? ""
      assert.include(yield* problem(ndjson(v2)), "It looks like a Stream export")
    })
  )

  it.effect("without data of any provider is an error that counts its files", () =>
    Effect.gen(function* () {
      const { root } = yield* inputs
      const message = yield* problem(sendbird(`${root}/texts`))
      assert.include(message, `nothing in ${root}/texts looks like a Sendbird export: 3 .json, 1 .txt.`)
      assert.include(yield* problem(stream(`${root}/texts`)), "looks like a Stream export: 3 .json, 1 .txt.")
      assert.include(
        yield* problem(ndjson(`${root}/lines`)),
        "looks like lines of canonical entities: 1 .jsonl. Check the path."
      )
      for (const source of [sendbird, stream])
        assert.include(yield* problem(source(`${root}/empty`)), `there are no files in ${root}/empty`)
    })
  )

  it.effect("that its source would have to unpack is an error that says so", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const text = JSON.stringify({ channel: { channel_url: "lobby" }, messages: [] })
      yield* fs.writeFile(`${folder}/lobby.json.gz`, gzipSync(text))
      assert.include(
        yield* problem(sendbird(folder)),
        "1 .json.gz. Files that are compressed with gzip are not read: unpack them with gunzip."
      )
    })
  )

  it.effect("without data among several is an error, but other files next to an export are not", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { root, stream: streams } = yield* inputs
      const message = yield* problem(sendbird(`${root}/sendbird`, `${root}/texts`))
      assert.include(message, `nothing in ${root}/texts looks like`)
      assert.include(
        yield* problem(stream(streams[0] ?? "", `${root}/texts`)),
        `nothing in ${root}/texts looks like`
      )
      yield* fs.copy(`${root}/texts`, `${root}/sendbird/texts`)
      assert.isNotEmpty(yield* SourceHarness.of(sendbird(`${root}/sendbird`)).partitions)
    })
  )

  it.effect("written by a migration is an error that names its source", () =>
    Effect.gen(function* () {
      const { root } = yield* inputs
      const out = `${root}/written`
      const spawned = Processes.spawn("readMigrate.program.ts", ["sendbird", `${root}/sendbird`, out])
      assert.include([0, 2], (yield* Processes.ended(spawned)).code)
      for (const source of [sendbird, stream]) {
        assert.include(yield* problem(source(`${out}/ndjson`)), "NdjsonSource reads what NdjsonSink wrote")
      }
      assert.isNotEmpty(yield* SourceHarness.of(ndjson(`${out}/ndjson`)).partitions)
    })
  )

  it.effect("of another kind ends a migration with 1, before anything is written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { root, stream: streams } = yield* inputs
      for (const [provider, input] of [
        ["sendbird", streams[0] ?? ""],
        ["stream", `${root}/texts`],
        ["sendbird", `${root}/empty`]
      ] as const) {
        const { code, error } = yield* Processes.ended(
          Processes.spawn("readMigrate.program.ts", [provider, input, `${root}/out`])
        )
        assert.strictEqual(code, 1, error)
        assert.notInclude(error, "To continue")
        assert.isFalse(yield* fs.exists(`${root}/out/ndjson`))
      }
    })
  )
})

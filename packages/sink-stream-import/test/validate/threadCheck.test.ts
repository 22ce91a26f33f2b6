/** The check of import files while they are written, on a thread of its own. */
import { Sink } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { EntityGenerator, SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option } from "effect"
import { FilesCheck } from "../../src/internal/validate/filesCheck.ts"
import * as Settings from "../../src/internal/validate/settings.ts"
import * as ThreadCheck from "../../src/internal/validate/threadCheck.ts"
import { type Config, dialects, makeRun, readRun, stateOf, write as writeImport } from "../harness.ts"
import { array, type Content, lines, message, reaction, user, validate, write } from "./files.ts"
import { pairs } from "./mutations.ts"

const bytesOf = (content: Content) =>
  typeof content === "string" ? new TextEncoder().encode(content) : content

describe("the check of files that are written", () => {
  it.effect("finds what the check of files on disk finds", () =>
    Effect.gen(function* () {
      const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
      for (const { bad, dialect, settings = {} } of Object.values(pairs).flat()) {
        const contents = Array.isArray(bad) ? (bad as ReadonlyArray<Content>) : [bad as Content]
        const paths = yield* write(contents)
        const expected = yield* validate({ files: contents, dialect, settings })
        const check = new FilesCheck(yield* Settings.judgeSettings(settings), directory, dialect)
        // Files that are replaced leave nothing behind.
        check.begin("forgotten")
        check.push(Buffer.from(lines(["user", { id: "m1", unknown: {} }], message("m1"), message("m1"))))
        check.forget()
        contents.forEach((content, i) => {
          check.begin(paths[i] as string)
          const bytes = bytesOf(content)
          for (let from = 0; from < bytes.length; from += 1 << 18)
            check.push(bytes.subarray(from, from + (1 << 18)))
        })
        const nameless = (result: object) =>
          JSON.stringify(result).replaceAll(/"[^"]*\/(file-\d+)"/gu, '"$1"')
        assert.deepStrictEqual(nameless(check.result()), nameless(expected))
        check.close()
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  for (const dialect of dialects) {
    it.effect(`finds the same on its thread, in ${dialect}, in any pieces`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const many = Array.from({ length: 9000 }, (_, i) =>
          message(i % 1000 === 7 ? "m7" : `m${i}`, {
            text: `съобщение 👍 ${i}`,
            user: i % 500 === 3 ? "eve" : "ada"
          })
        )
        const entries = [user(), ...many, reaction({ message_id: "none" })]
        const content = dialect === "jsonl" ? lines(...entries) : array(...entries)
        const [path = ""] = yield* write([content])
        const expected = yield* validate({ files: [content], dialect })
        const parent = yield* fs.makeTempDirectoryScoped()
        const check = yield* ThreadCheck.start({ settings: {}, dialect }, parent)
        check.begin(path)
        const sent: Array<Uint8Array> = []
        for (let from = 0, i = 0; from < content.length; i++) {
          // Pieces end between the halves of a pair of surrogates too, in what is not text.
          const piece = i % 3 === 0 ? content.slice(from, from + 400_000) : content.slice(from, from + 777)
          const whole = piece.isWellFormed() ? piece : piece.slice(0, -1)
          for (const part of check.add(i % 2 === 0 ? whole : Buffer.from(whole)))
            sent.push(new Uint8Array(part))
          from += whole.length
          yield* check.sent
        }
        const result = yield* check.result
        assert.strictEqual(Buffer.concat(sent).toString(), content)
        const found = (one: typeof result) =>
          [one.errors, one.warnings].map((groups) =>
            groups.map(({ code, count, examples }) => [
              code,
              count,
              examples.map(({ byte, line }) => [line, byte])
            ])
          )
        assert.deepStrictEqual(found(result), found(expected))
        assert.deepStrictEqual(result.items, expected.items)
        assert.strictEqual(result.isValid, false)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
    )
  }

  it.live("waits while more than 2 MiB are not checked", () =>
    Effect.gen(function* () {
      const parent = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
      const check = yield* ThreadCheck.start({ settings: {}, dialect: "jsonl" }, parent)
      check.begin("import.jsonl")
      const isSent = Effect.map(Effect.timeoutOption(check.sent, 1), Option.isSome)
      // The thread needs longer than that to start.
      check.add(" ".repeat(2 << 20))
      assert.isTrue(yield* isSent)
      check.add(" ".repeat(1 << 20))
      assert.isFalse(yield* isSent)
      yield* check.sent
      assert.isTrue(yield* isSent)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("fails by name if its thread ends by itself", () =>
    Effect.gen(function* () {
      const parent = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
      const check = yield* ThreadCheck.start(
        { settings: { examples: "none" } as object, dialect: "jsonl" },
        parent
      )
      const error = yield* Effect.flip(check.result)
      assert.match(
        error.message,
        /^the thread that checks the import files has ended: .+\. Run again to resume; /u
      )
      assert.strictEqual(yield* Effect.flip(check.sent), error)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("fails as on the main thread if it cannot store ids", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const parent = yield* fs.makeTempDirectoryScoped()
      const settings = { memoryBytes: 10_000 }
      const check = yield* ThreadCheck.start({ settings, dialect: "jsonl" }, parent)
      const [name = ""] = yield* fs.readDirectory(parent)
      // A file in place of the folder.
      yield* fs.remove(`${parent}/${name}`, { recursive: true })
      yield* fs.writeFileString(`${parent}/${name}`, "")
      check.begin("import.jsonl")
      check.add(lines(...Array.from({ length: 2000 }, (_, i) => user(`u${i}`))))
      const error = yield* Effect.flip(check.result)
      assert.include(error.message, `cannot store ids in ${parent}/${name}`)
      assert.include(error.message, "Choose another folder with stageDirectory.")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

describe("an import that is checked on a thread", () => {
  const entities = EntityGenerator.make({ seed: 6, records: 900 })
  const open = Effect.fnUntraced(function* (config: Config, threads: number) {
    const run = yield* makeRun(config)
    const sink = StreamImportSink.make({ ...config, directory: `${run.root}/out` })
    const session = yield* Sink.open(sink, {
      migrationId: "test",
      runId: "test-run",
      receipt: Option.none(),
      stateDirectory: stateOf(run),
      threads,
      reject: (more) => Effect.sync(() => void run.rejected.push(...more)),
      progress: () => Effect.void
    })
    return { run, session }
  })

  for (const dialect of dialects) {
    it.live.each([{ maxFileBytes: 300_000_000 }, { maxFileBytes: 65_536 }])(
      `has the same bytes, in ${dialect} and files of at most $maxFileBytes bytes`,
      ({ maxFileBytes }) =>
        Effect.gen(function* () {
          const config = { dialect, maxFileBytes }
          const expected = yield* writeImport(config, entities)
          const { run, session } = yield* open(config, 1)
          yield* session.write(entities)
          const [summary] = yield* SinkHarness.finish(session)
          assert.isDefined(summary)
          const result = yield* readRun(run, summary.ledger)
          assert.deepStrictEqual(result.files, expected.files)
          assert.deepStrictEqual(result.rejected, expected.rejected)
        }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
    )
  }
})

import { SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { user } from "../../../test/entities.ts"
import { makeRun, openRun } from "./harness.ts"

it.live("publishes nothing if its own file is invalid, and says what to report", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const run = yield* makeRun({ dialect: "jsonl" })
    // Writes through a file system that damages the import on its way to the disk.
    const open: typeof fs.open = (path, options) =>
      Effect.map(fs.open(path, options), (file) => ({
        ...file,
        sync: file.sync,
        stat: file.stat,
        truncate: (length) => file.truncate(length),
        read: (buffer, at) => file.read(buffer, at),
        writeAll: (bytes) =>
          file.writeAll(
            path.includes("import.jsonl")
              ? Buffer.from(Buffer.from(bytes).toString().replace('"ada"', '" x "'))
              : bytes
          )
      }))
    const error = yield* Effect.scoped(
      Effect.flatMap(openRun(run), (session) =>
        Effect.andThen(session.write([user("ada")]), SinkHarness.finish(session))
      )
    ).pipe(Effect.provideService(FileSystem.FileSystem, { ...fs, open }), Effect.flip)
    assert.strictEqual(error.reason._tag, "InvalidOutput")
    assert.include(error.message, "first in line 1")
    assert.notInclude(error.message, " x ")
    assert.isFalse(yield* fs.exists(`${run.root}/out/manifest.json`))
    assert.isFalse(yield* fs.exists(`${run.root}/out/import.jsonl`))
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)

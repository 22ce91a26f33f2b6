import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as RejectsFile from "../src/internal/rejects/rejectsFile.ts"

it.layer(NodeServices.layer)("the rejects file", (it) => {
  it.effect("has printable codes, messages and locations, and unchanged originals", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/rejects.ndjson`
      const original = { id: "a\u0011b\u202ec" }
      yield* Effect.scoped(
        Effect.gen(function* () {
          const file = yield* RejectsFile.open(
            path,
            { bytes: 0, sha256: "", records: 0, bySink: {} },
            { source: "a" }
          )
          const code = "a\u0007code"
          const message = "it names \u001b[2J"
          const location = "member a\u0011b\u202ec"
          yield* file.add({ sink: "one" }, [{ kind: "member", code, message, location, original }])
          yield* file.flush
        })
      )
      assert.deepStrictEqual(JSON.parse(yield* fs.readFileString(path)), {
        stage: "sink",
        sink: "one",
        kind: "member",
        code: String.raw`a\u0007code`,
        message: String.raw`it names \u001b[2J`,
        location: String.raw`member a\u0011b\u202ec`,
        original
      })
    })
  )
})

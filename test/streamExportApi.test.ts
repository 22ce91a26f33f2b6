import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamEmulator } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { runExample } from "./processes.ts"

const run = (args: ReadonlyArray<string>, secret: string) =>
  runExample("08-stream-export-api", args, { STREAM_API_SECRET: secret })

it.layer(NodeServices.layer, { excludeTestServices: true })("08-stream-export-api", (it) => {
  it.effect("shows its plan, requests only with the right secret, and exports an app", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* fs.makeTempDirectoryScoped()
      const emulator = yield* StreamEmulator.start({
        data: { seed: 5, messages: 300, channels: 30, users: 30 },
        taskLooks: 1,
        faults: { lostRequest: 0.2, cutBody: 0.1 }
      })
      const args = ["--api-key", emulator.apiKey, "--base-url", emulator.baseUrl, "--out", `${at}/out`]
      const named = emulator.cids().flatMap((cid) => ["--channel", cid])
      const plan = yield* run([...args, ...named, "--plan"], emulator.apiSecret)
      assert.strictEqual(plan.code, 0, plan.error)
      assert.include(plan.out, "channels  30 in 2 exports\n2 exports, at least 8 calls")
      assert.deepStrictEqual(emulator.requests(), {})

      const wrong = yield* run(args, "wrong")
      assert.strictEqual(wrong.code, 3, wrong.error)
      assert.include(wrong.error, "listing channels was rejected")

      const { code, error, out } = yield* run([...args, "--ask-again"], emulator.apiSecret)
      assert.include([0, 2], code, error)
      // Exports of users may have messages of deleted channels, too.
      const { message } = emulator.truth({ version: "v2" }).distinct
      const written = yield* fs.readFileString(`${at}/out/ndjson/message.ndjson`)
      const ids = written
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { readonly id: string }).id)
      assert.isAtLeast(new Set(ids).size, message)
      for (const text of [plan.out, wrong.error, error, out]) assert.notInclude(text, SendbirdExport.secret)
    })
  )
})

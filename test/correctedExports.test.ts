import { Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { services, sourceOf, start, temporary } from "../packages/source-sendbird/test/api/harness.ts"

it.layer(services, { excludeTestServices: true })("rejects of exports that were made by the API", (it) => {
  it.effect("are corrected in the exports on disk, without requesting others", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const folder = yield* temporary
      const run = (corrections?: string) =>
        Migration.run({
          id: "api",
          // Long messages are rejected and replaced by short ones.
          source: sourceOf(emulator, `${folder}/exports`, { maxElementBytes: 900 }),
          sink: NdjsonSink.make({ directory: `${folder}/out` }),
          stateDirectory: `${folder}/state`,
          policy: { errorBudget: { percent: 100 } },
          corrections
        })
      const { rejected, rejects, sinks } = yield* run()
      const lines = (yield* fs.readFileString(rejects)).trimEnd().split("\n")
      const messages = lines.filter((line) => line.includes('"kind":"message"'))
      assert.isAbove(messages.length, 3)
      const exports = new Set(messages.map((line) => /"export":"([^"]+)"/u.exec(line)?.[1]))
      assert.isAbove(exports.size, 1)
      const asked = emulator.requests().length
      const corrected = messages.map((line, n) => {
        const original = {
          message_id: 70_000 + n,
          type: "MESG",
          message: `n${n}`,
          channel_url: "c",
          created_at: 1_700_000_000_000
        }
        return line.replace(/"original":\{"from":\d+,"to":\d+\}/u, `"original":${JSON.stringify(original)}`)
      })
      yield* fs.writeFileString(`${folder}/corrected.ndjson`, corrected.join("\n"))
      const again = yield* run(`${folder}/corrected.ndjson`)
      assert.strictEqual(again.rejected, rejected - messages.length)
      const written = yield* fs.readFileString(`${folder}/out/message.ndjson`)
      for (const n of messages.keys())
        assert.lengthOf(written.match(new RegExp(`"text":"n${n}"`, "gu")) ?? [], 1)
      assert.strictEqual(
        again.sinks[0]?.ledger.kinds.message.written,
        (sinks[0]?.ledger.kinds.message.written ?? 0) + messages.length
      )
      assert.strictEqual(emulator.requests().length, asked)
    })
  )
})

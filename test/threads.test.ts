/** Migrations for which worker threads read. */
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Processes from "./processes.ts"

/** An export with rejects, and what a migration on one thread makes of it. */
const made = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  const input = `${folder}/export`
  yield* SendbirdExport.writeZips(input, { seed: 3, messages: 4000, overlap: 0.1 })
  assert.include([0, 2], yield* Processes.finish({ input, out: `${folder}/one` }))
  return { folder, input, expected: yield* Processes.digest(`${folder}/one`) }
})

it.layer(NodeServices.layer)("a migration for which threads read", (it) => {
  it.effect("gives the bytes of one thread with any number of them", () =>
    Effect.gen(function* () {
      const { expected, folder, input } = yield* made
      for (const threads of [1, 2, 8]) {
        const out = `${folder}/${threads}`
        assert.include([0, 2], yield* Processes.finish({ input, out, threads }))
        assert.deepStrictEqual(yield* Processes.digest(out), expected, `${threads} threads`)
      }
    })
  )

  it.effect("gives the same bytes when it is killed and resumed with another number of threads", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { expected, folder, input } = yield* made
      const out = `${folder}/killed`
      for (const threads of [2, 0, 3]) {
        const before = yield* Effect.orElseSucceed(
          fs.readFileString(`${out}/state/migrate/checkpoint.json`),
          () => ""
        )
        const isFurther = Effect.map(
          Effect.orElseSucceed(fs.readFileString(`${out}/state/migrate/checkpoint.json`), () => ""),
          (now) => now !== before
        )
        yield* Processes.killOnce(Processes.start({ input, out, threads, checkpointRecords: 700 }), isFurther)
        assert.isFalse(yield* fs.exists(`${out}/ndjson/manifest.json`), "it was killed too late")
      }
      assert.include([0, 2], yield* Processes.finish({ input, out, threads: 2 }))
      assert.deepStrictEqual(yield* Processes.digest(out), expected)
    })
  )

  it.effect("gives the same bytes when threads end by themselves", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { folder, input } = yield* made
      const run = Effect.fnUntraced(function* (name: string, times: number, at = 3) {
        const ends = `${folder}/${name}-ends`
        yield* fs.makeDirectory(ends)
        const env = { ENDS: ends, ENDS_TIMES: String(times), ENDS_AT: String(at) }
        const out = `${folder}/${name}`
        const { code, printed } = yield* Processes.measure({ input, out, threads: times === 0 ? 0 : 2, env })
        return { code, printed, out, ended: (yield* fs.readDirectory(ends)).length }
      })
      const calm = yield* run("calm", 0)
      const ended = yield* run("ended", 2)
      assert.strictEqual(ended.ended, 2)
      assert.include([0, 2], ended.code, ended.printed)
      assert.deepStrictEqual(yield* Processes.digest(ended.out), yield* Processes.digest(calm.out))
      const hopeless = yield* run("hopeless", 99, 1)
      assert.strictEqual(hopeless.code, 1)
      assert.match(hopeless.printed, /it ended 3 times while it read messages-\S+, segment \d+: exit code 7/u)
      assert.strictEqual(yield* fs.exists(`${hopeless.out}/ndjson/manifest.json`), false)
    })
  )
})

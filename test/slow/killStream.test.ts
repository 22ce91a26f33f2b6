import { StreamEmulator } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect, FileSystem, Stream } from "effect"
import * as Processes from "../processes.ts"
import { answerTo } from "./streamAnswers.ts"

const KILLS = 30

it.live(
  "thirty kills during Stream exports all end in the bytes of an undisturbed run, and nothing is exported twice",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const emulate = StreamEmulator.start({ data: { seed: 9, messages: 1500, channels: 60, users: 60 } })
      const run = (app: StreamEmulator.Emulator, out: string, env: Record<string, string> = {}) =>
        Processes.spawn("streamMigrate.program.ts", [app.baseUrl, app.apiKey, out], {
          env: { STREAM_API_SECRET: app.apiSecret, ...env }
        })
      const finish = (app: StreamEmulator.Emulator, out: string, env?: Record<string, string>) =>
        Effect.scoped(
          Effect.gen(function* () {
            const child = yield* run(app, out, env)
            const [printed, code] = yield* Effect.all(
              [Stream.mkString(Stream.decodeText(child.all)), child.exitCode],
              { concurrency: 2 }
            )
            return { printed, code: Number(code) }
          })
        )
      const startedAt = performance.now()
      const calm = yield* emulate
      assert.include([0, 2], (yield* finish(calm, `${folder}/undisturbed`)).code)
      const duration = performance.now() - startedAt
      const { ["stream/manifest.json"]: _, ...expected } = yield* Processes.digest(`${folder}/undisturbed`)
      const asked = calm.exports().length

      let killed = 0
      let found = 0
      let neverMade = 0
      for (let i = 0; i < KILLS; i++) {
        const out = `${folder}/killed`
        yield* Effect.scoped(
          Effect.gen(function* () {
            const app = yield* emulate
            const { after, wasKilled } = yield* Processes.killWithin(run(app, out), duration)
            if (wasKilled) killed++
            const name = `kill ${i} after ${after} ms`
            const made = app.exports().length
            let { code, printed } = yield* finish(app, out)
            const answer = yield* answerTo(printed, app, `${out}/exports`)
            if (answer !== undefined) {
              if (answer.isMade) found++
              else neverMade++
              ;({ code, printed } = yield* finish(app, out, answer.env))
            }
            assert.include([0, 2], code, `${name}: ${printed}`)
            const { ["stream/manifest.json"]: __, ...sums } = yield* Processes.digest(out)
            assert.deepStrictEqual(sums, expected, name)
            assert.isAtLeast(app.exports().length, made, name)
            assert.deepStrictEqual(app.doubleExports(), [], name)
            assert.strictEqual(app.exports().length, asked, name)
          })
        )
        yield* fs.remove(out, { recursive: true })
      }
      yield* Console.log(
        `${killed} of ${KILLS} killed within ${Math.round(duration)} ms; ${found + neverMade} responses were lost, for ${found} of them the export was made`
      )
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)

import { Ledger, Report } from "@chatferry/core"
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect, FileSystem, Schema } from "effect"
import * as Processes from "../processes.ts"

const KILLS = 50

const readReport = Schema.decodeUnknownEffect(Schema.fromJsonString(Report.Report))

// Without failed exports: which half contains a record would depend on the order of requests.
const faults = {
  rateLimited: 0.05,
  serverError: 0.05,
  cutBody: 0.05,
  truncatedZip: 0.05,
  lostResponse: 0.1,
  lostExport: 0.05,
  expiredLink: 0.05
}

it.live(
  "fifty kills during exports over the API all end in the bytes of an undisturbed run, and no export is made twice",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const emulate = SendbirdEmulator.start({
        data: {
          seed: 9,
          messages: 1500,
          windows: 12,
          features: { recentChannels: 1, apiOnlyReactions: 0.3 }
        },
        faults,
        slowMillis: 20
      })
      const run = (emulator: SendbirdEmulator.Emulator, out: string) =>
        Processes.spawn(
          "apiMigrate.program.ts",
          [emulator.baseUrl, emulator.applicationId, String(emulator.from), String(emulator.to), out],
          { env: { SENDBIRD_API_TOKEN: emulator.apiToken } }
        )
      const finish = (emulator: SendbirdEmulator.Emulator, out: string) =>
        Effect.scoped(Effect.flatMap(run(emulator, out), (child) => Effect.map(child.exitCode, Number)))

      const startedAt = performance.now()
      const calm = yield* emulate
      assert.include([0, 2], yield* finish(calm, `${folder}/undisturbed`))
      const duration = performance.now() - startedAt
      const expected = yield* Processes.digest(`${folder}/undisturbed`)
      assert.include(Object.keys(expected), "stream/import.jsonl")

      let killed = 0
      let resumed = 0
      for (let i = 0; i < KILLS; i++) {
        const out = `${folder}/killed`
        yield* Effect.scoped(
          Effect.gen(function* () {
            const emulator = yield* emulate
            const { after, wasKilled } = yield* Processes.killWithin(run(emulator, out), duration)
            if (wasKilled) killed++
            if (wasKilled && (yield* fs.exists(`${out}/state/api/checkpoint.json`))) resumed++
            const name = `kill ${i} after ${after} ms`
            assert.include([0, 2], yield* finish(emulator, out), name)
            assert.deepStrictEqual(yield* Processes.digest(out), expected, name)
            assert.deepStrictEqual(emulator.doubleRegistrations(), [], name)
            const report = yield* readReport(yield* fs.readFileString(`${out}/state/api/report.json`))
            for (const { ledger } of report.sinks) assert.deepStrictEqual(Ledger.imbalance(ledger), [])
          })
        )
        yield* fs.remove(out, { recursive: true })
      }
      yield* Console.log(
        `${killed} of ${KILLS} killed within ${Math.round(duration)} ms; ${resumed} resumed from a checkpoint`
      )
      assert.isAbove(resumed, KILLS / 10)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)

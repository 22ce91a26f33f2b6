import { Ledger, Report } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect, FileSystem, Schema } from "effect"
import * as Processes from "../processes.ts"

const KILLS = 100
// Imports are split: a kill may come during that, too.
const maxFileBytes = 1_000_000

const readReport = Schema.decodeUnknownEffect(Schema.fromJsonString(Report.Report))

it.live(
  "a hundred kills at random moments, of any number of threads, all end in the bytes of an undisturbed run",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const input = `${folder}/export`
      yield* SendbirdExport.writeZips(input, { seed: 7, messages: 8000, overlap: 0.1 })
      const startedAt = performance.now()
      assert.include([0, 2], yield* Processes.finish({ input, out: `${folder}/undisturbed`, maxFileBytes }))
      const duration = performance.now() - startedAt
      const expected = yield* Processes.digest(`${folder}/undisturbed`)
      assert.includeMembers(Object.keys(expected), [
        "stream-json/import-0002.json",
        "stream-jsonl/import-0002.jsonl"
      ])

      let resumed = 0
      for (let i = 0; i < KILLS; i++) {
        const out = `${folder}/killed`
        const { after, wasKilled } = yield* Processes.killWithin(
          // Also by threads, and resumed with another number of them.
          Processes.start({ input, out, maxFileBytes, threads: i % 4 }),
          duration
        )
        if (wasKilled && (yield* fs.exists(`${out}/state/migrate/checkpoint.json`))) resumed++
        assert.include(
          [0, 2],
          yield* Processes.finish({ input, out, maxFileBytes, threads: i % 3 }),
          `kill ${i} after ${after} ms`
        )
        assert.deepStrictEqual(yield* Processes.digest(out), expected, `kill ${i} after ${after} ms`)
        const report = yield* readReport(yield* fs.readFileString(`${out}/state/migrate/report.json`))
        assert.strictEqual(report.sinks.length, 3)
        for (const { ledger } of report.sinks) assert.deepStrictEqual(Ledger.imbalance(ledger), [])
        yield* fs.remove(out, { recursive: true })
      }
      yield* Console.log(
        `${KILLS} kills within ${Math.round(duration)} ms; ${resumed} runs resumed from a checkpoint`
      )
      assert.isAbove(resumed, KILLS / 10)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)

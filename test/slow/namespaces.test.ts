import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Processes from "../processes.ts"
import { container } from "./faults/containers.ts"
import * as Results from "./faults/results.ts"
import { isShort } from "./faults/sweep.ts"
import { FINISHES, namespaces, rounds } from "./faults/sweeps.ts"

it.live(
  "of two processes with id 1 in their containers, one gets the state folder and completes",
  () =>
    Effect.gen(function* () {
      if (container === undefined) return assert.fail("nobody may make namespaces here")
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const input = `${folder}/export`
      yield* SendbirdExport.writeZips(input, { seed: 3, messages: 2000 })
      const hold = `${folder}/hold`
      const calm: Processes.Job = {
        input,
        out: `${folder}/calm`,
        sinks: "ndjson",
        checkpointRecords: 500,
        hold
      }
      assert.include([0, 2], yield* Processes.finish(calm))
      const expected = yield* Processes.digest(calm.out)

      const job: Processes.Job = { ...calm, out: `${folder}/out`, within: container }
      for (const [number, round] of rounds.entries()) {
        yield* fs.writeFileString(hold, "")
        yield* Effect.scoped(
          Effect.gen(function* () {
            const first = yield* Processes.start(job)
            while (!(yield* fs.exists(`${job.out}/state/migrate/lock.owner`))) yield* Effect.sleep(10)
            const owner = yield* fs.readFileString(`${job.out}/state/migrate/lock.owner`)
            assert.include(owner, '"process":1,')
            const second = yield* Processes.ended(Processes.start(job))
            assert.strictEqual(second.code, 3, second.error)
            assert.match(second.error, /another process is running this migration \(process 1 on .+\)/u)
            yield* fs.remove(hold)
            if (round === FINISHES) assert.include([0, 2], Number(yield* first.exitCode))
            else yield* first.kill({ killSignal: "SIGKILL" })
          })
        )
        // After a kill, no manual cleanup is needed.
        assert.include([0, 2], yield* Processes.finish(job))
        assert.deepStrictEqual(yield* Processes.digest(job.out), expected, `round ${number + 1}`)
        yield* fs.remove(job.out, { recursive: true })
      }
      const table = Results.sum(rounds.map((row) => ({ row, outcome: "the second one fails, same bytes" })))
      yield* Results.save({ name: namespaces.name, seed: 1, isShort, cases: rounds.length, table })
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  900_000
)

import { SendbirdExport } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Processes from "../processes.ts"

/** As in a container: the process is number 1, and sees no other. */
const within = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]

it.live(
  "of two processes that are both number 1 in their container, one gets the state folder and finishes right",
  () =>
    Effect.gen(function* () {
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

      const job: Processes.Job = { ...calm, out: `${folder}/out`, within }
      for (let round = 0; round < 3; round++) {
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
            if (round % 2 === 0) assert.include([0, 2], Number(yield* first.exitCode))
            else yield* first.kill({ killSignal: "SIGKILL" })
          })
        )
        // After a kill nothing has to be cleaned up by hand.
        assert.include([0, 2], yield* Processes.finish(job))
        assert.deepStrictEqual(yield* Processes.digest(job.out), expected, `round ${round}`)
        yield* fs.remove(job.out, { recursive: true })
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  300_000
)

import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Processes from "./processes.ts"
import { isMany, property } from "./runs.ts"

/** Runs a migration until it has committed something, and kills it. */
const killed = (job: Processes.Job) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Processes.killOnce(Processes.start(job), fs.exists(`${job.out}/state/${job.id}/checkpoint.json`))
  )

it.live.each<"ndjson" | "stream-jsonl">(isMany ? ["ndjson", "stream-jsonl"] : ["stream-jsonl"])(
  "a migration does not touch the unfinished %s output of another one, which resumes with its own bytes",
  (sinks) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const [ours, theirs] = [`${folder}/ours`, `${folder}/theirs`]
      yield* SendbirdExport.writeZips(ours, { seed: 1, messages: 3000 })
      yield* SendbirdExport.writeZips(theirs, { seed: 2, messages: 3000 })
      const calm = { input: ours, out: `${folder}/calm`, sinks, checkpointRecords: 200, id: "ours" }
      assert.include([0, 2], yield* Processes.finish(calm))

      const job = { ...calm, out: `${folder}/out` }
      yield* killed(job)
      const other = yield* Processes.ended(Processes.start({ ...job, input: theirs, id: "theirs" }))
      assert.strictEqual(other.code, 1, other.error)
      assert.match(
        other.error,
        /holds the unfinished output of migration ours, run .+; this is migration theirs/u
      )
      assert.include(
        other.error,
        "If that migration is running, wait until it ends; if not, run it again to finish it."
      )

      assert.include([0, 2], yield* Processes.finish(job))
      const names = (sums: Record<string, string>) =>
        Object.fromEntries(Object.entries(sums).filter(([name]) => !name.startsWith("state/theirs")))
      assert.deepStrictEqual(names(yield* Processes.digest(job.out)), yield* Processes.digest(calm.out))

      const after = yield* Processes.ended(Processes.start({ ...job, input: theirs, id: "theirs" }))
      assert.strictEqual(after.code, 1)
      assert.include(after.error, "already holds the result of the finished migration ours")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  property
)

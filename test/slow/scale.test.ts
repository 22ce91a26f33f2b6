import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, Console, Effect, FileSystem } from "effect"
import * as Processes from "../processes.ts"

/** MESSAGES=10000000 requests more. */
const messages = Config.Int("MESSAGES").pipe(Config.withDefault(2_000_000))

const MEGABYTE = 1024 * 1024

const MOST = 300 * MEGABYTE

const runs = [
  { name: "with Node's own limits", node: [] },
  { name: "with a heap of 128 MB", node: ["--max-old-space-size=128"] }
]

it.live(
  "two million messages become a Stream import in less than 300 MB, even with a heap of 128 MB",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const input = `${folder}/export`
      const { truth } = yield* SendbirdExport.writeZips(input, { seed: 11, messages: yield* messages })
      yield* Console.log(`wrote ${truth.distinct.message} messages`)
      const sums: Array<Record<string, string>> = []
      for (const { name, node } of runs) {
        const out = `${folder}/out`
        const startedAt = performance.now()
        const { code, peakBytes } = yield* Processes.measure({
          input,
          out,
          checkpointRecords: 50_000,
          node,
          sinks: "stream-jsonl"
        })
        const seconds = (performance.now() - startedAt) / 1000
        yield* Console.log(
          `${name}: ${seconds.toFixed(1)} s, peak RSS ${Math.round(peakBytes / MEGABYTE)} MB`
        )
        assert.include([0, 2], code)
        assert.isBelow(peakBytes, MOST, name)
        sums.push(yield* Processes.digest(out))
        yield* fs.remove(out, { recursive: true })
      }
      assert.deepStrictEqual(sums[1], sums[0])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)

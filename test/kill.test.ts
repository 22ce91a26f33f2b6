import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Processes from "./processes.ts"

// A few kills at critical moments; `test:kill` makes a hundred at random ones.
const moments = [
  { name: "at the first checkpoint", file: "state/migrate/checkpoint.json" },
  { name: "while the import file is assembled", file: "stream-jsonl/import.jsonl.part" },
  { name: "when the first output has been published", file: "stream-jsonl/manifest.json" }
]

it.layer(NodeServices.layer)("a migration that is killed with SIGKILL", (it) => {
  it.effect("gives the same bytes after it is run again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const input = `${folder}/export`
      yield* SendbirdExport.writeZips(input, { seed: 3, messages: 2000, overlap: 0.1 })
      assert.include([0, 2], yield* Processes.finish({ input, out: `${folder}/undisturbed` }))
      const expected = yield* Processes.digest(`${folder}/undisturbed`)
      for (const [i, { file, name }] of moments.entries()) {
        const out = `${folder}/killed-${i}`
        yield* Processes.killBefore(
          Processes.killOnce(
            Processes.start({ input, out, checkpointRecords: 500 }),
            fs.exists(`${out}/${file}`)
          ),
          out,
          fs.exists(`${out}/ndjson/manifest.json`)
        )
        assert.include([0, 2], yield* Processes.finish({ input, out, checkpointRecords: 500 }))
        assert.deepStrictEqual(yield* Processes.digest(out), expected, name)
      }
    })
  )

  it.effect("commits on SIGINT, exits 130 and says how to resume", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const [input, out] = [`${folder}/export`, `${folder}/out`]
      yield* SendbirdExport.writeZips(input, { seed: 3, messages: 4000 })
      const code = yield* Effect.scoped(
        Effect.gen(function* () {
          const child = yield* Processes.start({ input, out, checkpointRecords: 500 })
          yield* Processes.until(fs.exists(`${out}/state/migrate/checkpoint.json`))
          yield* child.kill({ killSignal: "SIGINT" })
          return Number(yield* child.exitCode)
        })
      )
      assert.strictEqual(code, 130)
      assert.include([0, 2], yield* Processes.finish({ input, out, checkpointRecords: 500 }))
    })
  )
})

import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, Console, Effect, FileSystem, Schema } from "effect"
import * as Processes from "../processes.ts"

/** About 1.2 GB of import files. */
const messages = Config.Int("MESSAGES").pipe(Config.withDefault(3_200_000))

const MEGABYTE = 1024 * 1024
const MOST = 300 * MEGABYTE
const FILE = 300_000_000

const readManifest = Schema.decodeUnknownEffect(
  Schema.fromJsonString(
    Schema.Struct({ files: Schema.Array(Schema.Struct({ path: Schema.String, bytes: Schema.Int })) })
  )
)

it.live.each(["stream-json", "stream-jsonl"] as const)(
  "an import over the limit of a file becomes several valid files of %s in less than 300 MB of memory",
  (sinks) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const input = `${folder}/export`
      yield* SendbirdExport.writeZips(input, { seed: 13, messages: yield* messages })
      const out = `${folder}/out`
      const startedAt = performance.now()
      const { code, peakBytes, printed } = yield* Processes.measure({
        input,
        out,
        checkpointRecords: 50_000,
        sinks
      })
      const seconds = (performance.now() - startedAt) / 1000
      assert.include([0, 2], code, printed)
      const { files } = yield* readManifest(yield* fs.readFileString(`${out}/${sinks}/manifest.json`))
      const imports = files.filter(({ path }) => path.startsWith("import"))
      const bytes = imports.reduce((sum, file) => sum + file.bytes, 0)
      yield* Console.log(
        `${imports.length} files, ${Math.round(bytes / 1e6)} MB in ${seconds.toFixed(1)} s ` +
          `(${(bytes / 1e6 / seconds).toFixed(1)} MB/s), peak RSS ${Math.round(peakBytes / MEGABYTE)} MB`
      )
      assert.isAtLeast(imports.length, Math.ceil(bytes / FILE))
      for (const file of imports) assert.isAtMost(file.bytes, FILE)
      assert.isBelow(peakBytes, MOST)

      const checkedAt = performance.now()
      const result = yield* StreamImportValidator.validate({
        files: imports.map(({ path }) => `${out}/${sinks}/${path}`),
        stageDirectory: `${folder}/check`
      })
      const checking = (performance.now() - checkedAt) / 1000
      yield* Console.log(`checked in ${checking.toFixed(1)} s (${(bytes / 1e6 / checking).toFixed(1)} MB/s)`)
      assert.isTrue(result.isValid)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)

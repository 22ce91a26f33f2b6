import { type Entity, Migration, Source } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { base, message, user } from "../../../test/entities.ts"

const run = (folder: string, entities: ReadonlyArray<Entity.Entity>, corrections?: string) =>
  Migration.run({
    id: "chat",
    source: Source.fromEntities("entities", entities),
    sink: StreamImportSink.make({ directory: `${folder}/out`, dialect: "jsonl", unknownChannel: "reject" }),
    stateDirectory: `${folder}/state`,
    policy: { errorBudget: { percent: 100 } },
    corrections
  })

const imported = (folder: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(`${folder}/out/import.jsonl`))

it.layer(NodeServices.layer)("a reject of StreamImportSink", (it) => {
  it.effect("can be corrected by a transform, also in records that are merged", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [wrong, right] = [yield* fs.makeTempDirectoryScoped(), yield* fs.makeTempDirectoryScoped()]
      // The same message twice: its line has the fields of both records.
      const all = (channelId: string) => [
        ...base,
        user("bob", { name: "Bob" }),
        message("m1", { channelId, text: "before", observedAt: "2024-02-01T00:00:00Z" }),
        message("m2"),
        message("m1", { channelId, text: "after", observedAt: "2024-02-02T00:00:00Z" })
      ]
      const expected = yield* run(right, all("general"))
      const { rejected, rejects } = yield* run(wrong, all("nowhere"))
      assert.strictEqual(rejected, 1)
      const copy = `${wrong}/corrected.ndjson`
      const lines = yield* fs.readFileString(rejects)
      yield* fs.writeFileString(copy, lines.replaceAll('"channelId":"nowhere"', '"channelId":"general"'))
      const report = yield* run(wrong, all("nowhere"), copy)
      assert.strictEqual(report.rejected, 0)
      assert.strictEqual(yield* imported(wrong), yield* imported(right))
      assert.deepStrictEqual(report.sinks[0]?.ledger.kinds, expected.sinks[0]?.ledger.kinds)
    })
  )

  it.effect("is counted again if it is still invalid", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const all = [...base, message("m1", { channelId: "nowhere" }), message("m2", { channelId: "nowhere" })]
      const { rejects } = yield* run(folder, all)
      const copy = `${folder}/corrected.ndjson`
      const [first = "", second = ""] = (yield* fs.readFileString(rejects)).split("\n")
      yield* fs.writeFileString(
        copy,
        `${first.replace("nowhere", "elsewhere")}\n${second.replace("nowhere", "general")}\n`
      )
      const report = yield* run(folder, all, copy)
      assert.strictEqual(report.rejected, 1)
      assert.deepInclude(report.sinks[0]?.ledger.notes, { corrected: 2, still_wrong: 1 })
    })
  )

  it.effect("is rejected if the correction is not an entity", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const all = [...base, message("m1", { channelId: "nowhere" })]
      const { rejects } = yield* run(folder, all)
      const copy = `${folder}/corrected.ndjson`
      const lines = yield* fs.readFileString(rejects)
      for (const [from, to, says] of [
        ['"channelId":"nowhere"', '"channelId":""', /line 1: its original is not an entity \(channelId/u],
        [
          '"_tag":"message"',
          '"_tag":"user"',
          /line 1: its original is (?:a user and was a message|not an entity)/u
        ]
      ] as const) {
        yield* fs.writeFileString(copy, lines.replace(from, to))
        const { message } = yield* Effect.flip(run(folder, all, copy))
        assert.match(message, says)
      }
    })
  )
})

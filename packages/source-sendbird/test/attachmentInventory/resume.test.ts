// What the sink contract does not reach: trouble in the middle of a list, and in the stage.
import { Ledger, type Sink } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem, Option } from "effect"
import { entriesOf, message, PROTECTED } from "./harness.ts"

const completion: Sink.Completion = {
  migrationId: "test",
  source: "test",
  fingerprint: "test",
  ledger: Ledger.empty
}

const open = (
  folder: string,
  receipt: Option.Option<Sink.Receipt>,
  progress: Sink.Context["progress"] = () => Effect.void
) =>
  AttachmentInventory.sink({ directory: `${folder}/out` }).open({
    migrationId: "test",
    runId: "test-run",
    receipt,
    stateDirectory: `${folder}/state`,
    reject: () => Effect.void,
    progress
  })

const DAMAGED = "StagedDataDamaged"

const files = Array.from({ length: 30 }, () => PROTECTED)

it.layer(NodeServices.layer)("an inventory that is disturbed", (it) => {
  it.effect("is finished by the same writer after it was interrupted in the middle of its list", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      let calls = 0
      const writer = yield* open(folder, Option.none(), () =>
        ++calls === 2 ? Effect.interrupt : Effect.void
      )
      yield* writer.write(Array.from({ length: 100 }, (_, i) => message(`m${i}`, files)))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(writer.finish(completion))))
      assert.isFalse(yield* fs.exists(`${folder}/out/attachments.ndjson`))
      yield* writer.finish(completion)
      const text = yield* fs.readFileString(`${folder}/out/attachments.ndjson`)
      assert.strictEqual(entriesOf(text).length, 3000)
    }).pipe(Effect.scoped)
  )

  it.effect("is refused when another file lies where its stage was", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const receipt = yield* Effect.flatMap(open(folder, Option.none()), ({ flush }) => flush).pipe(
        Effect.scoped
      )
      const stage = `${folder}/state/attachments.db`
      yield* fs.writeFileString(stage, "")
      const empty = yield* Effect.flip(Effect.scoped(open(folder, Option.some(receipt))))
      yield* fs.writeFileString(stage, "no database".repeat(1000))
      const foreign = yield* Effect.flip(Effect.scoped(open(folder, Option.some(receipt))))
      assert.deepStrictEqual([empty.reason._tag, foreign.reason._tag], [DAMAGED, DAMAGED])
      assert.include(empty.message, stage)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "keeps its stage from the eyes of others, and refuses a folder that another sink writes into",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* fs.makeTempDirectoryScoped()
        const writer = yield* open(folder, Option.none())
        yield* writer.write([message("m", files)])
        yield* writer.flush
        assert.strictEqual((yield* fs.stat(`${folder}/state/attachments.db`)).mode & 0o777, 0o600)
        const error = yield* Effect.flip(open(folder, Option.none()))
        assert.strictEqual(error.reason._tag, "Conflict")
      }).pipe(Effect.scoped)
  )
})

// Cases that the sink contract does not cover: interruptions in the middle of a list, and a damaged stage.
import type { Sink } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem, Option } from "effect"
import { entriesOf, message, PROTECTED } from "./harness.ts"

const open = (
  folder: string,
  receipt: Option.Option<Sink.Receipt>,
  progress: Sink.Context["progress"] = () => Effect.void
) =>
  SinkHarness.open(AttachmentInventory.sink({ directory: `${folder}/out` }), `${folder}/state`, {
    receipt,
    progress
  })

const DAMAGED = "StagedDataDamaged"

const files = Array.from({ length: 30 }, () => PROTECTED)

it.layer(NodeServices.layer)("an interrupted inventory", (it) => {
  it.effect("finishes after an interruption in the middle of its list", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      let calls = 0
      const receipt = yield* Effect.scoped(
        Effect.gen(function* () {
          const session = yield* open(folder, Option.none(), () =>
            ++calls === 2 ? Effect.interrupt : Effect.void
          )
          yield* session.write(Array.from({ length: 100 }, (_, i) => message(`m${i}`, files)))
          const committed = yield* session.commit
          assert.isTrue(Exit.isFailure(yield* Effect.exit(SinkHarness.finish(session))))
          return committed
        })
      )
      assert.isFalse(yield* fs.exists(`${folder}/out/attachments.ndjson`))
      yield* SinkHarness.finish(yield* open(folder, Option.some(receipt)))
      const text = yield* fs.readFileString(`${folder}/out/attachments.ndjson`)
      assert.strictEqual(entriesOf(text).length, 3000)
    }).pipe(Effect.scoped)
  )

  it.effect("fails if another file is in the place of its stage", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const receipt = yield* Effect.flatMap(open(folder, Option.none()), ({ commit }) => commit).pipe(
        Effect.scoped
      )
      const stage = `${folder}/state/list/attachments.db`
      yield* fs.writeFileString(stage, "")
      const empty = yield* Effect.flip(Effect.scoped(open(folder, Option.some(receipt))))
      yield* fs.writeFileString(stage, "no database".repeat(1000))
      const foreign = yield* Effect.flip(Effect.scoped(open(folder, Option.some(receipt))))
      assert.deepStrictEqual([empty.reason._tag, foreign.reason._tag], [DAMAGED, DAMAGED])
      assert.include(empty.message, stage)
    }).pipe(Effect.scoped)
  )

  it.effect("hides its stage from other users, and rejects a folder of another sink", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const session = yield* open(folder, Option.none())
      yield* session.write([message("m", files)])
      yield* session.commit
      assert.strictEqual((yield* fs.stat(`${folder}/state/list/attachments.db`)).mode & 0o777, 0o600)
      const error = yield* Effect.flip(open(folder, Option.none()))
      assert.strictEqual(error.reason._tag, "Conflict")
    }).pipe(Effect.scoped)
  )
})

/** Fields that a sink does not hold. */
import { type Entity, Ids, Migration, Sink, Source, Timestamp } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, expectTypeOf, it } from "@effect/vitest"
import { Effect, FileSystem, type Path } from "effect"
import { folders } from "./inputs.ts"
import * as LinesSink from "./LinesSink.ts"

const message = (n: number): Entity.Entity<"message"> => ({
  _tag: "message",
  id: Ids.MessageId.make(`m${n}`),
  channelId: Ids.ChannelId.make("c"),
  type: "regular",
  createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z"),
  text: "hello",
  isSilent: n === 1,
  mentionedUserIds: [],
  attachments: [
    { type: "image", url: "https://x/1", thumbnailUrl: "https://x/2" },
    { type: "image", url: "https://x/3", name: "a", thumbnailUrl: "https://x/4" }
  ],
  custom: { x: { a: 1 } }
})
const user: Entity.Entity<"user"> = { _tag: "user", id: Ids.UserId.make("u"), name: "Ada" }

const fields: Sink.Fields = {
  message: ["id", "channelId", "type", "createdAt", "isSilent", "attachments.type", "attachments.url"],
  user: ["id"]
}

const EXPECTED = {
  "field_unsupported.message.attachments.name": 4,
  "field_unsupported.message.attachments.thumbnailUrl": 4,
  "field_unsupported.message.custom": 4,
  "field_unsupported.message.text": 4,
  "field_unsupported.user.name": 1
}

it.layer(NodeServices.layer)("fields that a sink does not hold", (it) => {
  const records = [user, ...Array.from({ length: 4 }, (_, n) => message(n))]
  const runInto = (
    here: Effect.Success<typeof folders>,
    sink: Sink.Sink<FileSystem.FileSystem | Path.Path>,
    write?: number
  ) =>
    Migration.run({
      id: "test",
      source: Source.fromEntities("memory", records),
      sink,
      stateDirectory: here.state,
      policy: { checkpointRecords: write ?? 1 }
    })

  it.effect("are counted once per record, and empty values are not", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const fs = yield* FileSystem.FileSystem
      const report = yield* runInto(here, { ...LinesSink.make(here.out), fields })
      assert.deepStrictEqual(report.sinks[0]?.ledger.notes, EXPECTED)
      const found = report.sinks[0]?.consequences.find(({ code }) => code.endsWith("message.text"))
      assert.deepStrictEqual(
        [found?.effect, found?.count, found?.says],
        ["lost", 4, "records with the field message.text, which the sink cannot hold"]
      )
      const manifest = JSON.parse(yield* fs.readFileString(`${here.out}/manifest.json`)) as {
        readonly ledger: { readonly notes: unknown }
      }
      assert.deepStrictEqual(manifest.ledger.notes, EXPECTED)
    })
  )

  it.effect("are counted the same after a stop", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const stop = { onFinish: Effect.fail(LinesSink.crash) }
      yield* Effect.exit(runInto(here, { ...LinesSink.make(here.out, stop), fields }))
      const report = yield* runInto(here, { ...LinesSink.make(here.out), fields })
      assert.deepStrictEqual(report.sinks[0]?.ledger.notes, EXPECTED)
    })
  )

  it.effect("are counted for the sink that does not hold them", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const some = { ...LinesSink.make(`${here.out}/some`, {}, "some"), fields }
      const all = LinesSink.make(`${here.out}/all`, {}, "all")
      const both = Sink.tee([some, all])
      assert.strictEqual(both.fields.message, "all")
      const report = yield* runInto(here, both)
      assert.deepStrictEqual(
        report.sinks.map(({ ledger }) => ledger.notes),
        [EXPECTED, {}]
      )
    })
  )

  it("are named by paths that the model has", () => {
    expectTypeOf<"attachments.url">().toExtend<Sink.Field<"message">>()
    expectTypeOf<"custom">().toExtend<Sink.Field<"user">>()
    expectTypeOf<"attachments.colour">().not.toExtend<Sink.Field<"message">>()
    expectTypeOf<"_tag">().not.toExtend<Sink.Field<"message">>()
  })
})

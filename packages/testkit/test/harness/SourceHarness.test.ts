import { type Entity, Ids, Source } from "@chatferry/core"
import { Contract, SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Stream } from "effect"

const user: Entity.Entity = { _tag: "user", id: Ids.UserId.make("u") }
const channel: Entity.Entity = { _tag: "channel", id: Ids.ChannelId.make("c"), form: "group" }

it.layer(NodeServices.layer)("Reading", (it) => {
  it.effect("writes files to a new folder, which is removed with the scope", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* Effect.scoped(
        Effect.gen(function* () {
          const at = yield* SourceHarness.folderOf({
            "a/b.json": { c: [1] },
            "d.txt": "text",
            "e.bin": Uint8Array.of(0, 255)
          })
          assert.match(at, /\/export$/u)
          assert.strictEqual(yield* fs.readFileString(`${at}/a/b.json`), '{"c":[1]}')
          assert.strictEqual(yield* fs.readFileString(`${at}/d.txt`), "text")
          assert.deepStrictEqual(Array.from(yield* fs.readFile(`${at}/e.bin`)), [0, 255])
          return at
        })
      )
      assert.isFalse(yield* fs.exists(folder))
    })
  )

  it.effect("reads all partitions of a source in their order", () =>
    Effect.gen(function* () {
      const both = Source.concat(
        "both",
        [Source.fromEntities("a", [user, channel]), Source.fromEntities("b", [channel])],
        { ids: "shared" }
      )
      const counted = SourceHarness.changed(both, ({ read }) => ({
        read: (partition, position) =>
          Stream.map(read(partition, position), (batch) => ({ ...batch, notes: { z: 1, a: 2 } }))
      }))
      const reading = yield* SourceHarness.readAll(counted)
      assert.deepStrictEqual(reading.records, [user, channel, channel])
      assert.deepStrictEqual(SourceHarness.ofKind(reading, "channel"), [channel, channel])
      assert.deepStrictEqual(reading.rejected, [])
      assert.deepStrictEqual(Object.entries(reading.notes), [
        ["a", 4],
        ["z", 2]
      ])
      assert.deepStrictEqual(SourceHarness.joined(reading.batches.slice(1)).records, [channel])
      assert.deepStrictEqual(SourceHarness.distinct(reading), { user: 1, channel: 1 })
    })
  )

  it.effect("reads the rest after completed partitions and a position", () =>
    Effect.gen(function* () {
      const source = Source.concat(
        "three",
        [
          Source.fromEntities("a", [user]),
          Source.fromEntities("b", [channel]),
          Source.fromEntities("c", [user])
        ],
        { ids: "shared" }
      )
      const { batches } = yield* SourceHarness.readAll(source)
      const rest = yield* SourceHarness.readAll(source, { done: 1 })
      assert.deepStrictEqual(rest.records, [channel, user])
      const position = batches[1]?.position
      assert.deepStrictEqual((yield* SourceHarness.readAll(source, { done: 1, position })).records, [user])
    })
  )

  it.effect("checks a rule by its name, and reports an unknown name", () =>
    Effect.gen(function* () {
      const broken = new Contract.ContractViolation({ rule: "b", expected: "x", actual: "y" })
      const rules: ReadonlyArray<Contract.Rule<never>> = [
        { name: "a", check: Effect.void },
        { name: "b", check: Effect.fail(broken) }
      ]
      yield* Contract.check(rules, "a")
      assert.strictEqual(yield* Effect.flip(Contract.check(rules, "b")), broken)
      const { message } = yield* Effect.flip(Contract.check(rules, "c"))
      assert.strictEqual(message, "c: expected a rule of this name, got none")
    })
  )
})

import { type Entity, Ledger, type SinkError } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { EntityGenerator, SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, type PlatformError, Schema, type Scope } from "effect"
import { base, channel, member, message, user } from "../../../test/entities.ts"
import { runs } from "../../../test/runs.ts"
import { type Config, makeRun, openRun, type Result, stateOf, write } from "./harness.ts"

type Entities = ReadonlyArray<Entity.Entity>

const ndjson = (lines: ReadonlyArray<unknown>) => lines.map((line) => `${JSON.stringify(line)}\n`).join("")

const withFile = <A>(
  content: string,
  use: (
    path: string
  ) => Effect.Effect<
    A,
    SinkError.SinkError | PlatformError.PlatformError,
    NodeServices.NodeServices | Scope.Scope
  >
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${yield* fs.makeTempDirectoryScoped()}/id-map.ndjson`
    yield* fs.writeFileString(path, content)
    return yield* use(path)
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

/** Writes entities with the id map of an earlier run. */
const after = (earlier: ReadonlyArray<unknown>, entities: Entities, config: Partial<Config> = {}) =>
  withFile(ndjson(earlier), (idMap) => write({ dialect: "jsonl", idMap, ...config }, entities))

const idsOf = ({ idMap }: Pick<Result, "idMap">, kind: string) =>
  Object.fromEntries(
    idMap.filter((line) => line["kind"] === kind).map((line) => [line["sourceId"], line["streamId"]])
  )

describe("an id map of an earlier run", () => {
  it.live.prop(
    "keeps every id, and becomes part of the new map",
    [Schema.Int],
    ([seed]) =>
      Effect.gen(function* () {
        const entities = EntityGenerator.make({ seed, records: 300, oddIds: 0.5 })
        const config = {
          dialect: "jsonl",
          distinctChannels: "member_ids",
          userIds: { other: "chosen" }
        } as const
        const first = yield* write(config, [...entities.slice(0, 200), user("other")])
        const second = yield* after(first.idMap, entities, {
          distinctChannels: "id",
          unknownChannel: "synthesise"
        })
        assert.deepStrictEqual(second.problems, [])
        assert.deepStrictEqual(Ledger.imbalance(second.ledger), [])
        const key = (line: Record<string, unknown>) => `${String(line["kind"])} ${String(line["sourceId"])}`
        const now = new Map(second.idMap.map((line) => [key(line), line]))
        assert.strictEqual(now.size, second.idMap.length)
        for (const line of first.idMap) assert.deepStrictEqual(now.get(key(line)), line)
      }),
    runs(3, 100)
  )

  it.live("changes nothing if it is the map of the same entities", () =>
    Effect.gen(function* () {
      const entities = EntityGenerator.make({ seed: 4, records: 400, oddIds: 0.5 })
      const first = yield* write({ dialect: "jsonl" }, entities)
      const second = yield* after(first.idMap, entities)
      assert.deepStrictEqual([second.file, second.idMap], [first.file, first.idMap])
    })
  )

  it.live("keeps ids that the rules would now give differently", () =>
    Effect.gen(function* () {
      const earlier = [
        { kind: "user", sourceId: "ada", streamId: "ada-was-renamed", rule: "override" },
        {
          kind: "channel",
          sourceId: "sendbird_group_channel_1",
          streamId: "1",
          rule: "stripped",
          type: "team"
        },
        { kind: "message", sourceId: "m1", streamId: "m1-old", rule: "hashed" }
      ]
      const result = yield* after(earlier, [
        user("ada"),
        channel("sendbird_group_channel_1", { createdById: "ada" }),
        channel("sendbird_open_channel_1", { createdById: "ada", form: "open" }),
        message("m1", { channelId: "sendbird_group_channel_1" }),
        message("m2", { channelId: "sendbird_group_channel_1", parentId: "m1", quotedMessageId: "m1" })
      ])
      assert.deepStrictEqual(result.problems, [])
      assert.strictEqual(result.of("user")[0]?.["id"], "ada-was-renamed")
      assert.deepInclude(result.of("channel")[0], { id: "1", type: "team", created_by: "ada-was-renamed" })
      assert.match(String(result.of("channel")[1]?.["id"]), /^1-[\da-f]{24}$/)
      assert.deepInclude(result.of("message")[1], { parent_id: "m1-old", quoted_message_id: "m1-old" })
      assert.strictEqual(result.ledger.notes["channel_type_kept"], 1)
      assert.deepStrictEqual(idsOf(result, "message"), { m1: "m1-old" })
    })
  )

  const pair = [
    user("ada"),
    user("bob"),
    channel("dm", { createdById: "ada", isDistinct: true }),
    member("dm", "ada"),
    member("dm", "bob"),
    message("1", { channelId: "dm" })
  ]
  const dm = (sourceId: string) => ({
    kind: "channel",
    sourceId,
    streamId: null,
    rule: "member_ids",
    type: "messaging",
    memberIds: ["ada", "bob"]
  })

  it.live("keeps distinct channels, and separates them from new channels with the same members", () =>
    Effect.gen(function* () {
      const again = yield* after([dm("dm")], pair)
      assert.deepStrictEqual(again.of("channel")[0]?.["member_ids"], ["ada", "bob"])
      const other = yield* after([dm("old")], pair, { distinctChannels: "member_ids" })
      assert.strictEqual(other.of("channel")[0]?.["id"], "dm")
      assert.strictEqual(other.ledger.notes["distinct_members_shared"], 1)
      const byId = yield* after(
        [{ kind: "channel", sourceId: "dm", streamId: "dm", rule: "same", type: "messaging" }],
        pair,
        { distinctChannels: "member_ids" }
      )
      assert.strictEqual(byId.of("channel")[0]?.["id"], "dm")
    })
  )

  it.live("rejects a distinct channel whose members have changed, with its records", () =>
    Effect.gen(function* () {
      const { ledger, problems, rejected } = yield* after([dm("dm")], [...pair, member("dm", "cleo")])
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(Ledger.imbalance(ledger), [])
      assert.deepStrictEqual(ledger.kinds.channel.rejected, { members_changed: 1 })
      assert.deepStrictEqual(ledger.kinds.message.rejected, { rejected_channel: 1 })
      assert.strictEqual(rejected.length, 5)
    })
  )

  const fails = (earlier: ReadonlyArray<unknown>, entities: Entities, config: Partial<Config> = {}) =>
    Effect.flip(after(earlier, entities, config))

  it.live.each([
    { name: "text", line: "hello" },
    { name: "another kind", line: { kind: "reaction", sourceId: "a", streamId: "a", rule: "same" } },
    {
      name: "an id that Stream does not accept",
      line: { kind: "user", sourceId: "a", streamId: "a b", rule: "same" }
    },
    { name: "a channel without type", line: { kind: "channel", sourceId: "a", streamId: "a", rule: "same" } },
    { name: "an unknown rule", line: { kind: "user", sourceId: "a", streamId: "a", rule: "x" } }
  ])("is rejected with $name in it, with the number of the line", ({ line }) =>
    Effect.gen(function* () {
      const error = yield* fails([{ kind: "user", sourceId: "b", streamId: "b", rule: "same" }, line], base)
      assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "InvalidConfig")
      assert.include(error.message, "line 2")
    })
  )

  it.live(
    "is rejected if two of its ids are equal, if userIds contradicts it, and if it does not exist",
    () =>
      Effect.gen(function* () {
        const ada = { kind: "user", sourceId: "ada", streamId: "ada", rule: "same" }
        const problems = [
          yield* fails([ada, { ...ada, sourceId: "bob" }], base),
          yield* fails([ada, ada], base),
          yield* fails([ada], base, { userIds: { ada: "eve" } }),
          yield* Effect.flip(write({ dialect: "jsonl", idMap: "/nowhere/id-map.ndjson" }, base))
        ]
        for (const error of problems)
          assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "InvalidConfig")
      })
  )

  it.live("makes the run fail if a new entity would get one of its ids", () =>
    Effect.gen(function* () {
      for (const [line, entities] of [
        [{ kind: "user", sourceId: "gone", streamId: "ada", rule: "override" }, [user("ada")]],
        [{ kind: "message", sourceId: "gone", streamId: "1", rule: "hashed" }, [...base, message("1")]]
      ] as const) {
        const error = yield* fails([line], entities)
        assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "Conflict")
        assert.include(error.message, "gone")
      }
      const apart = yield* after(
        [{ kind: "channel", sourceId: "gone", streamId: "general", rule: "same", type: "messaging" }],
        base
      )
      assert.match(String(apart.of("channel")[0]?.["id"]), /^general-[\da-f]{24}$/)
    })
  )

  it.live("must be the same for all threads of a run", () =>
    withFile(ndjson([{ kind: "user", sourceId: "ada", streamId: "eve", rule: "override" }]), (idMap) =>
      Effect.gen(function* () {
        const run = yield* makeRun({ dialect: "jsonl", idMap })
        const sink = StreamImportSink.make({ dialect: "jsonl", idMap, directory: `${run.root}/out` })
        const changed = `${run.root}/changed.ndjson`
        yield* (yield* FileSystem.FileSystem).writeFileString(changed, "")
        // A thread that reads the map after it has changed.
        const other = StreamImportSink.make({ dialect: "jsonl", idMap: changed, directory: run.root })
        const [phase] = [other.divide(1)].flat().flatMap(({ phases }) => phases)
        const divide = (buckets: number) =>
          Array.from([sink.divide(buckets)].flat(), (one) => ({
            name: sink.name,
            fields: sink.fields,
            ...one,
            phases: Array.from(one.phases, (own) => ({ ...own, makeRoute: phase?.makeRoute }))
          }))
        const session = yield* SinkHarness.open({ ...sink, divide }, stateOf(run))
        const error = yield* session.write(base).pipe(Effect.flip, Effect.orDie)
        assert.strictEqual(error.reason._tag, "InvalidConfig")
        assert.include(error.message, `${idMap} has changed while it was read`)
      })
    )
  )

  it.live("must be the same when a run resumes", () =>
    withFile(ndjson([{ kind: "user", sourceId: "ada", streamId: "eve", rule: "override" }]), (idMap) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const run = yield* makeRun({ dialect: "jsonl", idMap })
        const receipt = yield* Effect.scoped(
          Effect.flatMap(openRun(run), (session) => Effect.andThen(session.write(base), session.commit))
        )
        yield* Effect.scoped(
          Effect.flatMap(openRun(run, Option.some(receipt)), (session) => SinkHarness.finish(session))
        )
        yield* fs.writeFileString(idMap, "")
        const error = yield* Effect.scoped(openRun(run, Option.some(receipt))).pipe(Effect.flip, Effect.orDie)
        assert.strictEqual(error.reason._tag, "InvalidReceipt")
      })
    )
  )
})

import {
  Entity,
  type Exclusion,
  Ledger,
  MigrationError,
  type Progress,
  Sink,
  type Source,
  Transform
} from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Stream } from "effect"
import {
  asLines,
  channel,
  counted,
  dropped,
  type Folders,
  folders,
  linesOf,
  member,
  message,
  type Options,
  reaction,
  run as runWith,
  shuffled,
  sourceOf,
  taking,
  user
} from "./leftOut.ts"
import * as LinesSink from "./LinesSink.ts"

const onlySupport = Transform.channels("only-support", ({ type }) => type === "support")
const noBots = Transform.users("no-bots", ({ isBot }) => isBot !== true)

const kept: ReadonlyArray<Entity.Entity> = [
  user("ada"),
  channel("s", { type: "support" }),
  member("s", "ada"),
  message("s1", "s", { userId: "ada" }),
  reaction("s1", "ada", { channelId: "s" }),
  reaction("s1", "bob"),
  message("orphan", "nowhere"),
  member("nowhere", "ada"),
  reaction("unknown", "ada")
]
const gone: ReadonlyArray<Entity.Entity> = [
  channel("t", { type: "team" }),
  channel("t", { type: "team", name: "again", updatedAt: "2024-01-01T00:00:00Z" }),
  member("t", "ada"),
  message("t1", "t", { userId: "ada" }),
  reaction("t1", "ada", { channelId: "t" }),
  reaction("t1", "ada")
]
const COUNTS = { channel: 2, member: 1, message: 1, reaction: 2 }

const run = (at: Folders, entities: ReadonlyArray<Entity.Entity>, options: Partial<Options> = {}) =>
  runWith(at, entities, { transforms: [onlySupport], ...options })

describe("Transform.channels and Transform.users", () => {
  it.effect("return excluded records as exclusions, and everything else unchanged", () =>
    Effect.gen(function* () {
      const result = yield* onlySupport.apply([...gone, ...kept])
      assert.deepStrictEqual(result.records, [...gone.slice(2), ...kept])
      assert.deepStrictEqual(
        result.excluded,
        gone.slice(0, 2).map((entity) => ({ entity, reason: "only-support" }) as Exclusion.Exclusion)
      )
      const bots = yield* Transform.users("no-bots", () => false, { messages: "keep" }).apply([user("bot")])
      assert.deepStrictEqual(bots.excluded?.[0]?.policy, {
        messages: "keep",
        reactions: "drop",
        members: "drop",
        mentions: "drop"
      })
    })
  )

  it.effect("are followed by their ids through later transforms, however they are composed", () =>
    Effect.gen(function* () {
      const hash = Transform.hashIds({ key: Redacted.make("a key that is long enough") })
      const inner = Transform.compose("inner", [hash])
      const all = Transform.compose("all", [onlySupport, Transform.compose("more", [noBots, inner])])
      assert.deepStrictEqual(all.excludes, ["channel", "user"])
      const records = [channel("t"), user("bot", { isBot: true }), user("bot")]
      const { excluded = [], records: left } = yield* all.apply(records)
      assert.deepStrictEqual(
        excluded.map(({ entity }) => entity.id),
        ["t", left[0]?._tag === "user" ? left[0].id : ""]
      )
    })
  )

  it("have another fingerprint for another predicate, version, setting or policy", () => {
    const predicate = ({ isBot }: Entity.Entity<"user">) => isBot !== true
    const fingerprints = [
      noBots,
      Transform.users("no-bots", () => true),
      Transform.users("no-bots", predicate, { messages: "keep" }),
      Transform.users("no-bots", predicate, { version: 2 }),
      Transform.users("no-bots", predicate, { settings: { a: 1 } })
    ].map(({ fingerprint }) => JSON.stringify(fingerprint))
    assert.strictEqual(new Set(fingerprints).size, fingerprints.length)
  })
})

it.layer(NodeServices.layer)(
  "a migration that leaves channels out, into a sink that resolves nothing",
  (it) => {
    it.effect("writes the remaining records in any input order, and counts the others as dropped", () =>
      Effect.gen(function* () {
        for (let seed = 0; seed < 12; seed++) {
          const at = yield* folders
          const entities = seed === 0 ? [...gone, ...kept] : shuffled([...gone, ...kept], seed)
          const report = yield* run(at, entities, { batch: 1 + (seed % 5) })
          assert.strictEqual(report.status, "completed")
          assert.deepStrictEqual(yield* linesOf(at.out), asLines(kept), `order ${seed}`)
          const ledger = report.sinks[0]?.ledger
          assert.deepStrictEqual(dropped(ledger, "only-support"), COUNTS)
          assert.deepStrictEqual(Ledger.imbalance(ledger ?? Ledger.empty), [])
        }
      })
    )

    it.effect("lets the newest record of a channel decide", () =>
      Effect.gen(function* () {
        const older = channel("c", { type: "team", updatedAt: "2024-01-01T00:00:00Z" })
        const newer = channel("c", { type: "support", updatedAt: "2024-01-01T00:00:00.25Z" })
        const oldest = channel("c", { type: "support", updatedAt: "2023-01-01T00:00:00Z" })
        for (const records of [
          [oldest, older, newer, message("m", "c")],
          [message("m", "c"), newer, older, oldest]
        ]) {
          const [at, other] = [yield* folders, yield* folders]
          yield* run(at, records)
          assert.deepStrictEqual(yield* linesOf(at.out), asLines([oldest, newer, message("m", "c")]))
          const noSupport = Transform.channels("no-support", ({ type }) => type !== "support")
          yield* run(other, [...records, user("ada")], { transforms: [noSupport] })
          assert.deepStrictEqual(yield* linesOf(other.out), asLines([user("ada")]))
        }
      })
    )

    it.effect("reads a source only once if nothing can be left out or no sink needs to know it first", () =>
      Effect.gen(function* () {
        const [a, b, c, d] = [yield* folders, yield* folders, yield* folders, yield* folders]
        const all = [...gone, ...kept]
        const readsOf = (at: Folders, options: Partial<Options>) =>
          Effect.gen(function* () {
            const { reads, source } = counted(sourceOf(all))
            yield* run(at, all, { ...options, source })
            return reads()
          })
        assert.strictEqual(yield* readsOf(a, { transforms: [Transform.filter("all", () => true)] }), 1)
        assert.strictEqual(yield* readsOf(b, { sink: taking(b.out).sink }), 1)
        // Once more for channels, and once for messages, since a reaction does not say its channel.
        assert.strictEqual(yield* readsOf(c, {}), 3)
        const withChannel = all.filter((one) => one._tag !== "reaction" || one.channelId !== undefined)
        const { reads, source } = counted(sourceOf(withChannel))
        yield* run(d, withChannel, { source })
        assert.strictEqual(reads(), 2)
      })
    )

    it.effect("reports what it looks for", () =>
      Effect.gen(function* () {
        const steps = new Set<string>()
        const progress: Progress.Renderer = Stream.runForEach(({ step }) =>
          Effect.sync(() => steps.add(step))
        )
        yield* run(yield* folders, [...gone, ...kept], {
          progress,
          // Gives the renderer a turn after each batch.
          source: SourceHarness.changed(sourceOf([...gone, ...kept], 1), ({ read }) => ({
            read: (partition, position) => Stream.tap(read(partition, position), () => Effect.sleep(0))
          }))
        })
        assert.includeMembers(Array.from(steps), [
          "looking for channels to leave out",
          "looking for messages to leave out",
          "reading"
        ])
      })
    )

    it.effect(
      "makes the first pass once, however often it is stopped, and again only if the pass itself was stopped",
      () =>
        Effect.gen(function* () {
          const all = [...gone, ...kept].filter((one) => one._tag !== "reaction")
          const whole = yield* folders
          const report = yield* run(whole, all)
          for (let write = 1; write <= 3; write++) {
            const at = yield* folders
            const { reads, source } = counted(sourceOf(all))
            const hooks = {
              onWrite: (n: number) => (n === write ? Effect.fail(LinesSink.crash) : Effect.void)
            }
            assert.isTrue(Exit.isFailure(yield* Effect.exit(run(at, all, { hooks, source }))))
            const before = reads()
            assert.strictEqual(before, 2)
            const again = yield* run(at, all, { source })
            assert.isAtMost(reads() - before, 1)
            assert.deepStrictEqual(yield* linesOf(at.out), yield* linesOf(whole.out))
            assert.deepStrictEqual(again.sinks[0]?.ledger, report.sinks[0]?.ledger)
          }
          const at = yield* folders
          const broken = SourceHarness.changed(sourceOf(all), ({ read }) => ({
            read: (partition, position) =>
              Stream.concat(Stream.take(read(partition, position), 1), Stream.die("stop"))
          }))
          assert.isTrue(Exit.isFailure(yield* Effect.exit(run(at, all, { source: broken }))))
          const { reads, source } = counted(sourceOf(all))
          yield* run(at, all, { source })
          assert.strictEqual(reads(), 2)
          assert.deepStrictEqual(yield* linesOf(at.out), yield* linesOf(whole.out))
        })
    )

    it.effect("is rejected if a deciding record has changed since something was written", () =>
      Effect.gen(function* () {
        const partitions = (second: ReadonlyArray<Entity.Entity>): Source.Source => {
          const parts = { a: kept.slice(0, 6), b: second } as const
          return SourceHarness.changed(sourceOf([]), () => ({
            partitions: Effect.succeed(
              (["a", "b"] as const).map((id) => ({ id, fingerprint: JSON.stringify(parts[id]) }))
            ),
            read: ({ id }, position) =>
              SourceHarness.of(sourceOf(parts[id as "a" | "b"], 2)).read({ id, fingerprint: "" }, position)
          }))
        }
        const at = yield* folders
        const hooks = { onWrite: (n: number) => (n === 4 ? Effect.fail(LinesSink.crash) : Effect.void) }
        yield* Effect.exit(run(at, [], { hooks, source: partitions([message("late", "s")]) }))
        const changed = channel("s", { type: "team", updatedAt: "2025-01-01T00:00:00Z" })
        const error = yield* Effect.flip(run(at, [], { source: partitions([changed, message("late", "s")]) }))
        assert.instanceOf(error, MigrationError.MigrationError)
        assert.strictEqual(error.reason._tag, "CheckpointRejected")
        assert.include(error.message, "the records that the transforms leave out have changed")
        // Other changes of input that has not been read yet are accepted.
        yield* run(at, [], { source: partitions([message("later", "s")]) })
      })
    )

    it.effect("fails if a transform leaves out a kind that it does not announce", () =>
      Effect.gen(function* () {
        const { excludes: _excludes, ...silent } = onlySupport
        const error = yield* Effect.flip(run(yield* folders, gone, { transforms: [silent] }))
        assert.include(error.message, "only-support leaves out a channel, but does not announce it")
      })
    )

    it.effect("gives each sink of a tee what it needs", () =>
      Effect.gen(function* () {
        const at = yield* folders
        const { exclusions, sink } = taking(`${at.out}/taking`)
        const all = [...gone, ...kept]
        const report = yield* run(at, all, { sink: Sink.tee([LinesSink.make(`${at.out}/lines`), sink]) })
        assert.deepStrictEqual(yield* linesOf(`${at.out}/lines`), asLines(kept))
        assert.deepStrictEqual(yield* linesOf(`${at.out}/taking`), asLines([...gone.slice(2), ...kept]))
        assert.deepStrictEqual(
          exclusions.map(({ entity }) => entity.id),
          ["t", "t"]
        )
        const [lines, other] = report.sinks
        assert.deepStrictEqual(dropped(lines?.ledger, "only-support"), COUNTS)
        assert.deepStrictEqual(dropped(other?.ledger, "only-support"), { channel: 2 })
      })
    )

    it.effect("does not use the error budget if nearly all channels are left out", () =>
      Effect.gen(function* () {
        const at = yield* folders
        const entities = Array.from({ length: 10_000 }, (_, i) => [
          message(`m${i}`, `c${i}`),
          channel(`c${i}`, { type: i % 1000 === 0 ? "support" : "team" })
        ]).flat()
        const report = yield* run(at, entities, { batch: 1000 })
        assert.strictEqual(report.status, "completed")
        assert.strictEqual((yield* linesOf(at.out)).length, 20)
        assert.deepStrictEqual(dropped(report.sinks[0]?.ledger, "only-support"), {
          channel: 9990,
          message: 9990
        })
      })
    )
  }
)

it.layer(NodeServices.layer)("a migration that leaves users out, into a sink that resolves nothing", (it) => {
  const bot = user("bot", { isBot: true })
  const others: ReadonlyArray<Entity.Entity> = [
    user("ada", { blockedUserIds: ["bot", "bob"], mutedUserIds: ["bot"] }),
    bot,
    channel("c", {
      createdById: "bot",
      bannedUserIds: ["bot", "bob"],
      isDistinct: true,
      distinctMemberIds: ["ada", "bot"]
    }),
    member("c", "bot"),
    member("c", "ada"),
    message("of", "c", { userId: "bot" }),
    message("to", "c", { mentionedUserIds: ["bot", "ada"], pinnedById: "bot", editedById: "bot" }),
    message("for", "c", { visibleToUserIds: ["bot"] }),
    reaction("of", "ada", { channelId: "c" }),
    reaction("for", "ada", { channelId: "c" }),
    reaction("to", "bot", { channelId: "c" })
  ]
  const always: ReadonlyArray<Entity.Entity> = [
    user("ada", { blockedUserIds: ["bob"] }),
    channel("c", { bannedUserIds: ["bob"] }),
    member("c", "ada"),
    message("to", "c", { mentionedUserIds: ["ada"] })
  ]

  it.effect("leaves out records that belong to them, and references to them in other records", () =>
    Effect.gen(function* () {
      for (let seed = 0; seed < 6; seed++) {
        const at = yield* folders
        const report = yield* run(at, shuffled(others, seed), { transforms: [noBots] })
        assert.deepStrictEqual(yield* linesOf(at.out), asLines(always))
        assert.deepStrictEqual(dropped(report.sinks[0]?.ledger, "no-bots"), {
          user: 1,
          member: 1,
          message: 2,
          reaction: 3
        })
      }
    })
  )

  it.effect.each([
    {
      keep: { messages: "keep" },
      more: [message("of", "c", { userId: "bot" }), reaction("of", "ada", { channelId: "c" })]
    },
    { keep: { reactions: "keep" }, more: [reaction("to", "bot", { channelId: "c" })] },
    {
      keep: { members: "keep" },
      more: [
        member("c", "bot"),
        channel("c", { bannedUserIds: ["bob"], isDistinct: true, distinctMemberIds: ["ada", "bot"] })
      ]
    },
    {
      keep: { mentions: "keep" },
      more: [
        message("to", "c", { mentionedUserIds: ["bot", "ada"] }),
        message("for", "c", { visibleToUserIds: ["bot"] }),
        reaction("for", "ada", { channelId: "c" })
      ]
    }
  ] as ReadonlyArray<{
    readonly keep: Partial<Exclusion.UserPolicy>
    readonly more: ReadonlyArray<Entity.Entity>
  }>)("keeps what the policy allows: $keep", ({ keep, more }) =>
    Effect.gen(function* () {
      const at = yield* folders
      yield* run(at, others, {
        transforms: [Transform.users("no-bots", ({ isBot }) => isBot !== true, keep)]
      })
      const replaced = new Set(more.map((one) => `${one._tag} ${Entity.key(one)}`))
      const expected = [...always.filter((one) => !replaced.has(`${one._tag} ${Entity.key(one)}`)), ...more]
      const parsed = (lines: ReadonlyArray<string>) => lines.map((line) => JSON.parse(line) as object)
      assert.sameDeepMembers(parsed(yield* linesOf(at.out)), parsed(asLines(expected)))
    })
  )
})

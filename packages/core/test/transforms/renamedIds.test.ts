import { Ids, MigrationError, Transform } from "@chatferry/core"
import { Checkpoint } from "@chatferry/core/run"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Redacted } from "effect"
import { all, channel, message, user } from "./entities.ts"
import { run, transformFailure } from "./run.ts"

it.layer(NodeServices.layer)("two ids that a function makes one", (it) => {
  const lower = () => Transform.renameIds({ user: (id) => id.toLowerCase() }, { name: "lower" })
  const message_ = `the users "Ada" and "ada" would both get the id "ada". Change the function so that each gets its own id; or, if they are the same person, join them with a table of old to new ids`

  it.effect("end the run with both, in one batch and in two", () =>
    Effect.gen(function* () {
      for (const between of [0, 3000]) {
        const others = Array.from({ length: between }, (_, i) => user(`u${i}`))
        const failed = yield* transformFailure([user("Ada"), ...others, user("ada")], [lower()])
        assert.include(failed, { transform: "lower", problem: message_ })
        assert.strictEqual(failed.location, `memory, record ${between + 2}`)
      }
    })
  )

  it.effect("end the run if one of them is only referred to", () =>
    Effect.gen(function* () {
      const failed = yield* transformFailure(
        [user("Ada"), { ...message, userId: Ids.UserId.make("ada") }],
        [Transform.renameIds({ user: (id) => id.toLowerCase() }, { name: "lower" })]
      )
      assert.strictEqual(failed.problem, message_)
    })
  )

  it.effect("end the run before anything is published if they are too far apart to be remembered", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const others = Array.from({ length: 80_000 }, (_, i) => user(`u${i}`))
      const failed = yield* transformFailure([user("Ada"), ...others, user("ada")], [lower()], root)
      assert.include(failed, { transform: "lower", problem: message_ })
      assert.isUndefined(failed.location)
      assert.isFalse(yield* fs.exists(`${root}/out/manifest.json`))
    })
  )

  it.effect("are found for channels and messages, and distinguished from each other", () =>
    Effect.gen(function* () {
      const cut = (id: string) => id.slice(0, 1)
      const channels = yield* transformFailure(
        [channel, { ...channel, id: Ids.ChannelId.make("c2") }],
        [Transform.renameIds({ channel: cut })]
      )
      assert.match(
        channels.problem,
        /^the channels "c1" and "c2" would both get the id "c"\. Change the function so that each gets its own id$/u
      )
      const messages = yield* transformFailure([message], [Transform.renameIds({ message: cut })])
      assert.match(messages.problem, /^the messages "m2" and "m1" would both get the id "m"/u)
      // A user and a channel may have the same id.
      yield* run(
        [user("x1"), { ...channel, id: Ids.ChannelId.make("x2"), createdById: Ids.UserId.make("x1") }].map(
          (one) =>
            one._tag === "channel" ? { _tag: "channel" as const, id: one.id, form: "open" as const } : one
        ),
        [Transform.renameIds({ user: cut, channel: cut })]
      )
    })
  )

  it.effect("are found among records left out on purpose", () =>
    Effect.gen(function* () {
      const exclude = Transform.make("exclude", (records) =>
        Effect.succeed({
          ...Transform.kept(records.slice(1)),
          excluded: [{ entity: channel, reason: "exclude" }]
        })
      )
      const kept = { ...channel, id: Ids.ChannelId.make("C1") }
      const failed = yield* transformFailure(
        [channel, kept],
        [exclude, Transform.renameIds({ channel: (id) => id.toLowerCase() })]
      )
      assert.match(failed.problem, /^the channels "c1" and "C1" would both get the id "c1"/u)
    })
  )

  it.effect("are distinguished however they are written", () =>
    Effect.gen(function* () {
      const failed = yield* transformFailure(
        [user("a\0x"), user("a\0y")],
        [Transform.renameIds({ user: (id) => id.slice(0, 2) })]
      )
      assert.notInclude(failed.message, "\0")
      yield* run(
        [user("a\0x"), user("a\0y"), user("\ud800"), user("\ud801")],
        [Transform.renameIds({ user: (id) => `${id}!` })]
      )
    })
  )

  it.effect("are found when the run was stopped between them and resumed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const entities = [user("Ada"), ...Array.from({ length: 1500 }, (_, i) => user(`u${i}`)), user("ada")]
      let isStopped = true
      const stop = Transform.make("stop", (records) =>
        isStopped && records.length < 1024 ? Effect.die("stopped") : Effect.succeed(Transform.kept(records))
      )
      assert.include(yield* transformFailure(entities, [lower(), stop], root), { transform: "stop" })
      const last = Option.getOrThrow(yield* Checkpoint.load(`${root}/state/test/checkpoint.json`))
      assert.strictEqual(last.renamedIds?.tables["renamed"]?.rows, 1024)
      isStopped = false
      assert.strictEqual((yield* transformFailure(entities, [lower(), stop], root)).problem, message_)
    })
  )

  it.effect("cannot be found if the renamed ids are missing, and the run says so", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const stop = Transform.make("stop", (records) =>
        records.length < 1024 ? Effect.die("stopped") : Effect.succeed(Transform.kept(records))
      )
      const entities = Array.from({ length: 1500 }, (_, i) => user(`u${i}`))
      yield* transformFailure(entities, [lower(), stop], root)
      yield* fs.remove(`${root}/state/test/renamed-ids.db`)
      const error = yield* Effect.flip(run(entities, [lower(), stop], root))
      assert.instanceOf(error, MigrationError.MigrationError)
      assert.strictEqual(error.reason._tag, "StagedDataDamaged")
      assert.include(
        error.message,
        `staged data is damaged: ${root}/state/test/renamed-ids.db is gone. This run cannot be resumed: remove `
      )
    })
  )

  it.effect("may become one in a table, and each of its ids that never occurs is counted", () =>
    Effect.gen(function* () {
      const merge = Transform.renameIds({
        user: { ada: "a", bob: "a", nobody: "n", other: "o" },
        message: (id) => `m-${id}`
      })
      const { ledger, records } = yield* run([user("ada"), user("bob"), user("ada"), message], [merge])
      assert.deepStrictEqual(
        records.slice(0, 3).map(({ id }) => id),
        ["a", "a", "a"]
      )
      assert.deepStrictEqual(ledger.notes, { rename_unused: 2 })
    })
  )

  it.effect("count ids that a table does not change, and ids of exclusions, as occurred", () =>
    Effect.gen(function* () {
      const exclude = Transform.make("exclude", (records) =>
        Effect.succeed({
          ...Transform.kept(records.slice(1)),
          excluded: [{ entity: channel, reason: "exclude" }]
        })
      )
      const rename = Transform.renameIds({ user: { ada: "ada" }, channel: { c1: "c2" } })
      const { renamed } = yield* Transform.compose("all", [exclude, rename]).apply([
        channel,
        user("ada"),
        user("bob")
      ])
      assert.deepStrictEqual(renamed, [
        { transform: "rename-ids", kind: "channel", from: "c1", to: "c2" },
        { transform: "rename-ids", kind: "user", from: "ada", to: "ada" }
      ])
      const { ledger } = yield* run([user("ada")], [Transform.renameIds({ user: { ada: "ada" } })])
      assert.deepStrictEqual(ledger.notes, {})
    })
  )

  it.effect("leave no file if no transform renames ids", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      yield* run(all, [Transform.hashIds({ key: Redacted.make("0123456789abcdef") })], root)
      assert.isFalse(yield* fs.exists(`${root}/state/test/renamed-ids.db`))
    })
  )
})

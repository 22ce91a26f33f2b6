import { Checkpoint, Entity, Ids, MigrationError, Transform } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Redacted } from "effect"
import { ada, all, channel, member, message, reaction, user, userIds, webhook } from "./entities.ts"
import { run, transformFailure } from "./run.ts"

const renamed = (transform: Transform.Transform, entities: ReadonlyArray<Entity.Entity> = all) =>
  Effect.map(transform.apply(entities), ({ records }): ReadonlyArray<unknown> => records)

it.layer(NodeServices.layer)("renameIds", (it) => {
  it.effect("changes every id of the model and whatever refers to it, and nothing else", () =>
    Effect.gen(function* () {
      const records = yield* renamed(
        Transform.renameIds({
          user: (id) => `u-${id}`,
          channel: (id) => `c-${id}`,
          message: (id) => `m-${id}`
        })
      )
      assert.deepStrictEqual(records, [
        {
          ...ada,
          id: "u-ada",
          blockedUserIds: ["u-bob"],
          mutedUserIds: ["u-bob", "u-eve"],
          mutedChannelIds: ["c-c1"],
          futureChannelBans: [{ byId: "u-bob", reason: "spam" }]
        },
        {
          ...channel,
          id: "c-c1",
          createdById: "u-ada",
          distinctMemberIds: ["u-ada", "u-bob"],
          bannedUserIds: ["u-eve"]
        },
        { ...member, channelId: "c-c1", userId: "u-ada" },
        {
          ...message,
          id: "m-m2",
          channelId: "c-c1",
          userId: "u-ada",
          parentId: "m-m1",
          quotedMessageId: "m-m1",
          mentionedUserIds: ["u-bob", "u-ada"],
          visibleToUserIds: ["u-bob"],
          pinnedById: "u-bob"
        },
        { ...reaction, messageId: "m-m2", channelId: "c-c1", userId: "u-ada" },
        webhook
      ])
    })
  )

  it.effect("knows every field of the model that holds an id", () =>
    Effect.gen(function* () {
      const fields = Entity.kinds.flatMap((kind) =>
        Object.keys(Entity.schemas[kind].fields)
          .filter((field) => /^id$|Ids?$/u.test(field))
          .map((field) => [kind, field] as const)
      )
      assert.isAbove(fields.length, 15)
      const changed = yield* renamed(
        Transform.renameIds({ user: (id) => `${id}!`, channel: (id) => `${id}!`, message: (id) => `${id}!` })
      )
      for (const [kind, field] of fields) {
        const at = Entity.kinds.indexOf(kind)
        if (kind === "failed_webhook") continue
        const [before, after] = [all, changed].map((records) => records[at] as Record<string, unknown>)
        assert.isDefined(before?.[field], `the test has no ${kind}.${field}`)
        assert.notDeepEqual(after?.[field], before?.[field], `${kind}.${field}`)
      }
    })
  )

  it.effect("changes what a table lists and leaves other ids, and records without one, as they are", () =>
    Effect.gen(function* () {
      for (const ids of [{ bob: "robert" }, new Map([["bob", "robert"]])]) {
        const records = yield* renamed(Transform.renameIds({ user: ids }))
        assert.deepStrictEqual(records[0], {
          ...ada,
          blockedUserIds: ["robert"],
          mutedUserIds: ["robert", "eve"],
          futureChannelBans: [{ byId: "robert", reason: "spam" }]
        })
        assert.strictEqual(records[2], member)
        assert.strictEqual(records[4], reaction)
      }
    })
  )

  it.effect("takes names of every object for ids like any other", () =>
    Effect.gen(function* () {
      const one = user("constructor", { blockedUserIds: userIds("__proto__") })
      const [same] = yield* renamed(Transform.renameIds({ user: { a: "b" } }), [one])
      assert.strictEqual(same, one)
      const table = JSON.parse('{"__proto__":"p"}') as Record<string, string>
      const [other] = yield* renamed(Transform.renameIds({ user: table }), [one])
      assert.deepStrictEqual(other, { ...one, blockedUserIds: ["p"] })
    })
  )

  it.effect.each([
    ["nothing", undefined, "got undefined"],
    ["an empty text", "", "got an empty text"],
    ["a promise", Promise.resolve("x"), "got a promise"]
  ] as const)("fails by its name when a function gives %s", ([, value, got]) =>
    Effect.gen(function* () {
      const broken = () => Transform.renameIds({ user: () => value as unknown as string }, { name: "mine" })
      const failed = yield* transformFailure(all, [broken()])
      assert.include(failed, { transform: "mine", kind: "user", key: "ada" })
      assert.strictEqual(
        failed.problem,
        `the new id of the user "ada" must be a text that is not empty, ${got}`
      )
    })
  )

  it.effect("sets a record aside whose new id cannot be made, where it says so", () =>
    Effect.gen(function* () {
      const onlyC = Transform.renameIds(
        {
          channel: (id) => {
            if (id !== "c1") throw new Error("unknown channel")
            return id
          }
        },
        { onThrow: "reject" }
      )
      const { records, rejects } = yield* run(
        [channel, { ...channel, id: Ids.ChannelId.make("c2") }],
        [onlyC]
      )
      assert.strictEqual(records.length, 1)
      assert.include(rejects[0], { code: "transform_failed", place: "channel c2 in record 2" })
    })
  )

  it.effect("renames the ids of what an earlier transform left out with all that belongs to it", () =>
    Effect.gen(function* () {
      const exclude = Transform.make("exclude", (records) =>
        Effect.succeed({
          ...Transform.kept(records.filter(({ _tag }) => _tag !== "channel")),
          excluded: [{ entity: channel, reason: "exclude" }]
        })
      )
      const rename = Transform.renameIds({ channel: { c1: "c9" }, user: (id) => `u-${id}` })
      const left: { readonly excluded?: ReadonlyArray<unknown> } = yield* Transform.compose("both", [
        exclude,
        rename
      ]).apply(all)
      assert.deepStrictEqual(left.excluded, [
        {
          reason: "exclude",
          entity: {
            ...channel,
            id: "c9",
            createdById: "u-ada",
            distinctMemberIds: ["u-ada", "u-bob"],
            bannedUserIds: ["u-eve"]
          }
        }
      ])
      const hash = Transform.hashIds({ key: Redacted.make("0123456789abcdef") })
      const hashed = yield* Transform.compose("both", [exclude, hash]).apply(all)
      assert.match(JSON.stringify(hashed.excluded), /"createdById":"[0-9a-f]{32}"/u)
    })
  )
})

it.layer(NodeServices.layer)("two ids that a function makes one", (it) => {
  const lower = () => Transform.renameIds({ user: (id) => id.toLowerCase() }, { name: "lower" })
  const message_ = `the users "Ada" and "ada" would both get the id "ada". Change the function so that each gets its own; or, if they are one person, join them by a table of old to new ids`

  it.effect("end the run with both, in one batch and in two", () =>
    Effect.gen(function* () {
      for (const between of [0, 3000]) {
        const others = Array.from({ length: between }, (_, i) => user(`u${i}`))
        const failed = yield* transformFailure([user("Ada"), ...others, user("ada")], [lower()])
        assert.include(failed, { transform: "lower", problem: message_ })
        assert.strictEqual(failed.place, `record ${between + 2}`)
      }
    })
  )

  it.effect("end it when one of them is only referred to", () =>
    Effect.gen(function* () {
      const failed = yield* transformFailure(
        [user("Ada"), { ...message, userId: Ids.UserId.make("ada") }],
        [Transform.renameIds({ user: (id) => id.toLowerCase() }, { name: "lower" })]
      )
      assert.strictEqual(failed.problem, message_)
    })
  )

  it.effect("end it before anything is published when they are too far apart to be remembered", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const others = Array.from({ length: 80_000 }, (_, i) => user(`u${i}`))
      const failed = yield* transformFailure([user("Ada"), ...others, user("ada")], [lower()], root)
      assert.include(failed, { transform: "lower", problem: message_ })
      assert.isUndefined(failed.place)
      assert.isFalse(yield* fs.exists(`${root}/out/manifest.json`))
    })
  )

  it.effect("are found for channels and messages, and told from each other", () =>
    Effect.gen(function* () {
      const cut = (id: string) => id.slice(0, 1)
      const channels = yield* transformFailure(
        [channel, { ...channel, id: Ids.ChannelId.make("c2") }],
        [Transform.renameIds({ channel: cut })]
      )
      assert.match(
        channels.problem,
        /^the channels "c1" and "c2" would both get the id "c"\. Change the function so that each gets its own$/u
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

  it.effect("are found among what was left out on purpose", () =>
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

  it.effect("are told apart however they are written", () =>
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
      assert.strictEqual(last.renamedIds, 1024)
      isStopped = false
      assert.strictEqual((yield* transformFailure(entities, [lower(), stop], root)).problem, message_)
    })
  )

  it.effect("cannot be told any more when what was renamed is gone, and the run says so", () =>
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
      assert.include(error.reason, { _tag: "CheckpointRefused", why: "damaged" })
      assert.include(
        error.message,
        "renamed ids are missing: there are 0, and at the last checkpoint there were 1024"
      )
    })
  )

  it.effect("are one on purpose in a table, and each id of it that never occurs is counted", () =>
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

  it.effect("count as occurred what a table keeps as it is, and what only an exclusion has", () =>
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

  it.effect("leave no file where no transform renames", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      yield* run(all, [Transform.hashIds({ key: Redacted.make("0123456789abcdef") })], root)
      assert.isFalse(yield* fs.exists(`${root}/state/test/renamed-ids.db`))
    })
  )
})

it.layer(NodeServices.layer)("people who are joined by a table", (it) => {
  const merge = () => Transform.renameIds({ user: { bob: "ada" } })

  it.effect("are in a list once, and neither block nor mute nor ban themselves", () =>
    Effect.gen(function* () {
      const one = user("bob", {
        blockedUserIds: userIds("ada", "eve"),
        mutedUserIds: userIds("ada"),
        futureChannelBans: [{ byId: Ids.UserId.make("ada") }, { byId: Ids.UserId.make("eve") }]
      })
      const other = user("eve", {
        blockedUserIds: userIds("ada", "bob"),
        futureChannelBans: [{ byId: Ids.UserId.make("bob") }]
      })
      const records: ReadonlyArray<unknown> = yield* renamed(merge(), [one, other, ada, channel, message])
      assert.deepStrictEqual(records[0], {
        ...one,
        id: "ada",
        blockedUserIds: ["eve"],
        mutedUserIds: [],
        futureChannelBans: [{ byId: "eve" }]
      })
      assert.deepStrictEqual(records[1], {
        ...other,
        blockedUserIds: ["ada"],
        futureChannelBans: [{ byId: "ada" }]
      })
      assert.deepStrictEqual(records[2], {
        ...ada,
        blockedUserIds: [],
        mutedUserIds: ["eve"],
        futureChannelBans: []
      })
      assert.deepStrictEqual(records[3], { ...channel, distinctMemberIds: ["ada"] })
      assert.deepStrictEqual(records[4], {
        ...message,
        mentionedUserIds: ["ada"],
        visibleToUserIds: ["ada"],
        pinnedById: "ada"
      })
    })
  )

  it.effect("keep what the source says twice, and of themselves, where nothing is joined", () =>
    Effect.gen(function* () {
      const odd = user("eve", { blockedUserIds: userIds("eve", "x", "x", "bob") })
      const [after] = yield* renamed(merge(), [odd])
      assert.deepStrictEqual(after, { ...odd, blockedUserIds: ["eve", "x", "x", "ada"] })
    })
  )
})

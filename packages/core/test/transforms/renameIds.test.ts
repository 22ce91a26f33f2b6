import { Entity, Ids, Transform } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { ada, all, channel, member, message, reaction, user, userIds, webhook } from "./entities.ts"
import { run, transformFailure } from "./run.ts"

const renamed = (transform: Transform.Transform, entities: ReadonlyArray<Entity.Entity> = all) =>
  Effect.map(transform.apply(entities), ({ records }): ReadonlyArray<unknown> => records)

it.layer(NodeServices.layer)("renameIds", (it) => {
  it.effect("changes every id of the model and all references to it, and nothing else", () =>
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
          pinnedById: "u-bob",
          editedById: "u-bob"
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

  it.effect("changes the ids in a table, but not other ids or records without one", () =>
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

  it.effect("treats names that every object inherits as ids like any other", () =>
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
  ] as const)("fails with its name if a function returns %s", ([, value, got]) =>
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

  it.effect("rejects a record whose new id cannot be made, if it says so", () =>
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
      assert.include(rejects[0], {
        code: "transform_failed",
        location: "channel c2, in the batch that ends at memory, record 2"
      })
    })
  )

  it.effect(
    "renames the ids of records that an earlier transform left out with everything that belongs to them",
    () =>
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

it.layer(NodeServices.layer)("users who are joined by a table", (it) => {
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
        pinnedById: "ada",
        editedById: "ada"
      })
    })
  )

  it.effect("keep duplicates and references to themselves from the source, if nothing is joined", () =>
    Effect.gen(function* () {
      const odd = user("eve", { blockedUserIds: userIds("eve", "x", "x", "bob") })
      const [after] = yield* renamed(merge(), [odd])
      assert.deepStrictEqual(after, { ...odd, blockedUserIds: ["eve", "x", "x", "ada"] })
    })
  )
})

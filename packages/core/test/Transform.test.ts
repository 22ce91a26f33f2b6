import { Consequence, type Entity, Ids, Timestamp, Transform } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"

const userId = Ids.UserId.make("ada@example.com")
const user: Entity.Entity<"user"> = { _tag: "user", id: userId, name: "Ada", blockedUserIds: [userId] }
const message: Entity.Entity<"message"> = {
  _tag: "message",
  id: Ids.MessageId.make("m1"),
  channelId: Ids.ChannelId.make("c1"),
  userId,
  mentionedUserIds: [userId],
  pinnedById: userId,
  type: "regular",
  text: "hello",
  createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
}
const channel: Entity.Entity<"channel"> = {
  _tag: "channel",
  id: Ids.ChannelId.make("c1"),
  form: "group",
  createdById: userId,
  bannedUserIds: [userId],
  distinctMemberIds: [userId]
}
const member: Entity.Entity<"member"> = { _tag: "member", channelId: Ids.ChannelId.make("c1"), userId }
const reaction: Entity.Entity<"reaction"> = {
  _tag: "reaction",
  messageId: Ids.MessageId.make("m1"),
  channelId: Ids.ChannelId.make("c1"),
  userId,
  type: "like"
}
const all: ReadonlyArray<Entity.Entity> = [user, channel, member, message, reaction]

describe("Transform", () => {
  it.effect("changes the entities of one kind and no others", () =>
    Effect.gen(function* () {
      const shout = Transform.mapKind("message", "shout", (one) => ({ ...one, text: "HELLO" }))
      const { records } = yield* shout.apply(all)
      assert.deepStrictEqual(records, [user, channel, member, { ...message, text: "HELLO" }, reaction])
    })
  )

  it.effect("drops what a filter does not keep, with its name as the reason", () =>
    Effect.gen(function* () {
      const result = yield* Transform.filter("no-members", ({ _tag }) => _tag !== "member").apply(all)
      assert.strictEqual(result.records.length, 4)
      assert.deepStrictEqual(result.dropped, [{ kind: "member", reason: "no-members" }])
    })
  )

  it("declares what its filters and rejections count, under their names and through compositions", () => {
    const transform = Transform.compose("both", [
      Transform.map("same", (entity) => entity),
      Transform.compose("inner", [Transform.filter("support", () => true)]),
      Transform.reject("no-text", () => undefined)
    ])
    const found = [
      Consequence.find(transform.consequences ?? [], "support", { outcome: "dropped" }),
      Consequence.find(transform.consequences ?? [], "no-text", { outcome: "rejected" })
    ]
    assert.deepStrictEqual(
      found.map((one) => [one?.effect, one?.says]),
      [
        ["left_out_on_purpose", 'records that the transform "support" leaves out'],
        ["lost", 'records that the transform "no-text" rejects']
      ]
    )
  })

  it.effect("rejects records with an issue, with the record and its location", () =>
    Effect.gen(function* () {
      const result = yield* Transform.reject("no-text", (one) =>
        one._tag === "message" ? "messages are not wanted" : undefined
      ).apply(all)
      assert.strictEqual(result.records.length, 4)
      assert.deepStrictEqual(result.rejected, [
        {
          kind: "message",
          code: "no-text",
          message: "messages are not wanted",
          location: "message m1",
          original: message
        }
      ])
    })
  )

  it.effect("removes redacted fields and no others", () =>
    Effect.gen(function* () {
      const { records } = yield* Transform.redact({ user: ["name"], message: ["text"] }).apply([
        user,
        message,
        member
      ])
      const { name: _name, ...userWithout } = user
      const { text: _text, ...messageWithout } = message
      assert.deepStrictEqual(records, [userWithout, messageWithout, member])
      // @ts-expect-error a message's id cannot be left out
      Transform.redact({ message: ["id"] })
    })
  )

  it.effect("hashes every reference to a user to the same new id", () =>
    Effect.gen(function* () {
      const { records } = yield* Transform.hashIds({ key: Redacted.make("a key of 16 chars") }).apply(all)
      const text = JSON.stringify(records)
      assert.notInclude(text, "ada@example.com")
      const ids = text.match(/[0-9a-f]{32}/gu) ?? []
      assert.strictEqual(ids.length, 10)
      assert.strictEqual(new Set(ids).size, 1)
      const again = yield* Transform.hashIds({ key: Redacted.make("another key of 16 chars") }).apply(all)
      assert.notInclude(JSON.stringify(again.records), String(ids[0]))
    })
  )

  it("does not reveal the key in its fingerprint", () => {
    const { fingerprint } = Transform.hashIds({ key: Redacted.make("secret-key") })
    assert.notInclude(JSON.stringify(fingerprint), "secret-key")
    assert.notDeepEqual(fingerprint, Transform.hashIds({ key: Redacted.make("another") }).fingerprint)
  })

  it.effect("adds up the records that composed transforms leave out", () =>
    Effect.gen(function* () {
      const both = Transform.compose("both", [
        Transform.filter("no-members", ({ _tag }) => _tag !== "member"),
        Transform.reject("no-users", ({ _tag }) => (_tag === "user" ? "no users" : undefined))
      ])
      const { dropped, records, rejected } = yield* both.apply(all)
      assert.deepStrictEqual([records.length, dropped.length, rejected.length], [3, 1, 1])
    })
  )
})

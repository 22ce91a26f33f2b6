import { type Entity, Transform } from "@chatferry/core"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Effect } from "effect"
import { ada, all, channel, member, message, reaction, webhook } from "./entities.ts"

const redacted = (fields: Transform.Redactions, records: ReadonlyArray<Entity.Entity> = all) =>
  Effect.map(Transform.redact(fields).apply(records), ({ records }) => records as ReadonlyArray<unknown>)

const { name: _name, ...nameless } = ada

describe("redact", () => {
  it.effect("removes a user's name and picture from the snapshots in messages and members too", () =>
    Effect.gen(function* () {
      const { userSnapshot: _, ...unsigned } = message
      assert.deepStrictEqual(yield* redacted({ user: ["name"] }), [
        nameless,
        channel,
        { ...member, userSnapshot: { imageUrl: "https://example.com/ada.png" } },
        unsigned,
        reaction,
        webhook
      ])
      assert.notInclude(JSON.stringify(yield* redacted({ user: ["name"] })), "Ada")
      const { userSnapshot: __, ...unseen } = member
      assert.deepStrictEqual((yield* redacted({ user: ["imageUrl", "name"] }))[2], unseen)
      const robot = { ...member, userSnapshot: { isBot: true } }
      assert.deepStrictEqual(yield* redacted({ user: ["isBot"] }, [robot]), [unseen])
    })
  )

  it.effect("removes identifying fields by name", () =>
    Effect.gen(function* () {
      const known = { ...ada, handle: "ada", email: "ada@example.com" }
      assert.deepStrictEqual(yield* redacted({ user: ["handle", "email"] }, [known]), [ada])
      const counted = { ...message, reactionCounts: { like: 3, wow: 1 } }
      assert.deepStrictEqual(yield* redacted({ message: ["reactionCounts.wow"] }, [counted]), [
        { ...message, reactionCounts: { like: 3 } }
      ])
    })
  )

  it.effect("reaches nested fields and each element of a list, and does not change the rest", () =>
    Effect.gen(function* () {
      const [one, other] = message.attachments ?? []
      const { custom: _, ...plain } = one ?? { type: "image" as const }
      assert.deepStrictEqual(
        yield* redacted({ message: ["attachments.custom", "custom.sendbird.data"] }, [message]),
        [{ ...message, attachments: [plain, other], custom: { sendbird: { level: 1 } } }]
      )
      assert.deepStrictEqual(yield* redacted({ message: ["userSnapshot.name"] }, [message, ada]), [
        Object.fromEntries(Object.entries(message).filter(([name]) => name !== "userSnapshot")),
        ada
      ])
      const bans = yield* redacted({ user: ["futureChannelBans.reason"] }, [ada])
      assert.deepStrictEqual(bans, [{ ...ada, futureChannelBans: [{ byId: "bob" }] }])
    })
  )

  it.effect("removes a field with all of its content, whichever is named first", () =>
    Effect.gen(function* () {
      const { custom: _, ...rest } = message
      for (const paths of [
        ["custom", "custom.sendbird.data"],
        ["custom.sendbird.data", "custom"]
      ] as const) {
        assert.deepStrictEqual(yield* redacted({ message: paths }, [message]), [rest])
      }
    })
  )

  it.effect("returns the same record if nothing is removed", () =>
    Effect.gen(function* () {
      const records = yield* redacted({ user: ["name"], message: ["html", "attachments.mimeType"] }, [
        reaction,
        channel,
        { ...message, userSnapshot: { imageUrl: "x" } }
      ])
      assert.strictEqual(records[0], reaction)
      assert.strictEqual(records[1], channel)
    })
  )

  it("knows the fields that may be absent, by type", () => {
    type Paths = Transform.OptionalPath<Entity.Entity<"message">>
    expectTypeOf<
      "text" | "userSnapshot" | "userSnapshot.name" | "attachments.url" | "attachments.custom.sendbird"
    >().toExtend<Paths>()
    expectTypeOf<
      Extract<Paths, "id" | "type" | "attachments.type" | "text.length" | "createdAt" | "attachments.length">
    >().toBeNever()
    expectTypeOf<"devices.createdAt" | "privacy.isReadShown" | "teamRoles.red">().toExtend<
      Transform.OptionalPath<Entity.Entity<"user">>
    >()
    // @ts-expect-error a message's id cannot be left out
    Transform.redact({ message: ["id"] })
    // @ts-expect-error there is no such field
    Transform.redact({ message: ["attachments.size"] })
  })
})

import { type Entity, Transform } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { channel, message, user } from "./entities.ts"
import { run, transformFailure } from "./run.ts"

interface Loose {
  [field: string]: unknown
  mentionedUserIds: Array<unknown>
  attachments: Array<Record<string, unknown>>
  userSnapshot: Record<string, unknown>
  custom: { readonly sendbird: Record<string, unknown> }
}

/** A function of a program without types, which changes its argument. */
const assigning =
  (assign: (one: Loose) => unknown) =>
  <E extends Entity.Entity>(one: E): E => {
    assign(one as unknown as Loose)
    return one
  }

it.layer(NodeServices.layer)("what a function assigns to the record that it gets", (it) => {
  it.effect.each<readonly [string, (one: Loose) => unknown, string]>([
    ["a field", (one) => (one["createdAt"] = new Date(0)), "createdAt: expected a time in UTC"],
    ["a field that must be there", (one) => delete one["createdAt"], "createdAt: it is missing"],
    ["an id", (one) => (one["id"] = "m3"), "id: it must not change"],
    ["the kind", (one) => (one["_tag"] = "channel"), "_tag: the kind must stay the same, got channel"],
    ["a list", (one) => one.mentionedUserIds.push(7), "mentionedUserIds.2: expected a text"],
    ["an element", (one) => Object.assign(one.attachments[0] ?? {}, { type: 7 }), "attachments.0.type: "],
    ["a snapshot", (one) => (one.userSnapshot["name"] = 7), "userSnapshot.name: expected a text"],
    ["custom data", (one) => (one.custom.sendbird["level"] = Number.NaN), "custom.?.?: expected JSON"],
    ["a list with holes", (one) => (one.custom.sendbird["data"] = Array(2)), "custom.?.?: expected JSON"]
  ])("is checked, whether it returns the record itself or a copy: %s", ([, assign, problem]) =>
    Effect.gen(function* () {
      const f = assigning(assign)
      for (const transform of [
        Transform.mapKind("message", "mine", f),
        Transform.mapKind("message", "mine", (one) => ({ ...f(one) })),
        Transform.mapEffect("mine", (one) => Effect.sync(() => f(one)))
      ]) {
        const failed = yield* transformFailure([structuredClone(message)], [transform])
        assert.include(failed, { transform: "mine", kind: "message", key: "m2" })
        assert.include(failed.problem, problem)
      }
    })
  )

  it.effect("appears in its result, and not in the source's record", () =>
    Effect.gen(function* () {
      const given = structuredClone(message)
      const shout = Transform.mapKind(
        "message",
        "shout",
        assigning((one) => (one["text"] = "HELLO"))
      )
      const { records } = yield* run([given], [shout, Transform.filter("all", () => true)])
      assert.deepInclude(records[0], { id: "m2", text: "HELLO" })
      assert.deepStrictEqual(given, message)
    })
  )

  it.effect("is discarded if the function only answers about the record", () =>
    Effect.gen(function* () {
      const f = assigning((one) => Object.assign(one, { id: 7, name: 7 }))
      const asked = (one: Entity.Entity) => f(one) === one
      const { records } = yield* run<never, never>(
        [user("ada"), channel, message],
        [
          Transform.filter("filter", asked),
          Transform.channels("channels", asked),
          Transform.users("users", asked),
          Transform.messages("messages", asked),
          Transform.reject("reject", (one) => (asked(one) ? undefined : "no"))
        ]
      )
      assert.deepStrictEqual<ReadonlyArray<unknown>>(records, [user("ada"), channel, message])
    })
  )
})

import { Transform } from "@chatferry/core"
import { Fingerprint } from "@chatferry/core/settings"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { all, user } from "./entities.ts"
import { failureOf } from "./run.ts"

const bound = Array.prototype.includes.bind([1])

describe("the fingerprint of a transform", () => {
  it("differs for another function, and is the same for the same text", () => {
    const one = Transform.filter(
      "recent",
      (entity) => entity._tag !== "message" || entity.createdAt >= "2021"
    )
    const same = Transform.filter(
      "recent",
      (entity) => entity._tag !== "message" || entity.createdAt >= "2021"
    )
    const other = Transform.filter(
      "recent",
      (entity) => entity._tag !== "message" || entity.createdAt >= "2022"
    )
    assert.deepStrictEqual(one.fingerprint, same.fingerprint)
    assert.notDeepEqual(one.fingerprint, other.fingerprint)
    assert.deepStrictEqual(
      Fingerprint.differences({ recent: one.fingerprint }, { recent: other.fingerprint }).map(
        Fingerprint.describe
      ),
      ["recent.function: its code has changed"]
    )
  })

  it("is the version if one is given, whatever the text", () => {
    const one = Transform.map("x", (entity) => entity, { version: 1 })
    const formatted = Transform.map("x", (it) => it, { version: 1 })
    assert.deepStrictEqual(one.fingerprint, formatted.fingerprint)
    assert.notDeepEqual(one.fingerprint, Transform.map("x", (it) => it, { version: 2 }).fingerprint)
  })

  it("has the settings by name, and shows which one has changed", () => {
    const since = (year: string) =>
      Transform.filter(
        "recent",
        (entity, { since }) => entity._tag !== "message" || entity.createdAt >= since,
        {
          settings: { since: year }
        }
      )
    assert.deepStrictEqual(
      Fingerprint.differences(since("2021").fingerprint, since("2022").fingerprint).map(Fingerprint.describe),
      ['settings.since was "2021" and is "2022" now']
    )
  })

  it.each([
    ["make", (text: string) => Transform.make("x", functionOf(text) as never)],
    ["map", (text: string) => Transform.map("x", functionOf(text) as never)],
    ["mapKind", (text: string) => Transform.mapKind("user", "x", functionOf(text) as never)],
    ["mapEffect", (text: string) => Transform.mapEffect("x", functionOf(text) as never)],
    ["filter", (text: string) => Transform.filter("x", functionOf(text) as never)],
    ["reject", (text: string) => Transform.reject("x", functionOf(text) as never)],
    ["channels", (text: string) => Transform.channels("x", functionOf(text) as never)],
    ["users", (text: string) => Transform.users("x", functionOf(text) as never)],
    ["renameIds", (text: string) => Transform.renameIds({ user: functionOf(text) as never })]
  ] as const)("holds the code given to %s", (_, make) => {
    assert.deepStrictEqual(make("1").fingerprint, make("1").fingerprint)
    assert.notDeepEqual(make("1").fingerprint, make("2").fingerprint)
  })

  it("distinguishes a function for one kind from the same function for another", () => {
    const of = (kind: "user" | "channel") => Transform.mapKind(kind, "x", (it) => it).fingerprint
    assert.notDeepEqual(of("user"), of("channel"))
  })

  it("does not depend on onThrow, which may change during a run", () => {
    const of = (onThrow: "fail" | "reject") => Transform.map("x", (it) => it, { onThrow }).fingerprint
    assert.deepStrictEqual(of("fail"), of("reject"))
  })

  it("identifies a table of ids, in any order", () => {
    const of = (ids: Readonly<Record<string, string>>) => Transform.renameIds({ user: ids }).fingerprint
    assert.deepStrictEqual(of({ a: "b", c: "d" }), of({ c: "d", a: "b" }))
    assert.deepStrictEqual(of({ a: "b" }), Transform.renameIds({ user: new Map([["a", "b"]]) }).fingerprint)
    assert.notDeepEqual(of({ a: "b" }), of({ a: "c" }))
  })
})

it("passes its settings to the function, with their type", () => {
  Transform.map(
    "x",
    (entity, settings) => {
      expectTypeOf(settings).toEqualTypeOf<{ since: string; kinds: Array<string> }>()
      return entity
    },
    { settings: { since: "2021", kinds: ["a"] } }
  )
  Transform.map("x", (entity, settings) => {
    expectTypeOf(settings).toEqualTypeOf<undefined>()
    return entity
  })
  // @ts-expect-error the function wants settings that it is not given
  Transform.map("x", (entity, settings: { readonly since: string }) =>
    settings.since === "" ? entity : entity
  )
  // @ts-expect-error a date would not be the same after a checkpoint
  Transform.map("x", (entity) => entity, { settings: { since: new Date(0) } })
})

it.layer(NodeServices.layer)("a run", (it) => {
  it.effect("passes each function its settings", () =>
    Effect.gen(function* () {
      const settings = { keep: "ada" }
      const seen: Array<unknown> = []
      const see = <A>(value: A, given: unknown) => {
        seen.push(given)
        return value
      }
      const transforms = [
        Transform.make("1", (records, given) => Effect.succeed(see(Transform.kept(records), given)), {
          settings
        }),
        Transform.map("2", (one, given) => see(one, given), { settings }),
        Transform.mapKind("user", "3", (one, given) => see(one, given), { settings }),
        Transform.mapEffect("4", (one, given) => Effect.succeed(see(one, given)), { settings }),
        Transform.filter("5", (_, given) => see(true, given), { settings }),
        Transform.reject("6", (_, given) => see(undefined, given), { settings }),
        Transform.users("8", (_, given) => see(true, given), { settings }),
        Transform.renameIds({ user: (id, given) => see(id, given) }, { settings })
      ]
      yield* Transform.compose("all", transforms).apply([user("ada")])
      assert.deepStrictEqual(
        seen,
        Array.from({ length: 8 }, () => settings)
      )
    })
  )

  const key = Redacted.make("0123456789abcdef")
  const loose = (value: unknown) => value as never
  it.effect.each([
    ["a bound function", Transform.filter("mine", bound), "its function is bound or built in"],
    [
      "a built-in function",
      Transform.map("mine", Object as never),
      "Give it a version, such as { version: 1 }"
    ],
    ["a bound function of channels", Transform.channels("mine", bound), "its function is bound or built in"],
    ["a bound function of users", Transform.users("mine", bound), "its function is bound or built in"],
    [
      "a bound function over batches",
      Transform.make<never, never>("mine", bound as never),
      "its function is bound or built in"
    ],
    [
      "a bound function for ids",
      Transform.renameIds({ user: loose(bound) }, { name: "mine" }),
      "user: its function is bound or built in"
    ],
    ["no function", Transform.filter("mine", loose("yes")), "it needs a function, got a text"],
    [
      "settings that are not JSON",
      Transform.map("mine", (it) => it, { settings: loose({ at: new Date(0) }) }),
      "settings: expected JSON"
    ],
    [
      "an option that does not exist",
      Transform.map("mine", (it) => it, loose({ verison: 1 })),
      'there is no option "verison"; the options are version, settings, ordered, onThrow'
    ],
    [
      "a wrong onThrow",
      Transform.map("mine", (it) => it, { onThrow: loose("ignore") }),
      'onThrow: expected "fail" or "reject"'
    ],
    [
      "a wrong version",
      Transform.map("mine", (it) => it, { version: loose({}) }),
      "version: expected a text or a number"
    ],
    [
      "a concurrency that cannot be",
      Transform.mapEffect("mine", Effect.succeed, { concurrency: 0, version: 1 }),
      "concurrency: expected a whole number above 0"
    ],
    [
      "an empty key",
      Transform.hashIds({ key: Redacted.make(""), name: "mine" }),
      "key: it needs at least 16 characters, and has 0"
    ],
    [
      "a key as a plain text",
      Transform.hashIds({ key: "0123456789abcdef" as never, name: "mine" }),
      "key: it must be redacted"
    ],
    [
      "a kind that does not exist",
      Transform.mapKind("msg" as "message", "mine", (message) => message),
      'there is no kind "msg"; the kinds are user, channel, member, message'
    ],
    [
      "a short key",
      Transform.hashIds({ key: Redacted.make("0123456789abcde"), name: "mine" }),
      "key: it needs at least 16 characters, and has 15"
    ],
    [
      "an empty new id",
      Transform.renameIds({ user: { ada: "" } }, { name: "mine" }),
      'user: the new id of "ada" must be a text that is not empty, got an empty text'
    ],
    [
      "a new id that is not text",
      Transform.renameIds({ channel: loose({ c1: 7 }) }, { name: "mine" }),
      'channel: the new id of "c1" must be a text that is not empty, got a number'
    ],
    [
      "ids of another kind",
      Transform.renameIds(loose({ member: {} }), { name: "mine" }),
      'there are no ids of "member" to rename'
    ],
    ["no ids", Transform.renameIds({}, { name: "mine" }), "it needs new ids"],
    [
      "a list of ids",
      Transform.renameIds({ user: loose(["a"]) }, { name: "mine" }),
      "user: expected a function or a table of old to new ids, got a list"
    ],
    [
      "a promise of a table",
      Transform.renameIds({ user: loose(Promise.resolve({ ada: "eve" })) }, { name: "mine" }),
      "user: expected a function or a table of old to new ids, got a promise"
    ],
    [
      "a set of ids",
      Transform.renameIds({ user: loose(new Set([["ada", "eve"]])) }, { name: "mine" }),
      "user: expected a function or a table of old to new ids, got a Set"
    ],
    ["no ids of a kind", Transform.renameIds({ user: undefined }, { name: "mine" }), "it needs new ids"],
    [
      "a field without a name",
      Transform.redact({ message: [loose("custom.")] }, { name: "mine" }),
      'message: there is no field "custom."'
    ],
    [
      "a field that does not exist",
      Transform.redact({ user: [loose("nmae")] }, { name: "mine" }),
      'user: there is no field "nmae"'
    ],
    [
      "a field that must be there",
      Transform.redact({ message: [loose("attachments.type")] }, { name: "mine" }),
      'message: "attachments.type" is required'
    ],
    [
      "fields of a kind that does not exist",
      Transform.redact(loose({ users: ["name"] }), { name: "mine" }),
      'there is no kind "users"'
    ],
    [
      "fields that are not a list",
      Transform.redact(loose({ user: "name" }), { name: "mine" }),
      "user: expected a list of fields, got a text"
    ]
  ] as const)("rejects %s before anything is read, with the transform's name", ([, transform, problem]) =>
    Effect.gen(function* () {
      const reason = yield* failureOf(all, [
        Transform.hashIds({ key }),
        Transform.compose("inner", [transform])
      ])
      assert.include(reason, { _tag: "InvalidConfig", setting: "transforms" })
      assert.include(
        reason.message,
        `transforms: "mine": ${problem.startsWith("Give") ? "its function" : problem}`
      )
      assert.include(reason.message, problem)
    })
  )

  it.effect.each([
    ["a text", "filter"],
    ["a function that makes a transform", [Transform.filter]]
  ] as const)("rejects a composition of %s at any depth", ([, members]) =>
    Effect.gen(function* () {
      const inner = Transform.compose("inner", loose(members))
      for (const transforms of [[inner], [Transform.compose("outer", [inner])]]) {
        const reason = yield* failureOf(all, transforms)
        assert.include(reason.message, '"inner" must consist of a list of transforms')
      }
    })
  )

  it.effect("rejects two transforms with one name, however they are composed", () =>
    Effect.gen(function* () {
      const one = Transform.filter("old", () => true)
      const two = Transform.compose("rest", [Transform.filter("old", () => false)])
      const reason = yield* failureOf(all, [one, two])
      assert.include(reason.message, 'two transforms are called "old": rename one of them')
    })
  )

  it.effect("rejects a transform without a name", () =>
    Effect.gen(function* () {
      assert.include(
        (yield* failureOf(all, [Transform.filter("", () => true)])).message,
        "a transform needs a name, got an empty text"
      )
    })
  )
})

// internal

/** A function with a different text for each number. */
function functionOf(text: string): () => unknown {
  return text === "1" ? () => 1 : () => 2
}

import { type Entity, Transform } from "@chatferry/core"
import { Checkpoint } from "@chatferry/core/run"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option } from "effect"
import { all, channel, member, message, reaction, user } from "./entities.ts"
import { run, transformFailure } from "./run.ts"

/** A value that a program without types may return. */
const untyped = (value: unknown) => value as Entity.Entity

const cyclic: Record<string, unknown> = {}
cyclic["self"] = cyclic

it.layer(NodeServices.layer)("what a transform gives", (it) => {
  it.effect.each([
    [
      "a Date",
      { createdAt: new Date(0) },
      "createdAt: expected a time in UTC such as 2020-08-04T16:00:00Z, got a Date"
    ],
    ["a time without a zone", { createdAt: "2020-08-04" }, "createdAt: expected a time in UTC"],
    ["a number for a text", { text: 7 }, "text: expected a text, got a number"],
    [
      "a field that is gone",
      { createdAt: undefined },
      "createdAt: expected a time in UTC such as 2020-08-04T16:00:00Z, got undefined"
    ],
    ["null for a field that is absent", { html: null }, "html: expected a text, got null"],
    ["a text for a flag", { isSilent: "yes" }, "isSilent: expected true or false, got a text"],
    ["another word", { type: "secret" }, 'type: expected "regular" or "system", got another text'],
    [
      "custom data that is not by provider",
      { custom: { a: 1 } },
      "custom.?: expected an object, got a number"
    ],
    ["custom data that is not JSON", { custom: { app: { at: new Date(0) } } }, "custom.?.?: expected JSON"],
    ["custom data that ends nowhere", { custom: { app: cyclic } }, "custom.?.?: expected JSON"],
    ["a number that JSON has not", { custom: { app: { n: Number.NaN } } }, "custom.?.?: expected JSON"],
    [
      "a list that is none",
      { attachments: { type: "image" } },
      "attachments: expected a list, got an object"
    ],
    [
      "an attachment that is wrong",
      { attachments: [{ type: "image", sizeBytes: Infinity }] },
      "attachments.0.sizeBytes: expected a finite number, got Infinity"
    ],
    [
      "an empty id in a list",
      { mentionedUserIds: [""] },
      "mentionedUserIds.0: expected a text that is not empty, got an empty text"
    ],
    [
      "a field that does not exist",
      { txt: "hello" },
      "txt: there is no such field; data without a field in the model belongs in custom"
    ],
    ["another kind", { _tag: "channel" }, "_tag: the kind must stay the same, got channel"],
    ["another id", { id: "m3" }, "id: it must not change; use Transform.renameIds"]
  ] as const)("names the transform, the record, the location and the problem of %s", ([, fields, problem]) =>
    Effect.gen(function* () {
      const wrong = Transform.mapKind(
        "message",
        "mine",
        (one) => untyped({ ...one, ...fields }) as typeof one
      )
      const failed = yield* transformFailure(all, [wrong])
      assert.include(failed, { transform: "mine", kind: "message", key: "m2", location: "memory, record 6" })
      assert.include(failed.problem, problem)
      assert.include(
        failed.message,
        'transform "mine" for message m2, in the batch that ends at memory, record 6: '
      )
      assert.notInclude(failed.message, "hello")
    })
  )

  it.effect.each([
    ["nothing", undefined, "expected an entity, got undefined"],
    ["a promise", Promise.resolve(message), "expected an entity, got a promise"],
    ["a list", [message], "expected an entity, got a list"],
    ["a kind that does not exist", { ...message, _tag: "note" }, '_tag: expected "user" or "channel"'],
    ["a whole record of another kind", channel, "_tag: the kind must stay the same, got channel"],
    ["an object of a class", Object.assign(new Map(), message), "expected an entity, got a Map"]
  ] as const)("is not %s", ([, value, problem]) =>
    Effect.gen(function* () {
      const failed = yield* transformFailure([message], [Transform.map("mine", () => untyped(value))])
      assert.include(failed, { transform: "mine", kind: "message", key: "m2" })
      assert.include(failed.problem, problem)
    })
  )

  it.effect("must keep the ids of a member and a reaction, because references would not follow", () =>
    Effect.gen(function* () {
      const moved = Transform.map("moved", (one) => untyped({ ...one, channelId: "c2" }))
      assert.match((yield* transformFailure([member], [moved])).problem, /^channelId: it must not change/u)
      const other = Transform.map("other", (one) => untyped({ ...one, userId: "bob" }))
      assert.match((yield* transformFailure([reaction], [other])).problem, /^userId: it must not change/u)
    })
  )

  it.effect("may have undefined fields, and any change that the model allows", () =>
    Effect.gen(function* () {
      const changes = Transform.map("changes", (one) => {
        if (one._tag === "reaction") return { ...one, type: "love" }
        if (one._tag !== "message") return one
        return untyped({
          ...one,
          text: undefined,
          html: "<b>",
          attachments: [...(one.attachments ?? []), { type: "link", name: undefined }],
          custom: { ...one.custom, app: { list: [1, null, { a: true }] } }
        })
      })
      const { records } = yield* run([message, reaction], [changes])
      const { text: _, ...rest } = message
      assert.deepStrictEqual(records, [
        {
          ...rest,
          html: "<b>",
          attachments: [...(message.attachments ?? []), { type: "link" }],
          custom: { ...message.custom, app: { list: [1, null, { a: true }] } }
        },
        { ...reaction, type: "love" }
      ])
    })
  )

  it.effect("ends the run if a function throws, with the location and without the engine's words", () =>
    Effect.gen(function* () {
      const reading = Transform.map(
        "reading",
        (one) => JSON.parse(one._tag === "message" ? (one.text ?? "") : "{}") as Entity.Entity
      )
      const failed = yield* transformFailure([message], [reading])
      assert.strictEqual(failed.problem, "it failed: an unexpected failure (SyntaxError)")
      assert.notInclude(failed.message, "hello")
      assert.isTrue(failed.frames.some((frame) => frame.includes("judging.test.ts")))
      const own = Transform.filter("own", () => {
        throw new Error("no table for the region")
      })
      assert.include(
        (yield* transformFailure([message], [own])).message,
        "it failed: no table for the region (at "
      )
    })
  )

  it.effect("is rejected unchanged, if the transform says so", () =>
    Effect.gen(function* () {
      const onThrow = "reject" as const
      const one = Transform.mapKind("message", "one", (it) => untyped({ ...it, text: 7 }) as typeof it, {
        onThrow
      })
      const two = Transform.mapKind(
        "channel",
        "two",
        () => {
          throw new Error("no")
        },
        { onThrow }
      )
      const { ledger, records, rejects, report } = yield* run(all, [one, two])
      assert.strictEqual(report.status, "completed_with_rejects")
      assert.strictEqual(records.length, all.length - 2)
      assert.deepStrictEqual(ledger.kinds.message.rejected, { transform_invalid: 1 })
      assert.deepStrictEqual(ledger.kinds.channel.rejected, { transform_failed: 1 })
      assert.deepStrictEqual(rejects, [
        {
          stage: "transform",
          transform: "one",
          kind: "message",
          code: "transform_invalid",
          action: Transform.INVALID.action,
          message: 'transform "one": text: expected a text, got a number',
          location: "message m2, in the batch that ends at memory, record 6",
          original: JSON.parse(JSON.stringify(message)) as unknown
        },
        {
          stage: "transform",
          transform: "two",
          kind: "channel",
          code: "transform_failed",
          action: Transform.FAILED.action,
          message: 'transform "two": it failed: no',
          location: "channel c1, in the batch that ends at memory, record 6",
          original: JSON.parse(JSON.stringify(channel)) as unknown
        }
      ])
    })
  )

  it.effect.each([
    ["a promise", Promise.resolve(true)],
    ["nothing", undefined],
    ["a text", "yes"]
  ] as const)("is true or false for a filter, and not %s", ([what, value]) =>
    Effect.gen(function* () {
      const filter = Transform.filter("mine", () => value as unknown as boolean)
      const got = what === "nothing" ? "undefined" : what
      const failed = yield* transformFailure([message], [filter])
      assert.strictEqual(failed.problem, `expected true or false, got ${got}`)
      const { rejects } = yield* run(
        [message, channel],
        [
          Transform.filter("mine", (one) => one._tag !== "message" || (value as unknown as boolean), {
            onThrow: "reject"
          })
        ]
      )
      assert.strictEqual(rejects[0]?.["code"], "transform_invalid")
    })
  )

  it.effect.each([
    ["a promise", Promise.resolve("bad")],
    ["false", false],
    ["an empty text", ""]
  ] as const)("is a sentence or undefined for a reject, and not %s", ([, value]) =>
    Effect.gen(function* () {
      const failed = yield* transformFailure(
        [message],
        [Transform.reject("mine", () => value as unknown as string)]
      )
      assert.match(failed.problem, /^expected a sentence or undefined, got /u)
    })
  )

  it.effect("is computed once for each record by a filter", () =>
    Effect.gen(function* () {
      let calls = 0
      const filter = Transform.filter("odd", () => calls++ % 2 === 0)
      const { dropped, records } = yield* filter.apply(all)
      assert.deepStrictEqual([calls, records.length, dropped.length], [6, 3, 3])
    })
  )

  it.effect("is true or false for channels and users", () =>
    Effect.gen(function* () {
      const promised = () => Promise.resolve(false) as unknown as boolean
      for (const transform of [Transform.channels("mine", promised), Transform.users("mine", promised)]) {
        const failed = yield* transformFailure(all, [transform])
        assert.strictEqual(failed.problem, "expected true or false, got a promise")
      }
    })
  )

  it.effect("is checked for records that an earlier transform left out too", () =>
    Effect.gen(function* () {
      const none = Transform.channels("none", () => false)
      const wrong = Transform.mapKind(
        "channel",
        "wrong",
        (one) => untyped({ ...one, id: "c2" }) as typeof one
      )
      const failed = yield* Effect.flip(Transform.compose("both", [none, wrong]).apply([channel]))
      assert.include(failed, { transform: "wrong", kind: "channel", key: "c1" })
      assert.match(failed.problem, /^id: it must not change/u)
    })
  )

  it.effect("names a field that is missing from an entity", () =>
    Effect.gen(function* () {
      const without = Transform.mapKind(
        "message",
        "without",
        ({ createdAt: _createdAt, ...rest }) => untyped(rest) as typeof message
      )
      assert.strictEqual((yield* transformFailure(all, [without])).problem, "createdAt: it is missing")
    })
  )

  it.effect("is committed up to the batch that fails", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const many = Array.from({ length: 1500 }, (_, i) => user(`u${i}`))
      const late = Transform.map("late", (one) =>
        one._tag === "user" && one.id === "u1400" ? untyped(7) : one
      )
      assert.include(yield* transformFailure(many, [late], root), {
        key: "u1400",
        location: "memory, record 1500"
      })
      const last = Option.getOrThrow(yield* Checkpoint.load(`${root}/state/test/checkpoint.json`))
      assert.deepStrictEqual([last.position, last.ledger.kinds.user.written], [1024, 1024])
    })
  )
})

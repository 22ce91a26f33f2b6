import { type Entity, Transform } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { all, user } from "./entities.ts"
import { run, transformFailure } from "./run.ts"

const untyped = (value: unknown) => value as Entity.Entity

it.layer(NodeServices.layer)("what a transform gives", (it) => {
  it.effect.each([
    [
      "loses a record",
      (records: ReadonlyArray<Entity.Entity>) => Transform.kept(records.slice(1)),
      "it received 1 user records and returned 0, but counts 0 as left out and 0 as added"
    ],
    [
      "makes one up",
      (records: ReadonlyArray<Entity.Entity>) => Transform.kept([...records, user("new")]),
      "it received 1 user records and returned 2"
    ],
    [
      "counts one twice",
      (records: ReadonlyArray<Entity.Entity>) => ({
        ...Transform.kept(records),
        dropped: [{ kind: "user", reason: "x" }]
      }),
      "counts 1 as left out"
    ],
    [
      "counts a kind that does not exist",
      (records: ReadonlyArray<Entity.Entity>) => ({
        ...Transform.kept(records),
        dropped: [{ kind: "note", reason: "x" }]
      }),
      'it counts a record of the kind "note"'
    ],
    [
      "makes a wrong one",
      (records: ReadonlyArray<Entity.Entity>) =>
        Transform.kept(
          records.map((one) => (one._tag === "message" ? untyped({ ...one, createdAt: new Date(0) }) : one))
        ),
      "record 4 of 6: createdAt: expected a time in UTC"
    ],
    [
      "assigns to one",
      (records: ReadonlyArray<Entity.Entity>) => {
        for (const one of records) if (one._tag === "message") Object.assign(one, { createdAt: new Date(0) })
        return Transform.kept(records)
      },
      "record 4 of 6: createdAt: expected a time in UTC"
    ],
    [
      "changes a kind in place",
      (records: ReadonlyArray<Entity.Entity>) => {
        const [one, ...others] = records
        return Transform.kept([
          Object.assign(one ?? {}, { _tag: "channel", form: "group" }) as never,
          ...others
        ])
      },
      "record 1 of 6: "
    ],
    [
      "gives no reason for what it drops",
      (records: ReadonlyArray<Entity.Entity>) => ({
        ...Transform.kept(records.slice(1)),
        dropped: [{ kind: "user", reason: 7 }]
      }),
      "dropped: entry 1 of 1 is not a kind and a reason"
    ],
    [
      "counts nothing",
      (records: ReadonlyArray<Entity.Entity>) => ({ ...Transform.kept(records), synthesised: [null] }),
      "synthesised: entry 1 of 1 is not a kind and a reason"
    ],
    [
      "rejects without a message",
      (records: ReadonlyArray<Entity.Entity>) => ({
        ...Transform.kept(records.slice(1)),
        rejected: [{ kind: "user", code: "x" }]
      }),
      "rejected: entry 1 of 1 is not a Rejected with kind, code, message, location and original"
    ],
    [
      "excludes what is not an entity",
      (records: ReadonlyArray<Entity.Entity>) => ({
        ...Transform.kept(records.slice(1)),
        excluded: [{ entity: { _tag: "user" }, reason: "x" }]
      }),
      "excluded: entry 1 of 1 is not a channel, a user or a message as entity with a reason"
    ],
    [
      "renames without the id before",
      (records: ReadonlyArray<Entity.Entity>) => ({
        ...Transform.kept(records),
        renamed: [{ transform: "batch", kind: "user", to: "x" }]
      }),
      "renamed: entry 1 of 1 is not an id before and after"
    ],
    ["gives no lists", () => ({ records: {} }), "records: expected a list, got an object"],
    ["gives nothing", () => undefined, "expected an object with records and dropped, got undefined"]
  ] as const)("of a batch is counted: one that %s is named", ([, f, problem]) =>
    Effect.gen(function* () {
      const batch = Transform.make("batch", (records) =>
        Effect.sync(() => f(records) as Transform.Transformed)
      )
      const failed = yield* transformFailure(all, [batch])
      assert.include(failed, { transform: "batch", location: "memory, record 6" })
      assert.include(failed.problem, problem)
    })
  )

  it.effect("of a batch is an effect; a promise and a throw are named too", () =>
    Effect.gen(function* () {
      const promised = Transform.make(
        "promised",
        (records) =>
          Promise.resolve(Transform.kept(records)) as unknown as Effect.Effect<Transform.Transformed>
      )
      assert.strictEqual(
        (yield* transformFailure(all, [promised])).problem,
        "expected an effect, got a promise"
      )
      const throwing = Transform.make("throwing", (): Effect.Effect<Transform.Transformed> => {
        throw new TypeError("x of hello")
      })
      const failed = yield* transformFailure(all, [throwing])
      assert.strictEqual(failed.problem, "it failed: an unexpected failure (TypeError)")
      assert.isTrue(failed.frames.some((frame) => frame.includes("judgingBatches.test.ts")))
    })
  )

  it.effect("of a batch may fail with its own error", () =>
    Effect.gen(function* () {
      class Own {
        readonly _tag = "Own"
      }
      const failing = Transform.make("failing", () => Effect.fail(new Own()))
      assert.instanceOf(yield* Effect.flip(run(all, [failing])), Own)
    })
  )

  it.effect("of a transform without a constructor is checked too", () =>
    Effect.gen(function* () {
      const { apply } = Transform.make("x", (records) => Effect.succeed(Transform.kept(records.slice(1))))
      const failed = yield* transformFailure(all, [{ name: "by-hand", fingerprint: {}, apply }])
      assert.include(failed, { transform: "by-hand" })
    })
  )
})

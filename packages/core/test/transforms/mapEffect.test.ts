import { type Entity, Transform } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, expectTypeOf, it } from "@effect/vitest"
import { Context, Data, Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { all, message, user } from "./entities.ts"
import { run, transformFailure } from "./run.ts"

class Names extends Context.Service<Names, { readonly of: (id: string) => Effect.Effect<string, Unknown> }>()(
  "Names"
) {}
class Unknown extends Data.TaggedError("Unknown")<{ readonly message: string }> {}

const named = (options: Transform.EffectOptions = {}) =>
  Transform.mapEffect(
    "named",
    (one) =>
      one._tag === "user"
        ? Effect.map(
            Names.use(({ of }) => of(one.id)),
            (name) => ({ ...one, name })
          )
        : Effect.succeed(one),
    options
  )

const users = Array.from({ length: 20 }, (_, i) => user(`u${i}`))

it.layer(NodeServices.layer)("mapEffect", (it) => {
  it.effect("calls a service for several records at a time, and keeps the order of the records", () =>
    Effect.gen(function* () {
      let current = 0
      let most = 0
      // The later a record comes, the sooner its answer.
      const of = (id: string) =>
        Effect.gen(function* () {
          most = Math.max(most, ++current)
          yield* Effect.sleep(100 - Number(id.slice(1)))
          current--
          return id.toUpperCase()
        })
      const fiber = yield* Effect.forkChild(
        named({ concurrency: 3 }).apply(users).pipe(Effect.provideService(Names, { of }))
      )
      yield* TestClock.adjust("1 minute")
      const { records }: { readonly records: ReadonlyArray<unknown> } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        records,
        users.map((one) => ({ ...one, name: one.id.toUpperCase() }))
      )
      assert.strictEqual(most, 3)
    })
  )

  it("requires the services of the effects in its type, and fails like other transforms", () => {
    expectTypeOf(named()).toEqualTypeOf<Transform.Transform<never, Names>>()
  })

  it.effect("ends the run with the record when an effect fails or dies", () =>
    Effect.gen(function* () {
      const of = (id: string) =>
        id === "u7" ? Effect.fail(new Unknown({ message: "nobody has this id" })) : Effect.succeed(id)
      const failed = yield* Effect.provideService(transformFailure(users, [named()]), Names, { of })
      assert.include(failed, { transform: "named", kind: "user", key: "u7", location: "memory, record 20" })
      assert.strictEqual(failed.problem, "it failed: nobody has this id")
      assert.instanceOf(failed.cause, Unknown)
      const dying = Transform.mapEffect("dying", () => Effect.die(new RangeError("hello")))
      assert.strictEqual(
        (yield* transformFailure(all, [dying])).problem,
        "it failed: an unexpected failure (RangeError)"
      )
    })
  )

  it.effect("does not wait for the rest of a batch after a failure", () =>
    Effect.gen(function* () {
      const of = (id: string) => (id === "u0" ? Effect.fail(new Unknown({ message: "no" })) : Effect.never)
      const failed = yield* Effect.provideService(transformFailure(users, [named()]), Names, { of })
      assert.include(failed, { key: "u0" })
    })
  )

  it.effect("rejects records in order if it says so", () =>
    Effect.gen(function* () {
      const of = (id: string) =>
        Number(id.slice(1)) % 2 === 0 ? Effect.succeed(id) : Effect.fail(new Unknown({ message: "nobody" }))
      const { records, rejects } = yield* Effect.provideService(
        run(users, [named({ onThrow: "reject" })]),
        Names,
        { of }
      )
      assert.deepStrictEqual(
        records.map(({ id }) => id),
        users.map(({ id }) => id).filter((_, i) => i % 2 === 0)
      )
      assert.deepStrictEqual(
        rejects.map(({ code, original }) => [code, (original as { readonly id: string }).id]),
        users.filter((_, i) => i % 2 === 1).map(({ id }) => ["transform_failed", id])
      )
    })
  )

  it.effect("checks the results of the effects", () =>
    Effect.gen(function* () {
      const wrong = Transform.mapEffect("wrong", (one) =>
        Effect.succeed({ ...one, createdAt: new Date(0) } as unknown as Entity.Entity)
      )
      assert.match(
        (yield* transformFailure([message], [wrong])).problem,
        /^createdAt: expected a time in UTC/u
      )
      const promised = Transform.mapEffect(
        "promised",
        (one) => Promise.resolve(one) as unknown as Effect.Effect<Entity.Entity>
      )
      assert.strictEqual(
        (yield* transformFailure([message], [promised])).problem,
        "expected an effect, got a promise"
      )
    })
  )

  it.effect("lets a run be interrupted while it waits", () =>
    Effect.gen(function* () {
      const isAsked = yield* Deferred.make<void>()
      const waiting = Transform.mapEffect("waiting", () =>
        Effect.andThen(Deferred.succeed(isAsked, undefined), Effect.never)
      )
      const fiber = yield* Effect.forkChild(Effect.scoped(run(all, [waiting])))
      yield* Deferred.await(isAsked)
      yield* Fiber.interrupt(fiber)
    })
  )
})

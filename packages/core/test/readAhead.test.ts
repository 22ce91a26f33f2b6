import { type Source } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { readAhead } from "../src/internal/run/readAhead.ts"

const batch = (bytes: number, recordBytes?: number): Source.Batch => ({
  records: [],
  rejected: [],
  notes: {},
  position: null,
  bytes,
  location: "",
  ...(recordBytes !== undefined && { recordBytes })
})

/** The number of batches read while the first one is being processed. */
const readWhileFirst = (batches: ReadonlyArray<Source.Batch>, capacity: number) =>
  Effect.gen(function* () {
    let read = 0
    let taken = 0
    const started = yield* Deferred.make<void>()
    const proceed = yield* Deferred.make<void>()
    const fiber = yield* Stream.fromIterable(batches).pipe(
      Stream.rechunk(1),
      Stream.tap(() => Effect.sync(() => read++)),
      readAhead(capacity),
      Stream.runForEach(() =>
        Effect.suspend(() =>
          taken++ > 0
            ? Effect.void
            : Effect.andThen(Deferred.succeed(started, undefined), Deferred.await(proceed))
        )
      ),
      Effect.forkChild
    )
    yield* Deferred.await(started)
    for (let i = 0; i < 100; i++) yield* Effect.yieldNow
    const meanwhile = read
    yield* Deferred.succeed(proceed, undefined)
    yield* Fiber.join(fiber)
    assert.deepStrictEqual([read, taken], [batches.length, batches.length])
    return meanwhile
  })

describe("batches read ahead", () => {
  it.effect("are a few more if the capacity is larger", () =>
    Effect.gen(function* () {
      const small = Array.from({ length: 20 }, () => batch(100))
      const [two, six] = [yield* readWhileFirst(small, 2), yield* readWhileFirst(small, 6)]
      assert.isAbove(six, two)
      // The batches being processed were buffered together, and as many are buffered after them.
      assert.isAtMost(six, 2 * 6 + 1)
    })
  )

  it.effect("are none while the pending ones are large", () =>
    Effect.gen(function* () {
      const large = Array.from({ length: 20 }, () => batch(8 << 20))
      assert.strictEqual(yield* readWhileFirst(large, 6), 1)
    })
  )

  it.effect("count with their uncompressed size if the input is compressed", () =>
    Effect.gen(function* () {
      const packed = Array.from({ length: 20 }, () => batch(100, 8 << 20))
      assert.strictEqual(yield* readWhileFirst(packed, 6), 1)
    })
  )
})

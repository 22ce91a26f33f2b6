import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Book } from "../Ledger.ts"
import { type Progress, READING, type Renderer } from "../Progress.ts"
import type { Batch } from "../Source.ts"

/** Gives the renderer the newest values; when it is slow, older ones are skipped. */
export const make = Effect.fnUntraced(function* <R>(options: {
  readonly migration: string
  /** Bytes of all partitions; not a number when one of them does not say. */
  readonly total: number
  /** Bytes that earlier runs read. */
  readonly resumedAt: number
  readonly book: Book
  readonly progress: Renderer<R> | undefined
}) {
  const { book, migration, progress, resumedAt } = options
  const total = Number.isFinite(options.total) ? options.total : 0
  const startedAt = yield* Clock.currentTimeMillis
  const queue = yield* Queue.sliding<Progress, Cause.Done>(1)
  const renderer =
    progress === undefined ? undefined : yield* Effect.forkScoped(progress(Stream.fromQueue(queue)))
  let records = 0

  const offer = (value: Pick<Progress, "step" | "done" | "total" | "place">) =>
    progress === undefined
      ? Effect.void
      : Effect.map(Clock.currentTimeMillis, (now) => {
          const elapsed = Duration.millis(now - startedAt)
          Queue.offerUnsafe(queue, {
            migration,
            ledger: book.snapshot(),
            records,
            elapsed,
            resumedAt,
            ...value
          })
        })

  return {
    read: (bytes: number, batch: Batch) => {
      records += batch.records.length + batch.rejected.length
      return offer({ step: READING, done: bytes, total, place: batch.place })
    },
    step: (step: string, done: number, of: number) => offer({ step, done, total: of, place: "" }),
    /** Ends the stream and waits until the renderer has shown the last value. */
    end: Effect.andThen(
      Queue.end(queue),
      renderer === undefined ? Effect.void : Effect.asVoid(Fiber.await(renderer))
    )
  }
})

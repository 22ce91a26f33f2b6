import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Book } from "../../Ledger.ts"
import * as Progress from "../../Progress.ts"
import type { Passed } from "../run/model.ts"

/** Sends the newest values to the renderer; if it is slow, older values are skipped. */
export const make = Effect.fnUntraced(function* <R>(options: {
  readonly migration: string
  /** Bytes of all partitions; 0 if one of them does not report its size. */
  readonly total: number
  /** Bytes that earlier runs read. */
  readonly resumedAt: number
  readonly book: Book
  /** Partitions that the source has. */
  readonly partitions: number
  readonly progress: Progress.Renderer<R> | undefined
}) {
  const { book, migration, total, partitions, resumedAt } = options
  const progress = options.progress ?? (yield* Progress.Default)
  const startedAt = yield* Clock.currentTimeMillis
  const queue = yield* Queue.sliding<Progress.Progress, Cause.Done>(1)
  const renderer =
    progress === undefined ? undefined : yield* Effect.forkScoped(progress(Stream.fromQueue(queue)))
  let records = 0

  const offer = (value: Pick<Progress.Progress, "step" | "done" | "total" | "location">) =>
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
    /** Reports a batch of the partition with this number, starting at 1. */
    read: (bytes: number, batch: Pick<Passed, "count" | "location">, partition: number) => {
      records += batch.count
      const part = partitions > 1 ? [`part ${partition} of ${partitions}`] : []
      const location = [...part, ...(batch.location === "" ? [] : [batch.location])].join(", ")
      return offer({ step: Progress.READING, done: bytes, total, location })
    },
    step: (step: string, done: number, of: number) => offer({ step, done, total: of, location: "" }),
    /** Reports that everything is done, and waits until the renderer has shown it. */
    end: Effect.gen(function* () {
      yield* offer({ step: Progress.FINISHED, done: 1, total: 1, location: "" })
      yield* Queue.end(queue)
      if (renderer !== undefined) yield* Fiber.await(renderer)
    })
  }
})

export type Feed = Effect.Success<ReturnType<typeof make>>

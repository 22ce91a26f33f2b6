import { SinkError } from "@chatferry/core"
import type { RowChecksums } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { causeOf, type Failed } from "../threads/failed.ts"
import { HelperThread, type ThreadEnded } from "../threads/helperThread.ts"
import type { Rows } from "./stagedRows.ts"
import type { Committed, FromStage, ToStage } from "./stageProtocol.ts"

/** A thread that can take over a stage. */
export interface ThreadStage {
  /** Whether it has loaded its modules. */
  readonly isReady: () => boolean
  readonly open: (stage: Committed) => Rows
  readonly end: Effect.Effect<void>
}

/** Starts a thread, which ends with the scope. */
export const start: Effect.Effect<ThreadStage, never, Scope.Scope> = Effect.gen(function* () {
  let isReady = false
  let heard: ((message: FromStage) => void) | undefined
  const hear = (message: FromStage): Failed | undefined => {
    if (message._tag === "failed") return message
    if (message._tag === "ready") isReady = true
    heard?.(message)
    return undefined
  }
  const thread = yield* Effect.acquireRelease(
    Effect.sync(() => new Thread({ module: "stage.worker", task: "stages records", workerData: null, hear })),
    (thread) => Effect.promise(() => thread.end())
  )
  return {
    end: Effect.promise(() => thread.end()),
    isReady: () => isReady,
    open: (stage) => {
      const { hear, rows } = makeRows(thread, stage)
      heard = hear
      thread.post({ _tag: "open", stage })
      return rows
    }
  }
})

// internal

class Thread extends HelperThread<ToStage, FromStage, Failed> {}

const makeRows = (thread: Thread, { options, path }: Committed) => {
  let unstaged = 0
  let proof: RowChecksums.Proof | undefined
  let isClosed = false
  const hear = (message: FromStage): void => {
    switch (message._tag) {
      case "staged":
        unstaged -= message.length
        break
      case "committed":
        proof = message.proof
        break
      case "closed":
        isClosed = true
        break
      default:
    }
  }
  const failed = (error: Failed | ThreadEnded) => {
    const cause = error._tag === "failed" ? causeOf(error) : error
    return new SinkError.SinkError({ sink: options.sink, reason: new SinkError.WriteFailed({ path, cause }) })
  }
  const until = (isReady: () => boolean) => Effect.mapError(thread.await(isReady), failed)
  const rows: Rows = {
    add: (rows) =>
      Effect.suspend(() => {
        for (let from = 0; from < rows.length; from += MOST_AT_ONCE) {
          const some = rows.slice(from, from + MOST_AT_ONCE)
          const length = some.reduce((sum, row) => sum + lengthOf(row), 0)
          unstaged += length
          thread.post({ _tag: "rows", rows: some, length })
        }
        return until(() => unstaged <= MOST_UNSTAGED)
      }),
    exclude: (exclusions) =>
      Effect.suspend(() => {
        thread.post({ _tag: "exclude", exclusions })
        return until(() => true)
      }),
    commit: Effect.suspend(() => {
      proof = undefined
      thread.post({ _tag: "commit" })
      return Effect.map(
        until(() => proof !== undefined),
        () => proof as RowChecksums.Proof
      )
    }),
    close: Effect.suspend(() => {
      thread.post({ _tag: "close" })
      return until(() => isClosed)
    })
  }
  return { hear, rows }
}

/** The rows of a message are in memory at the same time, and must fit into the small new space of a thread. */
const MOST_AT_ONCE = 128

/** The length of rows that may wait for the thread. */
const MOST_UNSTAGED = 4 << 20

/** About the bytes of a row. */
const lengthOf = (row: ReadonlyArray<unknown>): number => {
  let length = 64
  for (const value of row) {
    if (typeof value === "string") length += value.length
    else if (Array.isArray(value)) length += lengthOf(value)
  }
  return length
}

// A task after reading. Its files, ledger and rejects are its own until its result is taken, so that tasks which do not
// depend on each other can be run in any order and in any thread.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { Member } from "../../run/Phase.ts"
import type { SinkError } from "../../SinkError.ts"
import { takingBook } from "../run/takingBook.ts"
import type { Context, Outcome } from "./contract.ts"
import * as Divided from "./divided.ts"
import * as Feed from "./feed.ts"
import * as Keys from "./keys.ts"
import * as Scratch from "./scratch.ts"
import { makeTask } from "./task.ts"

/** Where the task is run. */
export interface Place<R> {
  readonly member: Member<R>
  readonly context: Context
  /** The phase that makes each piece. */
  readonly makers: Map<string, string>
}

/**
 * Passes a writer everything that was sent to its part, and ends it. Files of an
 * earlier attempt are overwritten.
 */
export const run = Effect.fnUntraced(function* <R>(
  { context, makers, member }: Place<R>,
  { id, part, phase }: Divided.Part<R>
): Effect.fn.Return<Outcome, SinkError, R | FileSystem.FileSystem | Path.Path> {
  const path = yield* Path.Path
  const { name, phases } = member
  const { later } = yield* Divided.divide(member)
  const pathOf = Keys.pathOf(path, context.stateDirectory, member)
  const { book, take } = takingBook()
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const scratch = yield* Scratch.open(
        {
          sink: name,
          pathOf,
          makerOf: Keys.makerOf,
          blockBytes: Keys.blockBytesOf(member),
          isEnded: () => false,
          mayBePublished: () => false
        },
        {}
      )
      const writer = yield* phase.open(
        makeTask({
          path,
          member,
          context,
          book,
          scratch,
          pathOf,
          makers,
          later,
          phase,
          part,
          receipt: undefined
        })
      )
      for (const from of [Divided.READING, ...phases.flatMap(Divided.partsOf).map((one) => one.id)]) {
        const file = pathOf(Keys.rowsKey({ phase: phase.name, part }, from))
        yield* Feed.replay(name, file, from, writer, scratch.drain)
      }
      const end = yield* writer.end ?? Effect.succeed(null)
      yield* scratch.seal(id)
      return { end, files: yield* scratch.commit, ledger: take() }
    })
  )
})

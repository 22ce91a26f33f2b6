// The files of an open sink.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Publication from "../../files/Publication.ts"
import type { Member } from "../../run/Phase.ts"
import { SinkError, WriteFailed } from "../../SinkError.ts"
import type { Context } from "./contract.ts"
import * as Keys from "./keys.ts"
import * as Scratch from "./scratch.ts"
import * as UncommittedFiles from "./uncommittedFiles.ts"

/** What a commit says of them. */
interface Committed {
  readonly files: Scratch.Files
  readonly ends: Readonly<Record<string, unknown>>
}

/** Claims the output folder, and opens the files as they were at a commit. */
export const open = Effect.fnUntraced(function* <R>(
  member: Member<R>,
  context: Context,
  last: Committed | undefined,
  isEnded: boolean
) {
  const { directory, files = [], name: sink, phases } = member
  const { stateDirectory } = context
  const path = yield* Path.Path
  if (directory !== undefined) {
    const receipt = Option.fromUndefinedOr(last && null)
    yield* Publication.prepare({ sink, directory, context: { ...context, receipt }, files })
  }
  const pathOf = Keys.pathOf(path, stateDirectory, member)
  const kept = last?.files ?? {}
  const ends = last?.ends ?? {}
  const prepare = Effect.gen(function* () {
    // Once everything has ended, some files may already have their final names.
    if (!isEnded)
      yield* UncommittedFiles.remove(stateDirectory, directory, new Set(Object.keys(kept).map(pathOf)))
    if (directory !== undefined && phases.every((phase) => phase.after.length === 0 && Keys.isWhole(phase)))
      return
    for (const folder of [Keys.PIECES, Keys.ROWS])
      yield* DurableFile.makeDirectory(path.join(stateDirectory, folder))
  })
  yield* Effect.mapError(
    prepare,
    (cause) => new SinkError({ sink, reason: new WriteFailed({ path: directory ?? stateDirectory, cause }) })
  )
  const scratch = yield* Scratch.open(
    {
      sink,
      pathOf,
      makerOf: Keys.makerOf,
      blockBytes: Keys.blockBytesOf(member),
      isEnded: (key) => Object.hasOwn(ends, Keys.makerOf(key)),
      mayBePublished: (key) => isEnded && Keys.isStaged(member, key)
    },
    kept
  )
  return { pathOf, scratch }
})

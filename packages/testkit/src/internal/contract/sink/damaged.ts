// A rule about staged bytes that were changed from outside.
import type { Sink } from "@chatferry/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { isOwnError, sampled } from "../engine/reading.ts"
import { broken, type Verdict } from "../engine/rule.ts"
import { type Checked, type Location, type Stage, writeIn } from "../engine/stage.ts"
import { finishFrom } from "./failures.ts"
import { sameResult } from "./results.ts"

/**
 * A byte of each file of the output and of the state is changed, or the file is removed, before the run is resumed. The
 * run is rejected, or publishes the same bytes.
 */
export const noticesDamage = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const expected = yield* stage.undisturbed
    for (const at of [Math.floor(stage.entities.length / 2), stage.entities.length]) {
      const here = yield* stage.location
      const receipt = yield* receiptAt(stage, here, at)
      const restore = yield* here.snapshot
      const files = [
        ...Array.from(yield* here.files, ([name, bytes]) => ({
          name,
          path: `${here.directory}/${name}`,
          bytes
        })),
        ...Array.from(yield* here.state, ([name, bytes]) => ({
          name,
          path: `${here.stateDirectory}/${name}`,
          bytes
        }))
      ]
      for (const nth of sampled(files.length, MOST_FILES)) {
        const file = files[nth]
        if (file === undefined) continue
        for (const damage of DAMAGES) {
          yield* restore
          yield* damage.of(yield* FileSystem.FileSystem, file.path, file.bytes)
          const exit = yield* Effect.exit(finishFrom(stage, here, receipt, at))
          const how = `${file.name} ${damage.what} after the receipt at ${at}`
          const verdict = Exit.isSuccess(exit)
            ? sameResult(how, expected, exit.value)
            : rejectedProperly(how, exit.cause, yield* here.files)
          if (verdict !== undefined) return verdict
        }
      }
    }
    return undefined
  })

// internal

const MOST_FILES = 8
const MANIFEST = "manifest.json"

const DAMAGES = [
  {
    what: "had a changed byte",
    of: (fs: FileSystem.FileSystem, path: string, bytes: Uint8Array) => {
      const at = Math.floor(bytes.length / 2)
      return bytes.length === 0 ? Effect.void : fs.writeFile(path, bytes.with(at, (bytes[at] ?? 0) ^ 1))
    }
  },
  { what: "was gone", of: (fs: FileSystem.FileSystem, path: string) => fs.remove(path) }
]

/** Once everything has been written, the receipt is the one that only has to be published. */
const receiptAt = <R>({ entities }: Stage<R>, here: Location<R>, at: number) =>
  here.opened(Option.none(), (session) =>
    Effect.gen(function* () {
      yield* writeIn(session, entities.slice(0, at), 64, () => Effect.void)
      let receipt: Sink.Receipt = yield* session.commit
      if (at === entities.length)
        yield* session.end((ended) =>
          Effect.sync(() => {
            receipt = ended
          })
        )
      return receipt
    })
  )

const rejectedProperly = (
  how: string,
  cause: Cause.Cause<unknown>,
  files: ReadonlyMap<string, unknown>
): Verdict | undefined => {
  if (!Cause.hasFails(cause) || !isOwnError(Cause.squash(cause)))
    return broken(`that the run fails with a sink error when ${how}`, cause)
  return files.has(MANIFEST)
    ? { expected: `no ${MANIFEST} of a run that fails when ${how}`, actual: "one" }
    : undefined
}

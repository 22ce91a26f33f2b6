import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Printable from "../../errors/Printable.ts"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Json from "../../files/Json.ts"
import { CheckpointRejected } from "../../MigrationError.ts"
import type { Rejected } from "../../Rejected.ts"

/** The stage that rejected a record. */
export type Stage = "source" | "transform" | { readonly sink: string }

/** Information in the lines besides the rejected records. */
export interface Options {
  /** The name of the source. */
  readonly source: string
  /** The advice for records that were rejected with a code. @default no advice */
  readonly actionOf?: (code: string, stage: Stage) => string | undefined
}

/** The extent of the lines so far; `records` counts those from before the sinks. */
export interface Extent {
  readonly bytes: number
  readonly sha256: string
  readonly records: number
  readonly bySink: Readonly<Record<string, number>>
}

export interface RejectsFile {
  /** The number of rejected records; a record that several sinks reject counts once. */
  readonly records: () => number
  readonly add: (
    stage: Stage,
    rejected: ReadonlyArray<Rejected>
  ) => Effect.Effect<void, PlatformError.PlatformError>
  readonly flush: Effect.Effect<Extent, PlatformError.PlatformError>
}

/**
 * Opens the rejects file as it was at a checkpoint; lines that were added later are
 * removed and will be written again. Fails if the file does not have the lines that the
 * checkpoint counts.
 */
export const open = (
  path: string,
  last: Extent,
  { actionOf = () => undefined, source }: Options
): Effect.Effect<
  RejectsFile,
  CheckpointRejected | PlatformError.PlatformError,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> =>
  Effect.map(reopen(path, last), (file) => {
    let records = last.records
    const bySink = new Map(Object.entries(last.bySink))
    return {
      records: () => records + Math.max(0, ...bySink.values()),
      add: (stage, rejected) => {
        if (rejected.length === 0) return Effect.void
        if (typeof stage === "string") records += rejected.length
        else bySink.set(stage.sink, (bySink.get(stage.sink) ?? 0) + rejected.length)
        // A long line is not concatenated with anything, because that would copy it.
        return Effect.forEach(
          rejected,
          (one) =>
            Effect.andThen(
              file.writeText(
                line(originOf(stage, one, source), one, one.action ?? actionOf(one.code, stage))
              ),
              file.writeText("\n")
            ),
          { discard: true }
        )
      },
      flush: Effect.map(file.flush, (bytes) => ({
        bytes,
        sha256: file.sha256(),
        records,
        bySink: Object.fromEntries(bySink)
      }))
    }
  })

/** The problem of missing rejects. */
export const GONE = "the rejects are gone. If they are elsewhere, put them back"

// internal

const reopen = Effect.fnUntraced(function* (
  path: string,
  { bytes, sha256 }: Extent
): Effect.fn.Return<
  DurableFile.Appender,
  CheckpointRejected | PlatformError.PlatformError,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  if (bytes === 0) return yield* DurableFile.append(path, 0)
  const fs = yield* FileSystem.FileSystem
  const reject = (problem: string) => Effect.fail(new CheckpointRejected({ path, why: "damaged", problem }))
  if (!(yield* fs.exists(path))) return yield* reject(GONE)
  const { size } = yield* fs.stat(path)
  if (Number(size) < bytes) {
    return yield* reject(
      `rejects are missing: the file has ${size} bytes, but had ${bytes} at the last checkpoint`
    )
  }
  const file = yield* DurableFile.append(path, bytes)
  return file.sha256() === sha256 ? file : yield* reject("the rejects have been changed")
})

const originOf = (stage: Stage, rejected: Rejected, source: string) =>
  stage === "source"
    ? { stage, source: rejected.source ?? source }
    : typeof stage === "string"
      ? { stage }
      : { stage: "sink", ...stage }

const line = (from: object, rejected: Rejected, action?: string) => {
  const { address, code, context, kind, message, original, location, transform } = rejected
  // Ids are part of a location, and may contain control characters of a terminal.
  const head = {
    ...from,
    ...(transform !== undefined && { transform: Printable.line(transform) }),
    kind,
    code: Printable.line(code),
    message: Printable.line(message, Printable.MAX_MESSAGE),
    ...(action !== undefined && { action: Printable.line(action, Printable.MAX_MESSAGE) }),
    location: Printable.line(location),
    ...(address !== undefined && { address })
  }
  try {
    return Json.write({ ...head, ...(context !== undefined && { context }), original })
  } catch {
    // JSON.parse reads nesting that JSON.stringify cannot write.
    const unwritable = { text: "(nested too deeply to write)" }
    return Json.write({ ...head, original: unwritable })
  }
}

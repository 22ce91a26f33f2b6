import { Printable, SystemProblem } from "@chatferry/core/errors"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { failure, ReadFailed, StageFailed, type ValidatorError } from "./failures.ts"
import { FileInspection, type Inspected, makeRun, type Run } from "./fileInspection.ts"
import type { Finding } from "./finding.ts"
import * as Folder from "./folder.ts"
import * as Settings from "./settings.ts"
import { StageFault } from "./spill.ts"

/** A check that runs when its findings are consumed. */
export interface Inspection {
  readonly findings: Stream.Stream<ReadonlyArray<Finding>, ValidatorError, FileSystem.FileSystem>
  readonly settings: Settings.Resolved
  /** The number of items by type, in order of appearance. */
  readonly counts: ReadonlyMap<string, number>
  readonly files: ReadonlyArray<Inspected>
}

/** Prepares a check. Its files on disk are removed with the scope. */
export const open = Effect.fnUntraced(function* (
  options: unknown
): Effect.fn.Return<Inspection, ValidatorError, FileSystem.FileSystem | Scope.Scope> {
  const { settings, stageDirectory: parent, ...given } = yield* Settings.judge(options)
  const { files, ...expanded } = yield* Folder.expand(given.files)
  const dialect = given.dialect ?? expanded.dialect
  const directory = yield* makeDirectory(parent)
  const run = yield* Effect.acquireRelease(
    Effect.sync(() => makeRun(settings, directory, dialect)),
    ({ spill }) => Effect.sync(() => spill.close())
  )
  const findings = Stream.fromIterable(files).pipe(
    Stream.zipWithIndex,
    Stream.flatMap(([path, index]) => inspectFile(run, path, index + 1, index === files.length - 1))
  )
  return { findings, settings, counts: run.counts, files: run.files }
})

/** Makes a folder for what does not fit into memory, which is removed with the scope. */
export const makeDirectory = Effect.fnUntraced(function* (
  parent: string | undefined
): Effect.fn.Return<string, ValidatorError, FileSystem.FileSystem | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  // Not recursive at first: on a full disk, Node would then report that the folder does not exist.
  const makeParent =
    parent === undefined
      ? Effect.void
      : Effect.catchIf(
          fs.makeDirectory(parent),
          ({ reason }) => reason._tag === "AlreadyExists" || reason._tag === "NotFound",
          () => fs.makeDirectory(parent, { recursive: true })
        )
  return yield* makeParent.pipe(
    Effect.andThen(
      Effect.acquireRelease(
        fs.makeTempDirectory(parent === undefined ? {} : { directory: parent }),
        // A folder that cannot be removed does no harm, and must not hide the findings.
        (made) =>
          Effect.catch(fs.remove(made, { recursive: true, force: true }), (cause) =>
            Effect.logWarning(Printable.line(SystemProblem.sentence("cannot remove", made, cause)))
          )
      )
    ),
    Effect.mapError((cause) =>
      failure(new StageFailed({ directory: parent ?? "the temporary folder", cause }))
    )
  )
})

// internal

const CHUNK_BYTES = 1 << 18

const inspectFile = (run: Run, path: string, file: number, isLast: boolean) =>
  Stream.unwrap(
    Effect.map(FileSystem.FileSystem, (fs) => {
      const inspection = new FileInspection(run, path, file)
      const chunks = fs.stream(path, { chunkSize: CHUNK_BYTES }).pipe(
        Stream.mapError((cause) => failure(new ReadFailed({ path, cause }))),
        Stream.map(Option.some),
        Stream.concat(Stream.succeed(Option.none<Uint8Array>()))
      )
      const last = Stream.suspend(() => {
        const judged = inspection.end(isLast)
        return Stream.paginate(undefined, () =>
          Effect.map(
            guarded(run, () => judged.next()),
            ({ done, value }) =>
              [
                value === undefined ? [] : [value],
                done === true ? Option.none() : Option.some(undefined)
              ] as const
          )
        )
      })
      return chunks.pipe(
        Stream.mapEffect((chunk) => guarded(run, () => inspection.push(Option.getOrUndefined(chunk)))),
        Stream.concat(last)
      )
    })
  )

const guarded = <A>({ directory }: Run, code: () => A): Effect.Effect<A, ValidatorError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(code())
    } catch (cause) {
      if (!(cause instanceof StageFault)) throw cause
      return Effect.fail(failure(new StageFailed({ directory, cause: cause.cause })))
    }
  })

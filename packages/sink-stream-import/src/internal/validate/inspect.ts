import { Printable, SystemProblem } from "@chatferry/core/errors"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Dialect } from "../../StreamImportPolicies.ts"
import { type DeferredCheck, DeferredChecks } from "./deferred.ts"
import { failure, ReadFailed, StageFailed, type ValidatorError } from "./failures.ts"
import { detect, FileCheck } from "./fileCheck.ts"
import { type Finding, finding } from "./finding.ts"
import * as Folder from "./folder.ts"
import { judgeDeferred } from "./judgeDeferred.ts"
import { Registry } from "./registry.ts"
import * as Settings from "./settings.ts"
import { Spill, StageFault } from "./spill.ts"

/** A checked file. */
export interface Inspected {
  readonly path: string
  readonly dialect: Dialect
  readonly bytes: number
  readonly items: number
  /** `false` if the rest of the file could not be read. */
  readonly isComplete: boolean
}

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
  const directory = yield* makeParent.pipe(
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
  const spill = yield* Effect.acquireRelease(
    Effect.sync(() => new Spill(directory)),
    (spill) => Effect.sync(() => spill.close())
  )
  const registry = new Registry(settings.memoryBytes, spill)
  const deferred = new DeferredChecks(spill)
  const run: Run = {
    settings,
    registry,
    deferred,
    directory,
    counts: new Map(),
    files: [],
    dialect
  }
  const findings = Stream.fromIterable(files).pipe(
    Stream.zipWithIndex,
    Stream.flatMap(([path, index]) => inspectFile(run, path, index + 1, index === files.length - 1))
  )
  return { findings, settings, counts: run.counts, files: run.files }
})

// internal

interface Run {
  readonly settings: Settings.Resolved
  readonly registry: Registry
  readonly deferred: DeferredChecks
  readonly directory: string
  readonly counts: Map<string, number>
  readonly files: Array<Inspected>
  /** The dialect in the options, or the one that the first file looks like. */
  dialect: Dialect | undefined
}

const CHUNK_BYTES = 1 << 18

const inspectFile = (run: Run, path: string, file: number, isLast: boolean) =>
  Stream.unwrap(
    Effect.map(FileSystem.FileSystem, (fs) => {
      let check: FileCheck | undefined
      let dialect: Dialect = run.dialect ?? "jsonl"
      let bytes = 0
      let isUnread = false
      const step = (chunk: Uint8Array | undefined): ReadonlyArray<Finding> => {
        const before: Array<Finding> = []
        if (check === undefined) {
          const start = detect(chunk ?? new Uint8Array(0))
          run.dialect ??= start.dialect
          dialect = run.dialect
          isUnread = start.problem === "file_compressed" || start.problem === "utf8_invalid"
          if (start.problem !== undefined) before.push(finding(start.problem, whole(path), "", undefined, {}))
          check = begin(run, path, file, dialect)
        }
        bytes += chunk?.length ?? 0
        return isUnread ? before : [...before, ...check.push(chunk)]
      }
      const chunks = fs.stream(path, { chunkSize: CHUNK_BYTES }).pipe(
        Stream.mapError((cause) => failure(new ReadFailed({ path, cause }))),
        Stream.map(Option.some),
        Stream.concat(Stream.succeed(Option.none<Uint8Array>()))
      )
      const last = Stream.suspend(() => {
        const isComplete = !isUnread && check?.isBroken === false
        const limit = run.settings.fileBytes
        run.files.push({ path, dialect, bytes, items: check?.items ?? 0, isComplete })
        const size =
          bytes > limit ? [finding("file_too_large", whole(path), "", undefined, { bytes, limit })] : []
        return Stream.concat(Stream.succeed(size), judgeAllDeferred(run, dialect, isComplete, isLast))
      })
      return chunks.pipe(
        Stream.mapEffect((chunk) => guarded(run, () => step(Option.getOrUndefined(chunk)))),
        Stream.concat(last)
      )
    })
  )

const whole = (file: string) => ({ file, line: 1, byte: 0, bytes: 0 })

/** Prepares the check of a file. Array files cannot refer to each other. */
const begin = (run: Run, path: string, file: number, dialect: Dialect): FileCheck => {
  if (dialect === "json-array") run.registry.clear()
  return new FileCheck(path, { ...run, settings: settingsOf(run, dialect), dialect, file })
}

const settingsOf = ({ settings }: Run, dialect: Dialect): Settings.Resolved =>
  dialect === "jsonl" ? settings : { ...settings, references: "file" }

const JUDGED_AT_ONCE = 1000

/** Runs the deferred checks at the end of a file. */
const judgeAllDeferred = (run: Run, dialect: Dialect, isComplete: boolean, isLast: boolean) => {
  const settings = settingsOf(run, dialect)
  const drained = run.deferred.drain()
  const later: Array<DeferredCheck> = []
  const next = () => {
    const findings: Array<Finding> = []
    for (let i = 0; i < JUDGED_AT_ONCE; i++) {
      const { done, value } = drained.next()
      if (done === true) return { findings, isDone: true }
      if (!isComplete) continue
      // The members of a channel may come in a later file.
      if (value.what === "members" && dialect === "jsonl" && !isLast) later.push(value)
      else {
        const one = judgeDeferred(value, run.registry, settings)
        if (one !== undefined) findings.push(one)
      }
    }
    return { findings, isDone: false }
  }
  return Stream.paginate(undefined, () =>
    Effect.map(guarded(run, next), ({ findings, isDone }) => {
      if (isDone) for (const one of later) run.deferred.add(one)
      return [[findings], isDone ? Option.none() : Option.some(undefined)] as const
    })
  )
}

const guarded = <A>({ directory }: Run, code: () => A): Effect.Effect<A, ValidatorError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(code())
    } catch (cause) {
      if (!(cause instanceof StageFault)) throw cause
      return Effect.fail(failure(new StageFailed({ directory, cause: cause.cause })))
    }
  })

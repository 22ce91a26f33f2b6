// Decides whether threads read for a run, and opens them.
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import * as Printable from "../../errors/Printable.ts"
import type { Session } from "../../Sink.ts"
import type { Position, Segment } from "../../Source.ts"
import * as Start from "../../Start.ts"
import type { Transform } from "../../Transform.ts"
import { relax } from "../program/heap.ts"
import type { Opened } from "../run/opened.ts"
import * as Pool from "./pool.ts"

/** The threads that an executor was asked for. */
export interface Workers {
  readonly threads: number
  /** The module that exports the migration, if it was given. */
  readonly module?:
    | { readonly url: string; readonly migration: string; readonly services: string }
    | undefined
}

interface Run<ET, RT> {
  readonly migration: string
  readonly source: Opened
  readonly transform: Transform<ET, RT>
  readonly session: Pick<Session, "takesExclusions">
  readonly hasCorrections: boolean
  readonly buckets: number
  /** Whether the sink has tasks after reading. */
  readonly hasTasks: boolean
  /** Digest of the settings of the run. */
  readonly settings: string
  readonly segments: ReadonlyArray<Segment>
  readonly from: number
  readonly position: Position | null
}

/** Opens threads for reading and for tasks after it, or none if this run needs to be read by one, and says so. */
export const choose = Effect.fnUntraced(function* <ET, RT>(
  { module, threads }: Workers,
  run: Run<ET, RT>
): Effect.fn.Return<Pool.Pool | undefined, never, Scope.Scope> {
  if (threads === 0) return undefined
  const announce = yield* Start.Listener
  const why = module === undefined ? "it was not given as a module" : whyNot(run)
  if (module === undefined || why !== undefined) {
    yield* announce({ _tag: "reading", migration: run.migration, threads: 0, why })
    return undefined
  }
  const { buckets, from, hasTasks, migration, position, segments, settings } = run
  if (from < segments.length)
    yield* announce({
      _tag: "reading",
      migration,
      threads: Math.min(threads, segments.length - from),
      why: undefined
    })
  yield* Effect.acquireRelease(Effect.sync(relax), (undo) => Effect.sync(undo))
  const loggers = yield* Effect.context()
  return yield* Pool.open({
    threads,
    start: {
      module: module.url,
      migration: module.migration,
      services: module.services,
      id: migration,
      logLevel: yield* References.MinimumLogLevel,
      buckets,
      settings
    },
    segments,
    hasTasks,
    from,
    position,
    log: (level, text, annotations) =>
      Effect.runForkWith(loggers)(Effect.annotateLogs(Effect.logWithLevel(level)(text), annotations))
  })
})

// internal

const whyNot = <ET, RT>({ hasCorrections, session, source, transform }: Run<ET, RT>): string | undefined => {
  const parts = transform.parts ?? [transform]
  const ordered = parts.find(({ isOrdered }) => isOrdered === true)
  const excluding = parts.find(({ excludes = [] }) => excludes.length > 0)
  if (source.isParallel !== true)
    return `the source ${Printable.line(source.name)} cannot be read by several threads`
  if (hasCorrections) return "it has corrections"
  if (ordered !== undefined)
    return `the transform ${Printable.line(ordered.name)} depends on the order of records`
  if (excluding !== undefined && !session.takesExclusions)
    return `the transform ${Printable.line(excluding.name)} leaves out records before a sink that cannot`
  return undefined
}

/** The smallest honest sink: one file of JSON lines. */
import { Entity, Rejected, Sink, SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import { assert } from "@effect/vitest"
import { Effect, type FileSystem, type Path } from "effect"

export interface Hooks {
  /** Runs before each write; a failure stands for a crash. */
  readonly onWrite?: (count: number) => Effect.Effect<void, SinkError.SinkError>
  readonly onFlush?: Effect.Effect<void, SinkError.SinkError>
  /** Runs after everything is published. */
  readonly onFinish?: Effect.Effect<void, SinkError.SinkError>
  /** Loses a record, as a defective sink would. */
  readonly loses?: boolean
  /** Rejects every record. */
  readonly rejects?: boolean
}

export const crash = new SinkError.SinkError({
  sink: "lines",
  reason: new SinkError.WriteFailed({ path: "lines", cause: "crash" })
})

const FILE = "lines.ndjson"

export const make = (
  directory: string,
  hooks: Hooks = {},
  name = "lines"
): Sink.Sink<FileSystem.FileSystem | Path.Path> => ({
  name,
  fields: Sink.allOf(Entity.kinds),
  fingerprint: {},
  divide: () => ({
    directory,
    files: [FILE],
    phases: [
      { name: "lines", after: [], parts: "segment", open: (task) => Effect.succeed(writer(task, hooks)) }
    ],
    publish: (output) => Effect.tap(output.publish(), () => hooks.onFinish ?? Effect.void)
  })
})

/** The same sink with other writers. */
export const withWriters = <R>(
  sink: Sink.Sink<R>,
  change: (writer: Phase.Writer, task: Phase.Task) => Phase.Writer
): Sink.Sink<R> => {
  const changed = (phase: Phase.Phase<R>): Phase.Phase<R> => ({
    ...phase,
    open: (task) => Effect.map(phase.open(task), (opened) => change(opened, task))
  })
  return {
    ...sink,
    divide: (buckets) => {
      const [one] = [sink.divide(buckets)].flat()
      assert(one !== undefined)
      return { ...one, phases: one.phases.map(changed) }
    }
  }
}

const writer = (
  task: Phase.Task,
  { loses = false, onFlush, onWrite, rejects = false }: Hooks
): Phase.Writer => {
  let writes = 0
  return {
    write: (records) =>
      Effect.gen(function* () {
        yield* onWrite?.(++writes) ?? Effect.void
        for (const record of records) {
          task.line(FILE, JSON.stringify(record))
          if (!rejects) task.book.written(record._tag, loses ? 0 : 1)
        }
        if (rejects) yield* task.reject(records.map(rejected))
      }),
    ...(onFlush !== undefined && { flush: Effect.as(onFlush, null) })
  }
}

const rejected = (record: Entity.Entity) =>
  Rejected.ofEntity(record, { code: "rejected", message: "rejected" })

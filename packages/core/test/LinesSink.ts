/** The smallest honest sink: one file of JSON lines, staged, resumed by its length, published with a manifest. */
import { DurableFile, Entity, Ledger, Publication, Sink, SinkError } from "@chatferry/core"
import { Effect, FileSystem, Option, Path, type PlatformError } from "effect"

export interface Hooks {
  /** Runs before each write; a failure stands for a crash. */
  readonly onWrite?: (count: number) => Effect.Effect<void, SinkError.SinkError>
  readonly onFlush?: Effect.Effect<void, SinkError.SinkError>
  readonly onFinish?: Effect.Effect<void, SinkError.SinkError>
  /** Loses a record, as a defective sink would. */
  readonly loses?: boolean
  /** Counts every record as rejected; setting them aside is the caller's. */
  readonly rejects?: boolean
}

export const crash = new SinkError.SinkError({
  sink: "lines",
  reason: new SinkError.WriteFailed({ path: "lines", cause: "crash" })
})

export const make = (
  directory: string,
  hooks: Hooks = {},
  name = "lines"
): Sink.Sink<FileSystem.FileSystem | Path.Path> => ({
  name,
  fields: Sink.allOf(Entity.kinds),
  fingerprint: {},
  outputs: [directory],
  open: (context) =>
    Effect.gen(function* () {
      yield* Publication.prepare({ sink: name, directory, context, files: ["lines.ndjson"] })
      const last = Option.getOrElse(context.receipt, () => ({ bytes: 0, ledger: Ledger.empty })) as {
        readonly bytes: number
        readonly ledger: Ledger.Ledger
      }
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
      const part = path.join(directory, Publication.partName("lines.ndjson"))
      const isPublished = last.bytes > 0 && !(yield* fs.exists(part))
      const file = isPublished ? undefined : yield* DurableFile.append(part, last.bytes)
      const book = Ledger.open(last.ledger)
      let records = Object.values(last.ledger.kinds).reduce((sum, { written }) => sum + written, 0)
      let writes = 0
      let bytes = last.bytes
      return {
        write: (batch) =>
          Effect.gen(function* () {
            yield* hooks.onWrite?.(++writes) ?? Effect.void
            for (const { _tag } of batch) {
              book.read(_tag, 1)
              if (hooks.rejects === true) book.add(_tag, "rejected", "refused", 1)
              else book.written(_tag, hooks.loses === true ? 0 : 1)
            }
            records += batch.length
            yield* (
              file?.write(Buffer.from(batch.map((one) => `${JSON.stringify(one)}\n`).join(""))) ?? Effect.void
            )
          }).pipe(fail),
        flush: Effect.gen(function* () {
          yield* hooks.onFlush ?? Effect.void
          bytes = yield* file?.flush ?? Effect.succeed(bytes)
          return { bytes, ledger: book.snapshot() }
        }).pipe(fail),
        finish: (completion) =>
          Effect.gen(function* () {
            const files = [{ path: "lines.ndjson", records }]
            const summary = yield* Publication.publish({
              sink: name,
              directory,
              context,
              completion,
              files,
              ledger: book.snapshot()
            })
            yield* hooks.onFinish ?? Effect.void
            return [summary]
          }).pipe(Effect.provideContext(services))
      } satisfies Sink.Writer
    }).pipe(fail)
})

const fail = <A, R>(
  effect: Effect.Effect<A, SinkError.SinkError | PlatformError.PlatformError, R>
): Effect.Effect<A, SinkError.SinkError, R> =>
  Effect.catchTag(effect, "PlatformError", (cause) =>
    Effect.fail(
      new SinkError.SinkError({ sink: "lines", reason: new SinkError.WriteFailed({ path: "lines", cause }) })
    )
  )

import { Consequence, DurableFile, Ledger, Publication, Sink, SinkError } from "@chatferry/core"
import { Effect, FileSystem, Option, Path, type PlatformError, Schema } from "effect"

/** Each is one way to break the contract. */
export type Fault =
  | "forgets a record in its files"
  | "forgets a kind in its ledger"
  | "counts no rejects"
  | "quotes what it rejects"
  | "declares none of its codes"
  | "leaves a file unlisted"
  | "changes a file after hashing it"
  | "publishes nothing when nothing came"
  | "marks its batches"
  | "writes under the final name"
  | "gives receipts with holes"
  | "keeps what came after the receipt"
  | "flushes only when it closes"
  | "counts only since it was opened"
  | "appends to what was given up"
  | "writes an end at each finish"
  | "cannot find its file once it is published"
  | "takes a foreign receipt for none"
  | "takes a missing file for an empty one"
  | "writes over results"
  | "takes exclusions for nothing"

const State = Schema.Struct({ bytes: Schema.Finite, ledger: Ledger.Ledger })
const decodeState = Schema.decodeUnknownOption(State)

const NAME = "line"
const FILE = "entities.ndjson"
const REJECTED = "webhook-3"
const REFUSED = Consequence.make("refused", { effect: "lost", says: "records that the sink refuses" })

const invalid = (problem: string) =>
  new SinkError.SinkError({ sink: NAME, reason: new SinkError.InvalidReceipt({ path: FILE, problem }) })

const lifted =
  (path: string) =>
  <A, E, R>(effect: Effect.Effect<A, E | PlatformError.PlatformError, R>) =>
    Effect.catchTag(effect, "PlatformError", (cause) =>
      Effect.fail(
        new SinkError.SinkError({
          sink: NAME,
          reason: new SinkError.WriteFailed({ path, cause })
        })
      )
    )

/** One file with one line for each entity. It keeps the contract, unless it has a fault. */
export const make =
  (fault?: Fault) =>
  (directory: string): Sink.Sink<FileSystem.FileSystem | Path.Path> => ({
    name: NAME,
    fields: Sink.allOf(["user", "channel", "member", "message", "failed_webhook"]),
    ...(fault !== "declares none of its codes" && { consequences: [REFUSED] }),
    fingerprint: {},
    open: (context) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
        const final = path.join(directory, FILE)
        const part = fault === "writes under the final name" ? final : Publication.partName(final)
        const state = Option.flatMap(context.receipt, decodeState)
        if (
          fault !== "takes a foreign receipt for none" &&
          Option.isSome(context.receipt) &&
          Option.isNone(state)
        ) {
          return yield* invalid("it is not readable")
        }
        if (fault !== "writes over results") {
          yield* Publication.prepare({ sink: NAME, directory, context })
        } else yield* fs.makeDirectory(directory, { recursive: true })
        if (Option.isSome(state) && (yield* fs.exists(final)) && !(yield* fs.exists(part))) {
          // Finished before: the file goes back to be published anew.
          if (fault === "cannot find its file once it is published") return yield* invalid("its file is gone")
          yield* fs.rename(final, part)
        }
        const size = (yield* fs.exists(part)) ? Number((yield* fs.stat(part)).size) : 0
        const wanted = Option.match(state, { onNone: () => 0, onSome: ({ bytes }) => bytes })
        if (size < wanted && fault !== "takes a missing file for an empty one")
          return yield* invalid("its file is too short")
        const keeps =
          (fault === "keeps what came after the receipt" && wanted > 0) ||
          (fault === "appends to what was given up" && wanted === 0)
        const length = keeps ? size : Math.min(size, wanted)
        const file = yield* DurableFile.append(part, length)
        const from =
          fault === "counts only since it was opened" ? undefined : Option.getOrUndefined(state)?.ledger
        const book = Ledger.open(from ?? Ledger.empty)
        let bytes = length
        const put = (text: string) => {
          const line = Buffer.from(text)
          bytes += line.length
          return file.write(line)
        }
        if (fault === "flushes only when it closes")
          yield* Effect.addFinalizer(() => Effect.ignore(file.flush))
        return {
          ...(fault === "takes exclusions for nothing" && { exclude: () => Effect.void }),
          write: (records) =>
            Effect.gen(function* () {
              for (const record of records) {
                book.read(
                  record._tag,
                  fault === "forgets a kind in its ledger" && record._tag === "member" ? 0 : 1
                )
                if (record._tag === "failed_webhook" && record.id === REJECTED) {
                  const message =
                    fault === "quotes what it rejects" ? `no ${record.url}` : "cannot be written"
                  yield* context.reject([
                    { kind: record._tag, code: REFUSED.code, message, place: REJECTED, original: record }
                  ])
                  if (fault !== "counts no rejects") book.add(record._tag, "rejected", REFUSED.code, 1)
                  else book.add(record._tag, "dropped", REFUSED.code, 1)
                  continue
                }
                book.written(record._tag, 1)
                yield* put(`${JSON.stringify(record)}\n`)
              }
              if (fault === "marks its batches") yield* put("\n")
            }).pipe(lifted(directory)),
          flush: Effect.gen(function* () {
            if (fault !== "flushes only when it closes") yield* file.flush
            const receipt = { bytes, ledger: book.snapshot() }
            return fault === "gives receipts with holes"
              ? ({ ...receipt, hole: undefined } as never)
              : receipt
          }).pipe(lifted(directory)),
          finish: (completion) =>
            Effect.gen(function* () {
              const isStaged = yield* fs.exists(part)
              if (isStaged) yield* file.flush
              if (fault === "writes an end at each finish") {
                yield* fs.writeFileString(isStaged ? part : final, "end\n", { flag: "a" })
              }
              const ledger = book.snapshot()
              const records = Ledger.ledgerKinds.reduce((sum, kind) => sum + ledger.kinds[kind].written, 0)
              if (fault === "publishes nothing when nothing came" && records === 0) return []
              if (fault === "leaves a file unlisted")
                yield* fs.writeFileString(path.join(directory, "notes.txt"), "x")
              const summary = yield* Publication.publish({
                sink: NAME,
                directory,
                context,
                completion,
                ledger,
                files: [
                  { path: FILE, records: fault === "forgets a record in its files" ? records - 1 : records }
                ]
              })
              if (fault === "changes a file after hashing it")
                yield* fs.writeFileString(final, "x", { flag: "a" })
              return [summary]
            }).pipe(lifted(directory), Effect.provide(services))
        } satisfies Sink.Writer
      }).pipe(lifted(directory))
  })

import { Consequence, type Entity, Rejected, Sink, SinkError } from "@chatferry/core"
import { type Publication } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import { Effect, FileSystem, type Path } from "effect"

/** Each of these breaks the contract in one way. */
export type Fault =
  | "forgets a record in its files"
  | "forgets a kind in its ledger"
  | "keeps no rejects"
  | "counts its rejects twice"
  | "quotes what it rejects"
  | "does not declare its codes"
  | "leaves a file unlisted"
  | "changes a file after hashing it"
  | "publishes nothing for an empty run"
  | "marks long batches"
  | "makes a file under the final name"
  | "gives receipts with holes"
  | "numbers lines since its opening"
  | "numbers the lines of its segment"
  | "never forgets its files"
  | "cannot find its file once it is published"
  | "publishes without the runner"
  | "ignores exclusions"
  | "looks for the task before it"

const NAME = "line"
const FILE = "entities.lines"
const REJECTED_ID = "webhook-3"
const LONG_BATCH = 128
const REJECTED = Consequence.make("rejected", { effect: "lost", says: "records that the sink rejects" })

/** One file with one line per entity. It keeps the contract unless it has a fault. */
export const make =
  (fault?: Fault) =>
  (directory: string): Sink.Sink<FileSystem.FileSystem | Path.Path> => {
    const published: Array<Publication.StagedFile> = []
    return {
      name: NAME,
      fields: Sink.allOf(["user", "channel", "member", "message", "failed_webhook"]),
      ...(fault !== "does not declare its codes" && { consequences: [REJECTED] }),
      fingerprint: {},
      divide: () => ({
        ...(fault !== "publishes without the runner" && { directory }),
        phases: [
          {
            name: "lines",
            after: [],
            parts: "segment",
            open: (task) =>
              task.receipt._tag === "Some" &&
              task.receipt.value !== null &&
              typeof task.receipt.value !== "number"
                ? Effect.fail(
                    new SinkError.SinkError({ sink: NAME, reason: SinkError.foreignReceipt(directory) })
                  )
                : Effect.map(FileSystem.FileSystem, (fs) => writer(task, fault, fs, `${directory}/${FILE}`))
          },
          ...(fault === "looks for the task before it" ? [pages] : [])
        ],
        publish: (output) => publish(output, { directory, fault, published })
      })
    }
  }

// internal

const writer = (
  task: Phase.Task,
  fault: Fault | undefined,
  fs: FileSystem.FileSystem,
  final: string
): Phase.Writer => {
  const isNumbered =
    fault === "numbers lines since its opening" || fault === "numbers the lines of its segment"
  let lines = task.receipt._tag === "Some" ? Number(task.receipt.value) : 0
  return {
    ...(fault === "ignores exclusions" && { exclude: () => Effect.void }),
    ...(fault === "gives receipts with holes" && {
      flush: Effect.sync(() => ({ hole: undefined }) as never)
    }),
    ...(fault === "numbers the lines of its segment" && { flush: Effect.sync(() => lines) }),
    write: (records) =>
      Effect.gen(function* () {
        for (const record of records) {
          if (record._tag === "failed_webhook" && record.id === REJECTED_ID) {
            yield* reject(task, fault, record)
            continue
          }
          if (fault !== "forgets a kind in its ledger" || record._tag !== "member")
            task.book.written(record._tag, 1)
          task.line(FILE, JSON.stringify(isNumbered ? { ...record, no: ++lines } : record))
        }
        if (fault === "marks long batches" && records.length > LONG_BATCH) task.append(FILE, "\n")
        if (fault === "makes a file under the final name")
          yield* Effect.mapError(
            Effect.scoped(fs.open(final, { flag: "a" })),
            (cause) =>
              new SinkError.SinkError({
                sink: NAME,
                reason: new SinkError.WriteFailed({ path: final, cause })
              })
          )
      })
  }
}

/** Tasks after reading, each of which writes whether the one before it has been run. */
const pages: Phase.Phase<FileSystem.FileSystem> = {
  name: "pages",
  after: ["lines"],
  parts: 3,
  open: (task) =>
    Effect.map(FileSystem.FileSystem, (fs) => ({
      end: Effect.gen(function* () {
        yield* Effect.orDie(fs.makeDirectory(task.directory, { recursive: true }))
        const before = task.directory.replace(/\d+$/u, String(task.part - 1))
        task.append("pages.lines", `${yield* Effect.orDie(fs.exists(before))}\n`)
        return null
      })
    }))
}

const reject = (
  task: Phase.Task,
  fault: Fault | undefined,
  record: Entity.Entity & { readonly _tag: "failed_webhook" }
) => {
  const message = fault === "quotes what it rejects" ? `no ${record.url}` : "cannot be written"
  const rejected = Rejected.ofEntity(record, { code: REJECTED.code, message })
  if (fault === "keeps no rejects" || fault === "counts its rejects twice")
    task.book.add(record._tag, "rejected", REJECTED.code, 1)
  return fault === "keeps no rejects" ? Effect.void : task.reject([rejected])
}

interface Publishing {
  readonly directory: string
  readonly fault: Fault | undefined
  readonly published: Array<Publication.StagedFile>
}

const publish = (output: Phase.Output, { directory, fault, published }: Publishing) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const final = `${directory}/${FILE}`
    const nothing = { sink: NAME, directory, files: [], ledger: output.ledger }
    if (fault === "publishes nothing for an empty run" && output.pieces.length === 0) return nothing
    if (fault === "publishes without the runner") {
      yield* Effect.orDie(fs.makeDirectory(directory, { recursive: true }))
      yield* Effect.orDie(fs.writeFileString(final, JSON.stringify(output.pieces)))
      return nothing
    }
    if (fault === "cannot find its file once it is published" && output.pieces.length > 0)
      yield* Effect.orDie(fs.readFile(`${final}.part`))
    const files = yield* Effect.forEach(output.pieces, ({ name }) => output.join(name))
    if (fault === "leaves a file unlisted")
      yield* Effect.orDie(fs.writeFileString(`${directory}/notes.txt`, "x"))
    published.push(...files)
    const summary = yield* output.publish({
      files:
        fault === "never forgets its files"
          ? [...published]
          : fault === "forgets a record in its files"
            ? files.map((file) => ({ ...file, records: file.records - 1 }))
            : files
    })
    if (fault === "changes a file after hashing it")
      yield* Effect.orDie(fs.writeFileString(final, "x", { flag: "a" }))
    return summary
  })

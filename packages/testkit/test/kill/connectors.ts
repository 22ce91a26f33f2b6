// A source and a sink for other processes, and broken ones whose faults only show in a separate process.
import { Ids, type Sink, type SinkError, Source, Timestamp } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import { Effect, FileSystem, Option, type Path, Stream } from "effect"
import * as EntityGenerator from "../../src/harness/EntityGenerator.ts"
import * as PigeonSink from "../pigeon/PigeonSink.ts"

const CREATED = Timestamp.Timestamp.make("2024-01-01T00:00:00Z")

/** Entities of every kind, and enough cheap ones for several batches: each process makes them again. */
export const source = () => Source.fromEntities("all", [...EntityGenerator.make({ records: 500 }), ...many])
const many = Array.from({ length: 3600 }, (_, i) => ({
  _tag: "message" as const,
  id: Ids.MessageId.make(`plain-${i}`),
  channelId: Ids.ChannelId.make("plain"),
  type: "regular" as const,
  text: `text ${i}`,
  createdAt: CREATED
}))

export const sink = (directory: string) => PigeonSink.make({ directory, token: "", maxText: 4000 })

/** Keeps its positions in memory, and gives their numbers. */
export const sourceWithMemory = (): Source.Source => {
  const good = source()
  return {
    ...good,
    open: Effect.map(good.open, (reader) => ({
      ...reader,
      read: (segment, position) =>
        reader
          .read(
            segment,
            Option.flatMap(position, (of) => Option.fromUndefinedOr(positions[Number(of)]))
          )
          .pipe(
            Stream.map((batch) => Object.assign({}, batch, { position: positions.push(batch.position) - 1 }))
          )
    }))
  }
}
const positions: Array<Source.Position> = []

/** Keeps its receipts in memory, and starts from scratch without one. */
export const sinkWithMemory = changed({
  writer: (open, task) => {
    const known = receipts[Number(Option.getOrElse(task.receipt, () => -1))]
    return Effect.map(open({ ...task, receipt: Option.fromUndefinedOr(known) }), (writer) => ({
      ...writer,
      flush: Effect.map(writer.flush ?? Effect.succeed(null), (receipt) => receipts.push(receipt) - 1)
    }))
  }
})
const receipts: Array<Sink.Receipt> = []

/** Gives the receipt that it was opened with, unless it began in this process. */
export const sinkWithOldReceipts = changed({
  writer: (open, task, directory) => {
    const isOurs = isBegunHere(directory, task)
    return Effect.map(open(task), (writer) => ({
      ...writer,
      flush: Effect.map(writer.flush ?? Effect.succeed(null), (receipt) =>
        isOurs ? receipt : Option.getOrElse(task.receipt, () => receipt)
      )
    }))
  }
})

/** Counts its openings in other processes. */
export const sinkThatCountsOpenings = changed({
  writer: (open, task, directory) => {
    if (!isBegunHere(directory, task)) again.add(directory)
    return open(task)
  },
  publish: (publish, directory) =>
    Effect.map(publish, ({ ledger, ...summary }) => ({
      ...summary,
      ledger: again.has(directory) ? { ...ledger, notes: { ...ledger.notes, opened_again: 1 } } : ledger
    }))
})

/** Adds a line when it finishes a run that another process has published. */
export const sinkThatFinishesAgain = changed({
  publish: (publish, directory) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${directory}/messages.jsonl`
      const isAgain = yield* Effect.orDie(fs.exists(file))
      const summary = yield* publish
      if (isAgain) yield* Effect.orDie(fs.writeFileString(file, "again\n", { flag: "a" }))
      return summary
    })
})

/** Marks its folder with a file that contains the number of its process. */
export const sinkWithMark = changed({
  writer: (open, task, directory) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* Effect.orDie(fs.writeFileString(`${directory}/process-${process.pid}`, ""))
      return yield* open(task)
    }),
  publish: (publish, directory) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const summary = yield* publish
      yield* Effect.orDie(fs.remove(`${directory}/process-${process.pid}`, { force: true }))
      return summary
    })
})

// internal

type Needs = FileSystem.FileSystem | Path.Path
type Open = Phase.Phase<Needs>["open"]

interface Change {
  readonly writer?: (open: Open, task: Phase.Task, directory: string) => ReturnType<Open>
  readonly publish?: (
    publish: Effect.Effect<Sink.Summary, SinkError.SinkError, Needs>,
    directory: string
  ) => Effect.Effect<Sink.Summary, SinkError.SinkError, Needs>
}

/** The good sink, with other writers of messages and another way to publish. */
function changed({ publish = (effect) => effect, writer = (open, task) => open(task) }: Change) {
  return (directory: string): Sink.Sink<Needs> => {
    const good = sink(directory)
    return {
      ...good,
      divide: (buckets) => {
        const division = good.divide(buckets) as Phase.Division<Needs>
        return {
          ...division,
          phases: division.phases.map((phase) =>
            phase.name === "messages"
              ? { ...phase, open: (task: Phase.Task) => writer(phase.open, task, directory) }
              : phase
          ),
          publish: (output) => publish(division.publish(output), directory)
        }
      }
    }
  }
}

/** Whether a run was begun by this process. */
function isBegunHere(directory: string, task: Phase.Task): boolean {
  if (Option.isNone(task.receipt)) begun.add(directory)
  return begun.has(directory)
}
const begun = new Set<string>()
const again = new Set<string>()

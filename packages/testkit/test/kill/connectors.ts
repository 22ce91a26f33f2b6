// A source and a sink that other processes make, and broken ones that only a process of its own shows to be broken.
import { type Ledger, type Sink, Source } from "@chatferry/core"
import { Effect, FileSystem, Option, type Path, Stream } from "effect"
import * as EntityGenerator from "../../src/EntityGenerator.ts"
import * as LineSink from "../LineSink.ts"

export const source = () => Source.fromEntities("all", EntityGenerator.make({ records: 5000 }))

export const sink = LineSink.make()

/** Keeps its positions in memory, and gives numbers of them. */
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

/** Keeps its receipts in memory, and begins anew without one. */
export const sinkWithMemory = changed((receipt) => {
  const known = receipts[Number(Option.getOrElse(receipt, () => -1))]
  return {
    receipt: Option.fromUndefinedOr(known),
    given: (one) => receipts.push(one) - 1
  }
})
const receipts: Array<Sink.Receipt> = []

/** Gives the receipt that it was opened with, where it did not begin in this process. */
export const sinkWithOldReceipts = changed((receipt, directory) => {
  const isOurs = begun.has(directory) || Option.isNone(receipt)
  begun.add(directory)
  return { receipt, given: (one) => (isOurs ? one : Option.getOrElse(receipt, () => one)) }
})

/** Counts its openings in other processes. */
export const sinkThatCountsOpenings = changed((receipt, directory) => {
  const isOurs = begun.has(directory) || Option.isNone(receipt)
  begun.add(directory)
  return {
    receipt,
    given: (one) => one,
    ledger: (ledger) => (isOurs ? ledger : { ...ledger, notes: { ...ledger.notes, opened_again: 1 } })
  }
})
const begun = new Set<string>()

/** Adds a line when it finishes what another process has published. */
export const sinkThatFinishesAgain = (directory: string): Sink.Sink<FileSystem.FileSystem | Path.Path> => {
  const good = sink(directory)
  const file = `${directory}/entities.ndjson`
  return {
    ...good,
    open: (context) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const isAgain = yield* Effect.orDie(fs.exists(file))
        const writer = yield* good.open(context)
        return {
          ...writer,
          finish: (completion) =>
            Effect.tap(writer.finish(completion), () =>
              isAgain && !begun.has(directory)
                ? Effect.orDie(fs.writeFileString(file, "again\n", { flag: "a" }))
                : Effect.sync(() => begun.add(directory))
            )
        }
      })
  }
}

/** Marks its folder as its own with a file that has the number of its process. */
export const sinkWithMark = (directory: string): Sink.Sink<FileSystem.FileSystem | Path.Path> => {
  const good = sink(directory)
  const mark = `${directory}/process-${process.pid}`
  return {
    ...good,
    open: (context) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const writer = yield* good.open(context)
        yield* Effect.orDie(fs.writeFileString(mark, ""))
        return {
          ...writer,
          finish: (completion) => Effect.tap(writer.finish(completion), () => Effect.orDie(fs.remove(mark)))
        }
      })
  }
}

// internal

interface Change {
  readonly receipt: Option.Option<Sink.Receipt>
  readonly given: (receipt: Sink.Receipt) => Sink.Receipt
  readonly ledger?: (ledger: Ledger.Ledger) => Ledger.Ledger
}

function changed(change: (receipt: Option.Option<Sink.Receipt>, directory: string) => Change) {
  return (directory: string): Sink.Sink<FileSystem.FileSystem | Path.Path> => {
    const good = sink(directory)
    return {
      ...good,
      open: (context) =>
        Effect.gen(function* () {
          const { given, ledger = (one) => one, receipt } = change(context.receipt, directory)
          const writer = yield* good.open({ ...context, receipt })
          return {
            ...writer,
            flush: Effect.map(writer.flush, given),
            finish: (completion) =>
              Effect.map(writer.finish(completion), (summaries) =>
                summaries.map((summary) => ({ ...summary, ledger: ledger(summary.ledger) }))
              )
          }
        })
    }
  }
}

// Rules about what a sink makes of kills, failures and foreign receipts.
import type { Sink } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as PlatformError from "effect/PlatformError"
import { refused } from "./rule.ts"
import { sameFiles, sameResult } from "./sinkResults.ts"
import {
  type Checked,
  type Failure,
  type Needs,
  type Place,
  type Result,
  type Stage,
  writeIn
} from "./stage.ts"

/** Some is written after the receipt that counts, and perhaps flushed, and the sink closes in peace. */
export const dropped = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, place, undisturbed } = stage
    const expected = yield* undisturbed
    for (const at of instants(entities.length)) {
      for (const isFlushed of [false, true]) {
        const here = yield* place
        const receipt = yield* here.opened(Option.none(), (writer) =>
          Effect.gen(function* () {
            yield* writeIn(writer, entities.slice(0, at), 64, () => Effect.void)
            const receipt = yield* writer.flush
            yield* writeIn(writer, entities.slice(at, at + 150), 64, () => Effect.void)
            if (isFlushed) yield* writer.flush
            return receipt
          })
        )
        const actual = yield* finishFrom(stage, here, receipt, at)
        const verdict = sameResult(`dropping what came after record ${at}`, expected, actual)
        if (verdict !== undefined) return verdict
      }
    }
    return undefined
  })

/** The folders go back to how they were right after a flush, or later, with the sink still open. */
export const killed = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, place, undisturbed } = stage
    const expected = yield* undisturbed
    for (const at of instants(entities.length)) {
      for (const later of [0, 90]) {
        const here = yield* place
        const { receipt, restore } = yield* here.opened(Option.none(), (writer) =>
          Effect.gen(function* () {
            yield* writeIn(writer, entities.slice(0, at), 64, () => Effect.void)
            const receipt = yield* writer.flush
            yield* writeIn(writer, entities.slice(at, at + later), 64, () => Effect.void)
            // A flush that no checkpoint knows of: the receipt before it counts.
            if (later > 0) yield* writer.flush
            return { receipt, restore: yield* here.snapshot }
          })
        )
        yield* restore
        const actual = yield* finishFrom(stage, here, receipt, at)
        const verdict = sameResult(`a kill ${later} records after the receipt at ${at}`, expected, actual)
        if (verdict !== undefined) return verdict
      }
    }
    return undefined
  })

export const reopened = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, place, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* place
    let receipt: Option.Option<Sink.Receipt> = Option.none()
    const size = Math.max(1, Math.ceil(entities.length / 6))
    for (let from = 0; from < entities.length; from += size) {
      const part = entities.slice(from, from + size)
      const last: Option.Option<Sink.Receipt> = receipt
      receipt = Option.some(
        throughJson(
          yield* here.opened(last, (writer) =>
            Effect.andThen(
              writeIn(writer, part, 64, () => Effect.void),
              writer.flush
            )
          )
        )
      )
    }
    const summaries = yield* here.opened(receipt, (writer) => writer.finish(stage.completion))
    const actual = { summaries, files: yield* here.files, rejected: [] }
    return sameResult("opening anew after every flush", expected, actual)
  })

export const startedAnew = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, place, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* place
    // Another start, of other records, was given up before the first checkpoint.
    yield* here.opened(Option.none(), (writer) =>
      Effect.andThen(
        writeIn(writer, entities.toReversed().slice(0, 200), 64, () => Effect.void),
        writer.flush
      )
    )
    return sameResult("a start that was given up", expected, yield* finishFrom(stage, here, undefined, 0))
  })

export const finishedTwice = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { completion, entities, place, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* place
    const { again, receipt } = yield* here.opened(Option.none(), (writer) =>
      Effect.gen(function* () {
        yield* writeIn(writer, entities, 64, () => Effect.void)
        const receipt = yield* writer.flush
        yield* writer.finish(completion)
        return { receipt, again: yield* writer.finish(completion) }
      })
    )
    const twice = sameResult("finishing twice", expected, {
      summaries: again,
      files: yield* here.files,
      rejected: []
    })
    if (twice !== undefined) return twice
    const actual = yield* finishFrom(stage, here, receipt, entities.length)
    return sameResult("finishing, opening and finishing again", expected, actual)
  })

export const renameFails = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { completion, entities, place, undisturbed } = stage
    const expected = yield* undisturbed
    const fs = yield* FileSystem.FileSystem
    for (let nth = 1; nth <= MOST_RENAMES; nth++) {
      const here = yield* place
      const broken = failingRename(fs)
      const receipts: Array<Sink.Receipt> = []
      const attempt = yield* here
        .opened(Option.none(), (writer) =>
          Effect.gen(function* () {
            yield* writeIn(writer, entities, 100, () => Effect.void)
            receipts.push(yield* writer.flush)
            broken.failAt(nth)
            yield* writer.finish(completion)
          })
        )
        .pipe(Effect.provideService(FileSystem.FileSystem, broken.fs), Effect.exit)
      // Fewer renames than this: all were tried.
      if (Exit.isSuccess(attempt)) return undefined
      const [receipt] = receipts
      if (receipt === undefined) {
        yield* attempt
        return undefined
      }
      const actual = yield* finishFrom(stage, here, receipt, entities.length)
      const verdict = sameResult(`a failure at rename ${nth} of finishing`, expected, actual)
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

export const foreignReceipt = <R>({ entities, place }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    for (const foreign of FOREIGN) {
      const here = yield* place
      yield* here.opened(Option.none(), (writer) =>
        Effect.andThen(writer.write(entities.slice(0, 50)), writer.flush)
      )
      const verdict = yield* refused(
        `opening with the receipt ${JSON.stringify(foreign)}`,
        here.openedWith(foreign)
      )
      if (verdict !== undefined) return verdict
    }
    const elsewhere = yield* (yield* place).opened(Option.none(), (writer) =>
      Effect.andThen(writer.write(entities), writer.flush)
    )
    const here = yield* place
    return yield* refused(
      "opening empty folders with a receipt for others",
      here.opened(Option.some(elsewhere), () => Effect.void)
    )
  })

export const resultIsKept = <R>({ completion, entities, place }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const here = yield* place
    yield* here.opened(Option.none(), (writer) =>
      Effect.andThen(writer.write(entities), writer.finish(completion))
    )
    const before = yield* here.files
    const again = here.opened(Option.none(), (writer) => writer.write(entities))
    const verdict = yield* refused("opening the folder of a finished run without a receipt", again)
    return verdict ?? sameFiles("another run into the same folder", before, yield* here.files)
  })

/** Opens with a receipt, writes what is left and finishes. */
export const finishFrom = <R>(
  { completion, entities }: Stage<R>,
  here: Place<R>,
  receipt: Sink.Receipt | undefined,
  at: number
): Effect.Effect<Result, Failure, Needs<R>> =>
  Effect.gen(function* () {
    const last = receipt === undefined ? Option.none() : Option.some(throughJson(receipt))
    const summaries = yield* here.opened(last, (writer) =>
      Effect.andThen(
        writeIn(writer, entities.slice(at), 77, () => Effect.void),
        Effect.andThen(writer.flush, writer.finish(completion))
      )
    )
    return { summaries, files: yield* here.files, rejected: [] }
  })

// internal

const MOST_RENAMES = 50

// What no sink writes; one that took it for a start would silently lose what a checkpoint counts on.
const FOREIGN = [{ "not a receipt": true }, "not a receipt", 12, null]

const instants = (length: number): ReadonlyArray<number> =>
  Array.from(new Set([0, 1, Math.floor(length / 3), Math.floor((2 * length) / 3), length]))

const throughJson = (receipt: Sink.Receipt): Sink.Receipt =>
  JSON.parse(JSON.stringify(receipt)) as Sink.Receipt

const failingRename = (fs: FileSystem.FileSystem) => {
  let left = Number.POSITIVE_INFINITY
  const rename: FileSystem.FileSystem["rename"] = (from, to) =>
    Effect.suspend(() =>
      --left === 0
        ? Effect.fail(
            PlatformError.systemError({
              _tag: "Unknown",
              module: "FileSystem",
              method: "rename",
              pathOrDescriptor: to
            })
          )
        : fs.rename(from, to)
    )
  return {
    fs: { ...fs, rename },
    failAt: (nth: number) => {
      left = nth
    }
  }
}

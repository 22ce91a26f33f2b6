// Rules about how a sink handles kills, failures and foreign receipts.
import type { Sink } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as PlatformError from "effect/PlatformError"
import { finish } from "../../../harness/SinkHarness.ts"
import { rejected } from "../engine/rule.ts"
import {
  type Checked,
  type Failure,
  type Needs,
  type Location,
  type Result,
  type Stage,
  writeIn
} from "../engine/stage.ts"
import { sameFiles, sameResult } from "./results.ts"

/** Records are written after the receipt, perhaps flushed, and the sink closes normally. */
export const dropped = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, location, undisturbed } = stage
    const expected = yield* undisturbed
    for (const at of instants(entities.length)) {
      for (const isFlushed of [false, true]) {
        const here = yield* location
        const receipt = yield* here.opened(Option.none(), (session) =>
          Effect.gen(function* () {
            yield* writeIn(session, entities.slice(0, at), 64, () => Effect.void)
            const receipt = yield* session.commit
            yield* writeIn(session, entities.slice(at, at + 150), 64, () => Effect.void)
            if (isFlushed) yield* session.commit
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

/** The folders are restored to their state right after a flush, or later, while the sink is still open. */
export const killed = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, location, undisturbed } = stage
    const expected = yield* undisturbed
    for (const at of instants(entities.length)) {
      for (const later of [0, 90]) {
        const here = yield* location
        const { receipt, restore } = yield* here.opened(Option.none(), (session) =>
          Effect.gen(function* () {
            yield* writeIn(session, entities.slice(0, at), 64, () => Effect.void)
            const receipt = yield* session.commit
            yield* writeIn(session, entities.slice(at, at + later), 64, () => Effect.void)
            // A flush without a checkpoint: the receipt before it counts.
            if (later > 0) yield* session.commit
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
    const { entities, location, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* location
    let receipt: Option.Option<Sink.Receipt> = Option.none()
    const size = Math.max(1, Math.ceil(entities.length / 6))
    for (let from = 0; from < entities.length; from += size) {
      const part = entities.slice(from, from + size)
      const last: Option.Option<Sink.Receipt> = receipt
      receipt = Option.some(
        throughJson(
          yield* here.opened(last, (session) =>
            Effect.andThen(
              writeIn(session, part, 64, () => Effect.void),
              session.commit
            )
          )
        )
      )
    }
    const summaries = yield* here.opened(receipt, (session) => finish(session, stage.completion))
    const actual = { summaries, files: yield* here.files, rejected: [] }
    return sameResult("reopening after every flush", expected, actual)
  })

export const startedAgain = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, location, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* location
    // An earlier start, with other records, was abandoned before its first checkpoint.
    yield* here.opened(Option.none(), (session) =>
      Effect.andThen(
        writeIn(session, entities.toReversed().slice(0, 200), 64, () => Effect.void),
        session.commit
      )
    )
    return sameResult("an abandoned start", expected, yield* finishFrom(stage, here, undefined, 0))
  })

export const finishedTwice = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { completion, entities, location, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* location
    const { again, receipt } = yield* here.opened(Option.none(), (session) =>
      Effect.gen(function* () {
        yield* writeIn(session, entities, 64, () => Effect.void)
        let receipt = yield* session.commit
        yield* finish(session, completion, (given) => {
          receipt = given
        })
        return { receipt, again: yield* finish(session, completion) }
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
    const { completion, entities, location, undisturbed } = stage
    const expected = yield* undisturbed
    const fs = yield* FileSystem.FileSystem
    for (let nth = 1; nth <= MOST_RENAMES; nth++) {
      const here = yield* location
      const broken = failingRename(fs)
      const receipts: Array<Sink.Receipt> = []
      const attempt = yield* here
        .opened(Option.none(), (session) =>
          Effect.gen(function* () {
            yield* writeIn(session, entities, 100, () => Effect.void)
            receipts.push(yield* session.commit)
            broken.failAt(nth)
            yield* finish(session, completion, (given) => void receipts.push(given))
          })
        )
        .pipe(Effect.provideService(FileSystem.FileSystem, broken.fs), Effect.exit)
      // There are fewer renames than this: all of them have been tried.
      if (Exit.isSuccess(attempt)) return undefined
      const receipt = receipts.at(-1)
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

export const foreignReceipt = <R>({ entities, location }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    for (const foreign of FOREIGN) {
      const here = yield* location
      const own = yield* here.opened(Option.none(), (session) =>
        Effect.andThen(session.write(entities.slice(0, 50)), session.commit)
      )
      const changed = withWriters(throughJson(own), foreign)
      // Writers without receipts get none.
      if (changed === undefined) continue
      const verdict = yield* rejected(
        `opening with the receipt ${JSON.stringify(foreign)}`,
        here.opened(Option.some(changed), () => Effect.void)
      )
      if (verdict !== undefined) return verdict
    }
    const elsewhere = yield* (yield* location).opened(Option.none(), (session) =>
      Effect.andThen(session.write(entities), session.commit)
    )
    const here = yield* location
    return yield* rejected(
      "opening empty folders with a receipt for others",
      here.opened(Option.some(elsewhere), () => Effect.void)
    )
  })

export const resultIsKept = <R>({ completion, entities, location }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const here = yield* location
    yield* here.opened(Option.none(), (session) =>
      Effect.andThen(session.write(entities), finish(session, completion))
    )
    const before = yield* here.files
    const again = here.opened(Option.none(), (session) => session.write(entities))
    const verdict = yield* rejected("opening the folder of a finished run without a receipt", again)
    return verdict ?? sameFiles("another run into the same folder", before, yield* here.files)
  })

/** Opens with a receipt, writes the remaining records and finishes. */
export const finishFrom = Effect.fnUntraced(function* <R>(
  { completion, entities }: Stage<R>,
  here: Location<R>,
  receipt: Sink.Receipt | undefined,
  at: number
): Effect.fn.Return<Result, Failure, Needs<R>> {
  const last = receipt === undefined ? Option.none() : Option.some(throughJson(receipt))
  const summaries = yield* here.opened(last, (session) =>
    Effect.andThen(
      writeIn(session, entities.slice(at), 77, () => Effect.void),
      Effect.andThen(session.commit, finish(session, completion))
    )
  )
  return { summaries, files: yield* here.files, rejected: [] }
})

// internal

const MOST_RENAMES = 50

// No sink writes this. A sink that took it for a fresh start would silently lose records that a checkpoint counts.
const FOREIGN = [{ "not a receipt": true }, "not a receipt", 12, null]

/** The receipt of a run in which the receipts of all writers are replaced. */
const withWriters = (receipt: Sink.Receipt, foreign: Sink.Receipt): Sink.Receipt | undefined => {
  let isAny = false
  const changed = Object.entries(receipt as Readonly<Record<string, Member>>).map(([name, member]) => {
    const writers = Object.entries(member.writers).map(([part, given]) => {
      if (given !== null) isAny = true
      return [part, given === null ? null : foreign] as const
    })
    return [name, { ...member, writers: Object.fromEntries(writers) }] as const
  })
  return isAny ? Object.fromEntries(changed) : undefined
}

/** The parts of a run's receipt that the rules use, for one sink. */
interface Member extends Readonly<Record<string, Sink.Receipt>> {
  readonly writers: Readonly<Record<string, Sink.Receipt>>
}

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

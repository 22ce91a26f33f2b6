// Rules about a source whose disk fails, returns parts of reads, or lists its files in another order.
import type { Source } from "@chatferry/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Faults from "../../../harness/Faults.ts"
import { isOwnError, readAll, type Reading, sampled } from "../engine/reading.ts"
import { type Judged, broken, type Verdict } from "../engine/rule.ts"
import { sameReadings } from "./same.ts"

/** Reads with a faulty file system; `undefined` if the source does not use the failing calls. */
export const readWith = Effect.fnUntraced(function* <R>(
  source: Source.Source<R>,
  options: Faults.FileSystemOptions
): Effect.fn.Return<WithDisk | undefined, never, R> {
  const fs = Option.getOrUndefined(yield* Effect.serviceOption(FileSystem.FileSystem))
  if (fs === undefined) return undefined
  const faulty = Faults.fileSystem(fs, options)
  const exit = yield* readAll(source).pipe(
    Effect.provideService(FileSystem.FileSystem, faulty.fileSystem),
    Effect.timeout(TIME_LIMIT),
    Effect.exit
  )
  return { exit, faulty }
})

export const survivesFaults = <R>(source: Source.Source<R>, whole: ReadonlyArray<Reading>): Judged<R> =>
  Effect.gen(function* () {
    const undisturbed = yield* readWith(source, {})
    if (undisturbed === undefined) return undefined
    for (const call of CALLS) {
      for (const at of sampled(undisturbed.faulty.count(call), MOST_FAULTS)) {
        for (const isLasting of [false, true]) {
          const read = yield* readWith(source, { fail: { calls: [call], nth: at + 1, isLasting } })
          const verdict = judge(read, whole, isLasting ? " and all later ones" : "")
          if (verdict !== undefined) return verdict
        }
      }
    }
    return undefined
  })

/** Some requests fail, once and permanently: the source may retry them, and its errors are source errors. */
export const survivesService = <R>(source: Source.Source<R>, whole: ReadonlyArray<Reading>): Judged<R> =>
  Effect.gen(function* () {
    const client = Option.getOrUndefined(yield* Effect.serviceOption(HttpClient.HttpClient))
    if (client === undefined) return undefined
    const readOver = (faulty: Faults.FaultyHttpClient) =>
      Effect.map(
        readAll(source).pipe(
          Effect.provideService(HttpClient.HttpClient, faulty.client),
          Effect.timeout(TIME_LIMIT),
          Effect.exit
        ),
        (exit) => ({ exit, faulty })
      )
    const undisturbed = yield* readOver(Faults.http(client))
    for (const at of sampled(undisturbed.faulty.count(), MOST_FAULTS)) {
      for (const isLasting of [false, true]) {
        const read = yield* readOver(Faults.http(client, { fail: { nth: at + 1, isLasting } }))
        const verdict = judge(read, whole, isLasting ? " and all later ones" : "")
        if (verdict !== undefined) return verdict
      }
    }
    return undefined
  })

export const takesShortReads = <R>(source: Source.Source<R>, whole: ReadonlyArray<Reading>): Judged<R> =>
  Effect.map(readWith(source, { shortReads: true }), (read) =>
    read === undefined ? undefined : sameAs("when each read returns only a part", read.exit, whole)
  )

export const ignoresOrder = <R>(source: Source.Source<R>, whole: ReadonlyArray<Reading>): Judged<R> =>
  Effect.map(readWith(source, { reverse: true }), (read) =>
    read === undefined ? undefined : sameAs("when directory listings are reversed", read.exit, whole)
  )

/** A disk that does not respond must not prevent a run from being stopped. */
export const isInterruptible = <R>(source: Source.Source<R>): Judged<R> =>
  Effect.gen(function* () {
    const fs = Option.getOrUndefined(yield* Effect.serviceOption(FileSystem.FileSystem))
    if (fs === undefined) return undefined
    const undisturbed = yield* readWith(source, {})
    // Calls that change files may be uninterruptible.
    for (const call of ["readDirectory", "read"] as const) {
      const nth = undisturbed?.faulty.count(call) ?? 0
      if (nth === 0) continue
      const faulty = Faults.fileSystem(fs, { fail: { calls: [call], nth, isHanging: true } })
      // Not a child fiber: the rule does not wait for one that cannot be interrupted.
      const reading = yield* Effect.forkDetach(
        Effect.provideService(readAll(source), FileSystem.FileSystem, faulty.fileSystem)
      )
      yield* Effect.promise(() => until(() => faulty.failed() !== undefined || isOver(reading)))
      const isStopped = yield* Effect.promise(() => stopped(Effect.runFork(Fiber.interrupt(reading))))
      if (!isStopped) {
        return {
          expected: `that reading can be interrupted while ${call} hangs`,
          actual: `it was not over after ${STOPPED} ms`
        }
      }
    }
    return undefined
  })

export const readsInPieces = <R>(source: Source.Source<R>): Judged<R> =>
  Effect.map(readWith(source, {}), (read) => {
    const most = read?.faulty.largestRead() ?? 0
    return most <= LARGEST_READ
      ? undefined
      : { expected: `at most ${LARGEST_READ} bytes of a file requested at once`, actual: `${most}` }
  })

/** Nothing exists: neither the input nor anything else. */
export const missesInput = <R>(
  source: Source.Source<R>,
  failing: ReadonlyArray<{ readonly source: Source.Source<R>; readonly reason: string }>
): Judged<R> =>
  Effect.gen(function* () {
    const gone = yield* readWith(source, { fail: { nth: 1, isLasting: true, tag: "NotFound" } })
    if (gone?.faulty.failed() !== undefined) {
      const verdict = failed("its input is missing", gone.exit)
      if (verdict !== undefined) return verdict
    }
    for (const [i, { reason, source: other }] of failing.entries()) {
      const exit = yield* Effect.exit(Effect.timeout(readAll(other), TIME_LIMIT))
      const verdict = failed(`source ${i + 1} of \`failing\` is read`, exit)
      if (verdict !== undefined) return verdict
      const actual = Exit.isFailure(exit) ? reasonOf(exit.cause) : undefined
      if (actual !== reason) {
        const expected = `that source ${i + 1} of \`failing\` fails with ${reason}`
        return Exit.isFailure(exit) ? broken(expected, exit.cause) : { expected, actual: "success" }
      }
    }
    return undefined
  })

// internal

const CALLS: ReadonlyArray<Faults.Call> = ["readDirectory", "stat", "open", "read"]
const MOST_FAULTS = 4
const TIME_LIMIT = "10 seconds"
const LARGEST_READ = 1 << 24
const LOOKS = 500
const STOPPED = 2000

const isOver = (fiber: Fiber.Fiber<unknown, unknown>) => fiber.pollUnsafe() !== undefined

/** Polls every ten milliseconds by the system clock: a test may have stopped Effect's clock. */
const until = async (isReached: () => boolean): Promise<void> => {
  for (let look = 0; look < LOOKS && !isReached(); look++)
    await new Promise((resolve) => setTimeout(resolve, 10))
}

const stopped = (fiber: Fiber.Fiber<unknown, unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), STOPPED)
    fiber.addObserver(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })

interface WithDisk {
  readonly exit: Exit.Exit<ReadonlyArray<Reading>, unknown>
  readonly faulty: Faults.FaultyFileSystem
}

type Read = {
  readonly exit: Exit.Exit<ReadonlyArray<Reading>, unknown>
  readonly faulty: Pick<Faults.FaultyFileSystem, "failed">
}

const judge = (read: Read | undefined, whole: ReadonlyArray<Reading>, after: string): Verdict | undefined => {
  const call = read?.faulty.failed()
  if (read === undefined || call === undefined) return undefined
  if (Exit.isFailure(read.exit)) return failed(`${call}${after} fails`, read.exit)
  const verdict = sameReadings("", whole, read.exit.value)
  return (
    verdict && {
      expected: `that the source fails when ${call}${after} fails`,
      actual: `a normal end, without ${verdict.expected}`
    }
  )
}

const failed = (when: string, exit: Exit.Exit<ReadonlyArray<Reading>, unknown>): Verdict | undefined => {
  if (Exit.isSuccess(exit)) {
    const records = exit.value.reduce(
      (sum, { batches }) => batches.reduce((all, batch) => all + batch.records.length, sum),
      0
    )
    return {
      expected: `that the source fails when ${when}`,
      actual: `${exit.value.length} partitions with ${records} records`
    }
  }
  const error = Cause.squash(exit.cause)
  if (Predicate.isTagged(error, "TimeoutError")) {
    return {
      expected: `that the source fails when ${when}`,
      actual: `neither an error nor an end within ${TIME_LIMIT}`
    }
  }
  return Cause.hasFails(exit.cause) && isOwnError(error)
    ? undefined
    : broken(`that the source fails with a source error when ${when}`, exit.cause)
}

const sameAs = (
  when: string,
  exit: Exit.Exit<ReadonlyArray<Reading>, unknown>,
  whole: ReadonlyArray<Reading>
): Verdict | undefined =>
  Exit.isFailure(exit)
    ? broken(`that the source gives the same ${when}`, exit.cause)
    : sameReadings(when, whole, exit.value)

const reasonOf = (cause: Cause.Cause<unknown>): string | undefined => {
  const error = Cause.squash(cause) as { readonly reason?: { readonly _tag?: string } } | undefined
  return error?.reason?._tag
}

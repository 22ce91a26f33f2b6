/**
 * The progress of a running migration, as values, and two ways to show it.
 *
 * Progress contains amounts and locations, but never ids or text of records. It goes to
 * standard error, because standard output is for results.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Printable from "./errors/Printable.ts"
import * as NodeProcess from "./internal/program/nodeProcess.ts"
import type { Ledger } from "./Ledger.ts"
import { rejectedCount } from "./Ledger.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Progress {
  readonly migration: string
  /** What is being done: `reading`, or a step of a sink such as `stream: writing messages`. */
  readonly step: string
  /** How much of the step is done, in the step's own unit (bytes of input while reading). */
  readonly done: number
  /** The total amount of the step; 0 if unknown. */
  readonly total: number
  /** How much had been read when this run started. */
  readonly resumedAt: number
  /** The location of the reader, as numbers: `part 2 of 5, file 3 of 14`. */
  readonly location: string
  /** All counts so far, including earlier runs of the same migration. */
  readonly ledger: Ledger
  /** Records read in this run. */
  readonly records: number
  readonly elapsed: Duration.Duration
}

/**
 * The step in which the source is read.
 *
 * @category models
 * @since 0.1.0
 */
export const READING = "reading"

/**
 * The step of the last value of a successful run: everything is done.
 *
 * @category models
 * @since 0.1.0
 */
export const FINISHED = "finished"

/**
 * The characters that return to the start of a terminal's line and clear it.
 *
 * @category constants
 * @since 0.1.0
 */
export const REWRITE = "\r\u001B[K"

/**
 * Shows progress until the stream ends. A renderer must not fail. A slow renderer skips
 * values and never slows the migration down.
 *
 * @category models
 * @since 0.1.0
 */
export type Renderer<R = never> = (progress: Stream.Stream<Progress>) => Effect.Effect<void, never, R>

/**
 * The renderer of migrations that do not set one. `Program.run` provides it; outside a
 * program nothing is shown.
 *
 * @category services
 * @since 0.1.0
 */
export const Default: Context.Reference<Renderer | undefined> = Context.Reference<Renderer | undefined>(
  "@chatferry/core/Progress/Default",
  { defaultValue: () => undefined }
)

/**
 * The width of the terminal on standard error, in columns. It is read for each line,
 * because users resize windows.
 *
 * @category services
 * @since 0.1.0
 */
export const Columns: Context.Reference<Effect.Effect<number>> = Context.Reference<Effect.Effect<number>>(
  "@chatferry/core/Progress/Columns",
  { defaultValue: () => NodeProcess.columns }
)

/**
 * Rewrites one line that never wraps, at most ten times a second, and clears it at the
 * end, even after a failure or an interruption.
 *
 * @category constructors
 * @since 0.1.0
 */
export const terminal: Renderer<Stdio.Stdio> = (progress) =>
  newest(progress, "100 millis").pipe(
    Stream.mapEffect((value) => Effect.map(widthOf, (width) => `${REWRITE}${bar(value, width)}`)),
    toStderr,
    Effect.ensuring(toStderr(Stream.succeed(REWRITE)))
  )

/**
 * Writes a line for logs at most every ten seconds, and one more at the end.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plain: Renderer<Stdio.Stdio> = (progress) =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    const width = (yield* stdio.stderrIsTerminal) ? widthOf : Effect.succeed(Infinity)
    yield* newest(progress, "10 seconds").pipe(
      Stream.mapEffect((value) => Effect.map(width, (columns) => `${fit(wordsOf(value), columns)}\n`)),
      toStderr
    )
  })

/**
 * `terminal` if standard error is a terminal, otherwise `plain`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const auto: Renderer<Stdio.Stdio> = (progress) =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    const isTerminal = yield* stdio.stderrIsTerminal
    yield* isTerminal ? terminal(progress) : plain(progress)
  })

/**
 * Formats progress as one line of printable text.
 *
 * @category conversions
 * @since 0.1.0
 */
export const line = (progress: Progress): string => fit(wordsOf(progress), Infinity)

// internal

const LONGEST_BAR = 24
const SHORTEST_BAR = 8
/** Assumed for a terminal that does not report its width. */
const USUAL_COLUMNS = 80

/** Emits each value, or only the newest one of a pause, and always the last one. */
const newest = (progress: Stream.Stream<Progress>, every: Duration.Input) => {
  const pause = Duration.toMillis(Duration.fromInputUnsafe(every))
  const ticks = Stream.map(Stream.tick(pause / 4), () => undefined)
  return progress.pipe(
    Stream.merge(ticks, { haltStrategy: "left" }),
    Stream.mapEffect((value) => Effect.map(Clock.currentTimeMillis, (now) => ({ value, now }))),
    Stream.mapAccum(
      () => ({ shownAt: -Infinity, waiting: undefined as Progress | undefined }),
      ({ shownAt, waiting }, { now, value = waiting }) =>
        value === undefined || now - shownAt < pause
          ? ([{ shownAt, waiting: value }, []] as const)
          : ([{ shownAt: now, waiting: undefined }, [value]] as const),
      { onHalt: ({ waiting }) => (waiting === undefined ? [] : [waiting]) }
    )
  )
}

const toStderr = Effect.fnUntraced(function* (lines: Stream.Stream<string>) {
  const stdio = yield* Stdio.Stdio
  yield* Effect.ignore(Stream.run(lines, stdio.stderr()))
})

/** The usable width of a line: a terminal may wrap when the last column is filled. */
const widthOf = Effect.gen(function* () {
  const columns = yield* yield* Columns
  return Math.max(1, (columns > 0 ? columns : USUAL_COLUMNS) - 1)
})

/** Some words of a line. If they do not all fit, the words with the highest rank are removed first. */
interface Words {
  readonly text: string
  readonly rank: number
}

const wordsOf = (progress: Progress): ReadonlyArray<Words> => [
  { text: Printable.line(progress.step), rank: 0 },
  ...ranked(1, progress.total > 0 ? `${percent(progress)} %` : ""),
  ...ranked(4, `${progress.records} records`),
  ...ranked(5, rate(progress)),
  ...ranked(2, timeLeft(progress)),
  ...ranked(3, rejected(progress)),
  ...ranked(6, Printable.line(progress.location))
]

const ranked = (rank: number, text: string): ReadonlyArray<Words> => (text === "" ? [] : [{ text, rank }])

const fit = (words: ReadonlyArray<Words>, width: number): string => {
  const text = words.map((one) => one.text).join(", ")
  if (text.length <= width) return text
  const least = Math.max(...words.map(({ rank }) => rank))
  return words.length > 1
    ? fit(
        words.filter(({ rank }) => rank < least),
        width
      )
    : Printable.line(text, width)
}

const percent = ({ done, total }: Progress) => Math.min(100, Math.floor((done / total) * 100))

const rate = ({ elapsed, records }: Progress) => {
  const seconds = Duration.toSeconds(elapsed)
  return seconds >= 1 ? `${Math.round(records / seconds)}/s` : ""
}

const timeLeft = ({ done, elapsed, resumedAt, step, total }: Progress) => {
  const seconds = Duration.toSeconds(elapsed)
  if (step !== READING || seconds < 2 || done <= resumedAt || total === 0) return ""
  const left = Math.max(0, Math.round((seconds * (total - done)) / (done - resumedAt)))
  return left >= 60 ? `${Math.floor(left / 60)} min ${left % 60} s left` : `${left} s left`
}

const rejected = ({ ledger }: Progress) => {
  const count = rejectedCount(ledger)
  return count === 0 ? "" : `${count} rejected`
}

/** The bar fills the space beside the words. It is omitted if that space is too small. */
const bar = (progress: Progress, width: number) => {
  const text = fit(wordsOf({ ...progress, location: "" }), width)
  const length = Math.min(LONGEST_BAR, width - text.length - 3)
  if (length < SHORTEST_BAR) return text
  const filled = progress.total > 0 ? Math.round((percent(progress) / 100) * length) : 0
  return `[${"#".repeat(filled)}${"-".repeat(length - filled)}] ${text}`
}

/**
 * How far a running migration has come, as values, and two ways to show it.
 *
 * Progress says how much and where, never what: no ids, no text. It goes to
 * standard error, so that standard output stays for results.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import type { Ledger } from "./Ledger.ts"
import { rejectedCount } from "./Ledger.ts"
import * as Printable from "./Printable.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Progress {
  readonly migration: string
  /** What is being done: `reading`, or a step of a sink such as `stream: writing messages`. */
  readonly step: string
  /** How much of the step is done, in the step's own unit: bytes of input while reading. */
  readonly done: number
  /** How much the step has; 0 when that is not known. */
  readonly total: number
  /** How much of reading was done when this run started. */
  readonly resumedAt: number
  /** Where reading is: file and entry. */
  readonly place: string
  /** Everything counted so far, including earlier runs of the same migration. */
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
 * Shows progress until the stream ends. It must not fail; a slow one skips
 * values and never slows the migration down.
 *
 * @category models
 * @since 0.1.0
 */
export type Renderer<R = never> = (progress: Stream.Stream<Progress>) => Effect.Effect<void, never, R>

/**
 * Rewrites one line, ten times a second at most.
 *
 * @category constructors
 * @since 0.1.0
 */
export const terminal: Renderer<Stdio.Stdio> = (progress) =>
  Stream.concat(
    Stream.map(newest(progress, "100 millis"), (value) => `\r${CLEAR_LINE}${bar(value)}`),
    Stream.succeed(`\r${CLEAR_LINE}`)
  ).pipe(toStderr)

/**
 * Writes a line for logs, every ten seconds at most.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plain: Renderer<Stdio.Stdio> = (progress) =>
  Stream.map(newest(progress, "10 seconds"), (value) => `${line(value)}\n`).pipe(toStderr)

/**
 * `terminal` when standard error is one, else `plain`.
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
 * Writes progress as one line of text, safe to show.
 *
 * @category conversions
 * @since 0.1.0
 */
export const line = (progress: Progress): string =>
  [
    Printable.line(progress.step),
    ...(progress.total > 0 ? [`${percent(progress)} %`] : []),
    `${progress.records} records`,
    ...rate(progress),
    ...timeLeft(progress),
    ...rejected(progress),
    ...(progress.place === "" ? [] : [Printable.line(progress.place)])
  ].join(", ")

// internal

const CLEAR_LINE = "\u001B[K"
const WIDTH = 24

const newest = (progress: Stream.Stream<Progress>, every: Duration.Input) =>
  progress.pipe(
    Stream.mapArray((values) => [values[values.length - 1] ?? values[0]]),
    Stream.throttle({ cost: () => 1, units: 1, duration: every, strategy: "enforce" })
  )

const toStderr = (lines: Stream.Stream<string>) =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    yield* Effect.ignore(Stream.run(lines, stdio.stderr()))
  })

const percent = ({ done, total }: Progress) => Math.min(100, Math.floor((done / total) * 100))

const rate = ({ elapsed, records }: Progress) => {
  const seconds = Duration.toSeconds(elapsed)
  return seconds >= 1 ? [`${Math.round(records / seconds)}/s`] : []
}

const timeLeft = ({ done, elapsed, resumedAt, step, total }: Progress) => {
  const seconds = Duration.toSeconds(elapsed)
  if (step !== READING || seconds < 2 || done <= resumedAt || total === 0) return []
  const left = Math.max(0, Math.round((seconds * (total - done)) / (done - resumedAt)))
  return [left >= 60 ? `${Math.floor(left / 60)} min ${left % 60} s left` : `${left} s left`]
}

const rejected = ({ ledger }: Progress) => {
  const count = rejectedCount(ledger)
  return count === 0 ? [] : [`${count} rejected`]
}

const bar = (progress: Progress) => {
  const filled = progress.total > 0 ? Math.round((percent(progress) / 100) * WIDTH) : 0
  return `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${line({ ...progress, place: "" })}`
}

/**
 * How a migration begins: it starts, it is resumed, or it is already finished.
 *
 * A migration notifies its `Listener` before anything else happens, and prints nothing
 * itself. `Program.run` writes the notification to standard error.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Printable from "./errors/Printable.ts"

/**
 * How a migration begins. Times are ISO texts in UTC; `undefined` if their file was
 * lost.
 *
 * @category models
 * @since 0.1.0
 */
export type Start =
  | {
      readonly _tag: "starting"
      readonly migration: string
      readonly source: string
      readonly sink: string
    }
  | {
      readonly _tag: "resuming"
      readonly migration: string
      readonly startedAt: string | undefined
      /** Bytes of input that have been read. */
      readonly done: number
      /** Bytes of all input; 0 if unknown. */
      readonly total: number
      /** Records that have been read. */
      readonly records: number
    }
  | {
      /** Only if worker threads were asked for. */
      readonly _tag: "reading"
      readonly migration: string
      /** Worker threads that read; 0 if one thread does everything. */
      readonly threads: number
      /** Why one thread does everything. */
      readonly why: string | undefined
    }
  | {
      readonly _tag: "finished"
      readonly migration: string
      readonly finishedAt: string | undefined
      /** What to remove to run it again, in words. */
      readonly remove: string
    }

/**
 * Receives how each migration begins. By default nothing listens.
 *
 * @category services
 * @since 0.1.0
 */
export const Listener: Context.Reference<(start: Start) => Effect.Effect<void>> = Context.Reference<
  (start: Start) => Effect.Effect<void>
>("@chatferry/core/Start/Listener", { defaultValue: () => () => Effect.void })

/**
 * Formats the value as one line of printable text.
 *
 * @category conversions
 * @since 0.1.0
 */
export const line = (start: Start): string =>
  Printable.line(`migration ${start.migration}: ${words(start)}`, Printable.MAX_MESSAGE)

// internal

const words = (start: Start): string => {
  switch (start._tag) {
    case "starting":
      return `starting, from ${start.source} to ${start.sink}`
    case "resuming":
      return `resuming ${reached(start)}${on(", started", start.startedAt)}`
    case "reading":
      return start.threads === 0
        ? `reading on one thread, because ${start.why}`
        : `reading on ${start.threads} worker ${start.threads === 1 ? "thread" : "threads"}`
    case "finished":
      return `finished${on("", start.finishedAt)}, nothing to do; to run it again, remove ${start.remove}, or use another id and another output folder`
  }
}

const reached = ({ done, records, total }: Extract<Start, { readonly _tag: "resuming" }>) =>
  total > 0
    ? `at ${Math.min(100, Math.floor((done / total) * 100))} %`
    : `after ${records} ${records === 1 ? "record" : "records"}`

const on = (verb: string, time: string | undefined) =>
  Option.match(time === undefined ? Option.none() : DateTime.make(time), {
    onNone: () => "",
    onSome: (at) => `${verb} on ${DateTime.formatIso(at).slice(0, 16).replace("T", " ")} UTC`
  })

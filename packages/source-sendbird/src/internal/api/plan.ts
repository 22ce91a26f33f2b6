// Plans the exports that a run requests.
import type { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type { Requested } from "../settings/config.ts"
import { dataTypes, type Window } from "./request.ts"
import { isTooOld, requestsOf } from "./settings.ts"
import { ofRequest } from "./windows.ts"

/**
 * The exports that a run requests if nothing fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Plan {
  /** Windows in order, with one export each. */
  readonly windows: ReadonlyArray<Window>
  /** Windows of failed webhooks that Sendbird no longer keeps. */
  readonly tooOld: ReadonlyArray<Window>
  /** Minimum number of calls: one to request each export, two to check it, one to download it. Enrichment is not included. */
  readonly calls: number
}

export const of = Effect.fnUntraced(function* (
  given: Requested
): Effect.fn.Return<Plan, SourceError.InvalidConfig> {
  const windows: Array<Window> = []
  const tooOld: Array<Window> = []
  for (const request of requestsOf(given)) {
    for (const window of ofRequest(request)) {
      const to = (yield* isTooOld(window, request)) ? tooOld : windows
      to.push(window)
    }
  }
  return { windows, tooOld, calls: windows.length * CALLS_PER_EXPORT }
})

/** Formats a plan with one line per data type. */
export const format = ({ calls, tooOld, windows }: Plan): string => {
  const lines = dataTypes.flatMap((dataType) => {
    const of = windows.filter((window) => window.dataType === dataType)
    const [first, last] = [of[0], of.at(-1)]
    if (first === undefined || last === undefined) return []
    const exports = of.length === 1 ? "1 export" : `${of.length} exports`
    return [`${dataType.padEnd(16)}${exports.padStart(12)}   ${day(first.start)} to ${day(last.end)}`]
  })
  if (tooOld.length > 0) {
    lines.push(`${tooOld.length} days of failed webhooks are older than six months and are left out`)
  }
  return [...lines, `${windows.length} exports, at least ${calls} calls`].join("\n")
}

// internal

const CALLS_PER_EXPORT = 4

const day = (millis: number) => new Date(millis).toISOString().replace("T00:00:00.000Z", "")

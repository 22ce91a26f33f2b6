// Splits a period into windows that Sendbird accepts.
import type { DataType, Request, Window } from "./request.ts"

export const DAY = 86_400_000

/** Returns all windows of a request, in the order in which they are exported. */
export const ofRequest = ({ dataType, from, longest, to }: Request): ReadonlyArray<Window> =>
  tile(dataType, from, to, longest)

/** Splits a period into windows of at most `longest` milliseconds without gaps. Each begins where the previous one ends. */
export const tile = (dataType: DataType, from: number, to: number, longest: number): ReadonlyArray<Window> =>
  Array.from({ length: Math.ceil((to - from) / longest) }, (_, i) => ({
    dataType,
    start: from + i * longest,
    end: Math.min(to, from + (i + 1) * longest)
  }))

/** Splits a window into two halves; `undefined` if they would be shorter than allowed. */
export const halve = <W extends { readonly start: number; readonly end: number }>(
  window: W,
  shortest: number
): readonly [W, W] | undefined => {
  const middle = window.start + Math.floor((window.end - window.start) / 2)
  if (middle - window.start < Math.max(1, shortest)) return undefined
  return [
    { ...window, end: middle },
    { ...window, start: middle }
  ]
}

// A page of a listing, parsed like a file of an export, so that long ids keep all digits.
import type { ApiClient } from "@chatferry/connector"
import { JsonElements } from "@chatferry/core/files"
import { bufferOf } from "../bufferOf.ts"
import type { Origin, Out } from "../reading/out.ts"
import { text } from "../records/raw.ts"
import type { AnswerContext } from "../records/rejectContext.ts"

export interface Page {
  readonly list: string
  readonly values: ReadonlyArray<unknown>
  /** Token of the next page; `""` if there is none. */
  readonly next: string
  /** Size of the response. */
  readonly bytes: number
  /** The text of `values[i]`. */
  readonly textOf: (i: number) => string | undefined
}

/**
 * Decodes a response with elements in the field `list`. A malformed element, or far more
 * elements than requested, makes the whole response invalid.
 */
export const decode =
  (list: string, limit: number): ApiClient.Decode<Page> =>
  (body) => {
    try {
      const page = read(list, limit * SLACK, body)
      return page !== undefined && page.next.length <= MOST_TOKEN ? page : undefined
    } catch (cause) {
      if (cause instanceof JsonElements.JsonSyntaxError || cause instanceof JsonElements.ElementTooLarge)
        return undefined
      throw cause
    }
  }

/** Maps the elements one by one, each with its own origin. */
export const eachValue = (
  page: Page,
  location: string,
  out: Out,
  context: AnswerContext,
  map: (value: unknown, i: number) => void
): void => {
  let at = 0
  const origin: Origin = {
    location: (within) => `${location}:${page.list}[${at}]${within}`,
    text: () => page.textOf(at),
    context: () => context
  }
  out.origin = origin
  for (const [i, value] of page.values.entries()) {
    at = i
    map(value, i)
  }
}

// internal

/** Responses may exceed the limit a little. */
const SLACK = 10
/** Positions contain the token. */
const MOST_TOKEN = 16_384

const read = (list: string, most: number, body: Uint8Array): Page | undefined => {
  let isFound = false
  const arrays = (member: string) => {
    if (member === list) isFound = true
    return member === list
  }
  // The response is already in memory, so its size is a sufficient limit.
  const reader = JsonElements.make({ arrays, maxElementBytes: Math.max(1, body.length) })
  reader.push(body)
  reader.end()
  const values: Array<unknown> = []
  const ranges: Array<readonly [start: number, length: number]> = []
  let next = ""
  for (let part = reader.next(); part !== undefined; part = reader.next()) {
    if (part._tag === "elements") {
      if (part.failures.size > 0 || part.member !== list) return undefined
      for (const [i, value] of part.values.entries()) {
        values.push(value)
        ranges.push([part.offsetOf(i), part.bytesOf(i).length])
      }
      if (values.length > most) return undefined
    } else if (part.failure !== undefined) return undefined
    else if (part.name === "next") next = text(part.value) ?? ""
  }
  if (!isFound) return undefined
  const textOf = (i: number) => {
    const range = ranges[i]
    return range === undefined ? undefined : bufferOf(body).toString("utf8", range[0], range[0] + range[1])
  }
  return { list, values, next, bytes: body.length, textOf }
}

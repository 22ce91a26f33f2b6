/**
 * Watches a listing that goes on page by page, so that it ends whatever the
 * service answers: pages that come again in a cycle of any length, pages that
 * ignore where they were asked to go on, empty pages that say that there is more,
 * and pages without an end.
 *
 * Memory is bounded: hashes of the last half million records at most, and a
 * constant for the tokens.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { SourceError } from "@chatferry/core"
import { Setting, Settings } from "@chatferry/core/settings"
import { hashOf } from "../internal/api/hash.ts"

/**
 * Most pages of one listing, unless settings say otherwise.
 *
 * @category constants
 * @since 0.1.0
 */
export const MOST_PAGES = 20_000

/**
 * A page after which the listing goes on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  /** What the page after it is asked for with; `undefined` where a listing has no such thing. */
  readonly next?: string | undefined
  /** Of the records on it. */
  readonly ids: ReadonlyArray<string>
}

/**
 * Watches one listing from its first page on, or from where it is resumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Watch {
  /** Takes in a page after which the listing goes on, and gives why it is not to. */
  readonly see: (page: Page) => SourceError.RequestFailed | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** What errors call the listing. */
  readonly operation: string
  /** Errors call it by this name. */
  readonly maxPages: number
  /** Pages that were read before; 0. */
  readonly before?: number
  /** What to do when the listing cannot be relied on. */
  readonly hint: string
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const watch = ({ before = 0, hint, maxPages, operation }: Options): Watch => {
  const tokens = repeats()
  const records = novelties()
  let pages = before
  let stale = 0
  let empty = 0
  const failed = (problem: string, remedy = hint) =>
    new SourceError.RequestFailed({ operation, attempts: 1, problem, hint: remedy })
  return {
    see: ({ ids, next }) => {
      pages++
      const isEmpty = ids.length === 0
      const isNew = records.add(ids)
      empty = isEmpty ? empty + 1 : 0
      stale = isNew ? 0 : stale + (isEmpty ? 0 : 1)
      if (next !== undefined && tokens.isRepeated(next)) {
        return failed(`the list goes round in a circle: page ${pages} leads to one that came before`)
      }
      if (stale >= MOST_STALE) {
        return failed(
          `the list does not go on: its last ${stale} pages have nothing that had not come before`
        )
      }
      if (empty >= MOST_EMPTY) {
        return failed(`the list does not go on: its last ${empty} pages are empty and say that there is more`)
      }
      if (pages < maxPages) return undefined
      return failed(
        `the list has more pages than maxPages allows (${maxPages})`,
        "Raise maxPages if there is as much to list, then run again."
      )
    }
  }
}

/**
 * The setting `maxPages`: most pages of one listing. A listing that has more stops
 * the run, so it changes nothing that is read.
 *
 * @category configuration
 * @since 0.1.0
 */
export const maxPages = Settings.incidental(Settings.withDefault(Setting.whole(), MOST_PAGES))

// internal

/** Records that move between two pages while they are asked for may come twice, a page of them hardly. */
const MOST_STALE = 3
/** Pages may be empty because what was on them was filtered out. */
const MOST_EMPTY = 20
/** Of which two are kept. */
const GENERATION = 250_000

/** Finds a cycle of any length in a sequence whose next element follows from the one before (Brent). */
const repeats = () => {
  let anchor: number | undefined
  let steps = 0
  let power = 1
  return {
    isRepeated: (token: string): boolean => {
      const hash = hashOf(token)
      if (hash === anchor) return true
      if (++steps >= power || anchor === undefined) {
        anchor = hash
        power *= 2
        steps = 0
      }
      return false
    }
  }
}

/** Remembers what came last. */
const novelties = () => {
  let current = new Set<number>()
  let previous = new Set<number>()
  return {
    /** Whether one of them is new. */
    add: (ids: ReadonlyArray<string>): boolean => {
      let isNew = false
      for (const id of ids) {
        const hash = hashOf(id)
        if (current.has(hash) || previous.has(hash)) continue
        isNew = true
        current.add(hash)
        if (current.size < GENERATION) continue
        previous = current
        current = new Set()
      }
      return isNew
    }
  }
}

/**
 * Watches a paged listing so that it ends whatever the service responds: cycles of
 * pages of any length, pages that ignore their page token, empty pages that claim
 * that more follow, and an endless number of pages.
 *
 * Memory is bounded: hashes of at most the last half million records, and a
 * constant amount for the tokens.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { SourceError } from "@chatferry/core"
import { Setting, Settings } from "@chatferry/core/settings"
import { hashOf } from "../internal/api/hash.ts"

/**
 * The default limit on the number of pages of one listing.
 *
 * @category constants
 * @since 0.1.0
 */
export const MOST_PAGES = 20_000

/**
 * A page that is not the last of its listing.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  /** The token of the next page; `undefined` if the listing has no tokens. */
  readonly next?: string | undefined
  /** The ids of the records on the page. */
  readonly ids: ReadonlyArray<string>
}

/**
 * Watches one listing from its first page or from the page where it resumes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Watch {
  /** Records a page that is not the last. Returns an error if the listing must stop. */
  readonly see: (page: Page) => SourceError.RequestFailed | undefined
}

/**
 * How a listing is watched.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** The name of the listing in errors. */
  readonly operation: string
  /** Most pages. Errors call the limit by this name. */
  readonly maxPages: number
  /**
   * Pages that were read by earlier runs.
   *
   * @default 0
   */
  readonly before?: number | undefined
  /** What to do when the listing cannot be relied on. */
  readonly hint: string
}

/**
 * Makes a watch for one listing.
 *
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
        return failed(`the list is circular: page ${pages} leads to an earlier page`)
      }
      if (stale >= MOST_STALE) {
        return failed(`the list makes no progress: its last ${stale} pages contain no new records`)
      }
      if (empty >= MOST_EMPTY) {
        return failed(
          `the list makes no progress: its last ${empty} pages are empty and say that there is more`
        )
      }
      if (pages < maxPages) return undefined
      return failed(
        `the list has more pages than maxPages allows (${maxPages})`,
        "Raise maxPages if the list really has more pages, then run again."
      )
    }
  }
}

/**
 * The setting `maxPages`: most pages of one listing. A listing with more stops the
 * run, so the setting does not change the records that are read.
 *
 * @category configuration
 * @since 0.1.0
 */
export const maxPages = Settings.incidental(Settings.withDefault(Setting.whole(), MOST_PAGES))

// internal

/** Records that move between two pages during the listing may appear twice; a whole page of them is unlikely. */
const MOST_STALE = 3
/** Pages may be empty because the service filters out their records. */
const MOST_EMPTY = 20
/** Records in each of the two sets of hashes. */
const GENERATION = 250_000

/** Finds a cycle of any length in a sequence in which each element determines the next (Brent's algorithm). */
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

/** Remembers the last records. */
const novelties = () => {
  let current = new Set<number>()
  let previous = new Set<number>()
  return {
    /** Whether at least one id is new. */
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

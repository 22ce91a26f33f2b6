// The listings of this run, each with a guard against listings that never end.
import { Pages } from "@chatferry/connector"

export interface Watched {
  readonly watch: Pages.Watch
  /** Milliseconds since 1970 of the last page; `undefined` before the first one of this run. */
  readonly readAt: number | undefined
  /** Number of page tokens of this run that expired soon after they were issued. */
  readonly quickExpiries: number
}

export class Watches {
  readonly #listings = new Map<string, Watched>()
  readonly #maxPages: number

  constructor(maxPages: number = Pages.MOST_PAGES) {
    this.#maxPages = maxPages
  }

  /** `path` identifies the listing; `before` is the number of pages that an earlier run has read. */
  of(path: string, operation: string, before: number): Watched {
    const known = this.#listings.get(path)
    if (known !== undefined) return known
    const watch = this.#begin(operation, before)
    return this.#put(path, { watch, readAt: undefined, quickExpiries: 0 })
  }

  readOn(path: string, watched: Watched, now: number): void {
    this.#put(path, { ...watched, readAt: now })
  }

  /** Starts a listing again. Returns `false` if its tokens expire so fast that it would never end. */
  mayStartAgain(path: string, operation: string, watched: Watched, now: number): boolean {
    const isQuick = watched.readAt !== undefined && now - watched.readAt < QUICK
    const quickExpiries = watched.quickExpiries + (isQuick ? 1 : 0)
    this.#put(path, { watch: this.#begin(operation, 0), readAt: undefined, quickExpiries })
    return quickExpiries <= MOST_QUICK
  }

  end(path: string): void {
    this.#listings.delete(path)
  }

  #begin(operation: string, before: number): Pages.Watch {
    return Pages.watch({ operation, maxPages: this.#maxPages, before, hint: REPORT })
  }

  #put(path: string, watched: Watched): Watched {
    this.#listings.set(path, watched)
    return watched
  }
}

const QUICK = 60_000
const MOST_QUICK = 20
const REPORT = "Report this to Sendbird, or switch this part of the enrichment off."

// Which requests fail, and how. This depends on the seed, the request and how often
// it was made before, so that the same requests in the same order meet the same
// faults, and a retry can succeed.
import { mix, shareOf } from "../random/random.ts"

export interface Faults<K extends string> {
  /** The fault, if any, of the next request for `what`, among those it is eligible for. */
  readonly of: (what: string, possible: ReadonlySet<K>) => K | undefined
  /** Gives the next `times` eligible requests this fault. */
  readonly next: (fault: K, times: number) => void
  readonly given: () => Readonly<Record<K, number>>
}

export interface FaultOptions<K extends string> {
  readonly seed: number
  readonly shares: Readonly<Partial<Record<K, number>>>
  /** After this many faults in a row, a request succeeds. */
  readonly inARow: number
}

/** `kinds` in the order in which they are drawn. */
export const faultsAmong = <K extends string>(
  kinds: ReadonlyArray<K>,
  options: FaultOptions<K>
): Faults<K> => {
  const asked = new Map<string, { times: number; row: number }>()
  const ordered = new Map<K, number>()
  const given = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<K, number>

  const drawn = (what: string, possible: ReadonlySet<K>): K | undefined => {
    const before = asked.get(what) ?? { times: 0, row: 0 }
    const subject = mix(...Buffer.from(what))
    const found =
      before.row >= options.inARow
        ? undefined
        : kinds.find(
            (kind, i) =>
              possible.has(kind) &&
              shareOf(options.seed, FAULT, i, subject, before.times) < (options.shares[kind] ?? 0)
          )
    asked.set(what, { times: before.times + 1, row: found === undefined ? 0 : before.row + 1 })
    return found
  }

  return {
    of: (what, possible) => {
      const commanded = kinds.find((kind) => possible.has(kind) && (ordered.get(kind) ?? 0) > 0)
      if (commanded !== undefined) ordered.set(commanded, (ordered.get(commanded) ?? 0) - 1)
      const fault = commanded ?? drawn(what, possible)
      if (fault !== undefined) given[fault]++
      return fault
    },
    next: (fault, times) => {
      ordered.set(fault, (ordered.get(fault) ?? 0) + times)
    },
    given: () => ({ ...given })
  }
}

// internal

const FAULT = 71

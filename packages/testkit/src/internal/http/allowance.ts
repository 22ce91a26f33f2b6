// A number of calls per period, reset at the start of each.

export interface Rate {
  readonly calls: number
  readonly seconds: number
}

export interface Allowance {
  /** Counts a call; `false` above the limit. */
  readonly take: () => boolean
  /** Remaining calls. */
  readonly left: () => number
  /** When the period ends, in milliseconds. */
  readonly endsAt: () => number
}

export const allowance = ({ calls, seconds }: Rate, now: () => number): Allowance => {
  let began = Number.NEGATIVE_INFINITY
  let used = 0
  const renew = () => {
    if (now() < began + seconds * 1000) return
    began = now()
    used = 0
  }
  return {
    take: () => {
      renew()
      if (used >= calls) return false
      used++
      return true
    },
    left: () => {
      renew()
      return calls - used
    },
    endsAt: () => {
      renew()
      return began + seconds * 1000
    }
  }
}

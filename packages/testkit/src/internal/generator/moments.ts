// When the messages of a channel were sent, without generating them.
import { random } from "../random/random.ts"
import { type Plan, RUN, windowStart } from "./plan.ts"

/** When each message of a run was sent: milliseconds, ascending. */
export const moments = (plan: Plan, channel: number, window: number, run: number): Float64Array => {
  const all = plan.count(channel, window)
  const slice = plan.windowMillis / Math.ceil(all / RUN)
  const times = shares(plan, channel, window, run, Math.min(RUN, all - run * RUN))
  const start = windowStart(plan, window)
  for (let i = 0; i < times.length; i++) times[i] = Math.floor(start + (run + (times[i] ?? 0)) * slice)
  return times
}

/** Which messages of a channel in a window were sent from `startTs` on and before `endTs`: indexes `from` to `to`. */
export const sentBetween = (
  plan: Plan,
  channel: number,
  window: number,
  { endTs, startTs }: { readonly startTs: number; readonly endTs: number }
): { readonly from: number; readonly to: number } => {
  const all = plan.count(channel, window)
  const runs = Math.ceil(all / RUN)
  const start = windowStart(plan, window)
  let from = 0
  let to = 0
  for (let run = 0; run < runs; run++) {
    const first = run * RUN
    const last = Math.min(first + RUN, all)
    const begins = start + (run * plan.windowMillis) / runs
    const ends = start + ((run + 1) * plan.windowMillis) / runs
    if (Math.ceil(ends) <= startTs) from = to = last
    else if (begins >= endTs) break
    else if (begins >= startTs && Math.ceil(ends) <= endTs) to = last
    else {
      const times = moments(plan, channel, window, run)
      to = first + countBefore(times, endTs)
      if (begins < startTs) from = first + countBefore(times, startTs)
    }
  }
  return { from, to }
}

/** When the first message of a channel was sent. */
export const firstSentAt = (plan: Plan, channel: number): number | undefined => {
  for (let window = 0; window < plan.windows; window++)
    if (plan.count(channel, window) > 0) return moments(plan, channel, window, 0)[0]
  return undefined
}

// internal

const MOMENTS = 32

const countBefore = (times: Float64Array, end: number): number => {
  const found = times.findIndex((time) => time >= end)
  return found === -1 ? times.length : found
}

// Messages come in sessions: seconds between messages, then hours of silence. Shares of the run's time, ascending.
const shares = (plan: Plan, channel: number, window: number, run: number, count: number): Float64Array => {
  const r = random(plan.seed, MOMENTS, channel, window, run)
  const times = new Float64Array(count)
  let now = 0
  for (let i = 0; i < count; i++) {
    now += r.exponential(r.chance(0.07) ? 2000 : 10)
    times[i] = now
  }
  const end = now + r.exponential(500) + 1
  for (let i = 0; i < count; i++) times[i] = (times[i] ?? 0) / end
  return times
}

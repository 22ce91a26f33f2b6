// Parses the header Retry-After. HTTP defines whole seconds or a date. Services also write fractions.

/** Milliseconds to wait from `now`; `undefined` if the text is not a time to wait. */
export const retryAfter = (text: string | undefined, now: number): number | undefined => {
  if (text === undefined) return undefined
  const trimmed = text.trim()
  if (SECONDS.test(trimmed)) return Math.ceil(Number(trimmed) * 1000)
  const at = DATE.test(trimmed) ? Date.parse(trimmed) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

// internal

const SECONDS = /^\d{1,15}(?:\.\d{1,9})?$/u
/** IMF-fixdate, the only form of dates that is still sent. */
const DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/u

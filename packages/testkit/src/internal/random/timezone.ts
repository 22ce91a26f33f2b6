// Offsets of named time zones. Intl provides them slowly, so they are cached per quarter of an hour.

/** Whether it is an IANA name that this platform supports. */
export const isTimezone = (name: string): boolean => {
  try {
    return formatFor(name) !== undefined
  } catch {
    return false
  }
}

/** Minutes by which the local time in a zone is ahead of UTC. */
export const offsetIn = (name: string): ((millis: number) => number) => {
  if (name === "UTC") return () => 0
  const format = formatFor(name)
  const known = new Map<number, number>()
  return (millis) => {
    const quarter = Math.floor(millis / QUARTER)
    const found = known.get(quarter) ?? offsetAt(format, quarter * QUARTER)
    if (known.size >= KEPT) known.clear()
    known.set(quarter, found)
    return found
  }
}

// internal

const QUARTER = 900_000
const KEPT = 10_000

const formatFor = (timeZone: string) =>
  new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit"
  })

const offsetAt = (format: Intl.DateTimeFormat, millis: number): number => {
  const parts = new Map(format.formatToParts(millis).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  const local = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second")
  )
  return Math.round((local - millis) / 60_000)
}

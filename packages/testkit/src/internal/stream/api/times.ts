// Times as Stream reads them: RFC 3339, with valid days.

/** Whether a value is such a time. */
export const isTime = (value: unknown): value is string => {
  const found = typeof value === "string" ? TIME.exec(value) : null
  if (found === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, away = 0, late = 0] = found
    .slice(1)
    .map((digits) => Number(digits ?? 0))
  // Day 0 of the next month is the last day of this one.
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= days
  return isDay && hour < 24 && minute < 60 && second < 60 && away < 24 && late < 60
}

/** A comparable form of a time: independent of its zone and of trailing zeros in its fraction. */
export const comparable = (time: string): string => {
  const [, fraction = ""] = /\.(\d*?)0*(?:Z|[+-]\d{2}:\d{2})$/u.exec(time) ?? []
  const seconds = new Date(Math.floor(Date.parse(time) / 1000) * 1000).toISOString().slice(0, SECONDS)
  return fraction === "" ? seconds : `${seconds}.${fraction}`
}

// internal

const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|[+-](\d{2}):(\d{2}))$/u

const SECONDS = "2024-01-01T00:00:00".length

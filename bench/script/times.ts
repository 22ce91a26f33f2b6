// Times as RFC 3339 text. Messages often share a day, so only the time of day is formatted again.

const DAY = 86_400_000
const TWO = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, "0"))
const THREE = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, "0"))

let day = Number.NaN
let date = ""

const ofMillis = (millis: number): string => {
  const today = Math.floor(millis / DAY)
  if (today !== day) {
    date = new Date(today * DAY).toISOString().slice(0, 11)
    day = today
  }
  let rest = millis - today * DAY
  const hours = (rest / 3_600_000) | 0
  rest -= hours * 3_600_000
  const minutes = (rest / 60_000) | 0
  rest -= minutes * 60_000
  const seconds = (rest / 1000) | 0
  return `${date}${TWO[hours]}:${TWO[minutes]}:${TWO[seconds]}.${THREE[rest - seconds * 1000]}Z`
}

/** Seconds, milliseconds, or local time with an offset. */
export const time = (value: number | string): string => {
  if (typeof value === "number") return ofMillis(value < 1e11 ? value * 1000 : value)
  return `${new Date(value).toISOString().slice(0, 19)}Z`
}

/** The same for fields in which the epoch and the second before it mean that there is no time. */
export const optionalTime = (value: number | string): string | undefined => {
  if (value === 0 || value === "") return undefined
  const text = time(value)
  return text < "1970-01-02" ? undefined : text
}

// The checksum of a table that grows row by row, and the SQL that produces the same bytes.
import { crc32 } from "./crc32.ts"

/** The rows that have been added. */
export interface Extent {
  readonly rows: number
  readonly nulls: number
  readonly crc32: number
}

/** A value of a column. */
export type Value = string | number | null

export const EMPTY: Extent = { rows: 0, nulls: 0, crc32: 0 }

// The bytes between values and after a row, the same as in the SQL. Row numbers are not included: if they are not 1,
// 2, 3 and so on, the sums differ.
const BETWEEN = 0x1f
const END = 0x1e
const SEPARATOR = String.fromCharCode(BETWEEN)
/** SQL for the bytes of a row. */
export const sqlOf = (columns: ReadonlyArray<string>): string =>
  `${columns.map((name) => `coalesce(${name}, '')`).join(" || char(31) || ")} || char(30)`

/** The number of bytes per call: each call costs as much as a short row. */
const BUFFER = 16_384
/** Values of longer rows are added one by one. */
const LONG = 4096
/** Text up to this length is copied in a loop, which is faster than a call. */
const SHORT = 64
/** The most characters of a number. */
const DIGITS = 25

/** Continues from the rows that have been added. */
export const makeSum = (
  last: Extent
): { readonly add: (values: ReadonlyArray<Value>) => number; readonly extent: () => Extent } => {
  let { crc32: sum, nulls, rows } = last
  const buffer = Buffer.allocUnsafeSlow(BUFFER)
  let used = 0
  const flush = () => {
    sum = crc32(buffer.subarray(0, used), sum)
    used = 0
  }
  const addLong = (values: ReadonlyArray<Value>) => {
    flush()
    for (const [i, value] of values.entries()) {
      if (i > 0) sum = crc32(SEPARATOR, sum)
      if (value !== null) sum = crc32(String(value), sum)
    }
    buffer[used++] = END
  }
  const putText = (text: string) => {
    if (text.length <= SHORT) {
      let at = used
      let i = 0
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        if (unit > 0x7f) break
        buffer[at++] = unit
      }
      if (i === text.length) {
        used = at
        return
      }
    }
    used += buffer.write(text, used)
  }
  const putNumber = (value: number) => {
    if ((value | 0) !== value || value < 0 || value >= 1e8) return putText(String(value))
    let digits = 1
    for (let least = 10; least <= value; least *= 10) digits++
    let left = value
    for (let at = used + digits - 1; at >= used; at--) {
      const rest = (left / 10) | 0
      buffer[at] = 48 + left - rest * 10
      left = rest
    }
    used += digits
  }
  return {
    // Values are not joined before they are written: that would copy a long value once more.
    add: (values: ReadonlyArray<Value>): number => {
      let length = 0
      for (let i = 0; i < values.length; i++) {
        const value = values[i] as Value
        if (value === null) nulls++
        else if (typeof value === "string") length += value.length
      }
      if (length > LONG) addLong(values)
      else {
        // A UTF-16 unit is at most three bytes.
        if (used + length * 3 + values.length * DIGITS >= BUFFER) flush()
        for (let i = 0; i < values.length; i++) {
          const value = values[i] as Value
          if (i > 0) buffer[used++] = BETWEEN
          if (typeof value === "string") putText(value)
          else if (value !== null) putNumber(value)
        }
        buffer[used++] = END
      }
      return ++rows
    },
    extent: () => {
      flush()
      return { rows, nulls, crc32: sum }
    }
  }
}

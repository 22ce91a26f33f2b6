// The checksum of a table that grows row by row, and the SQL that gives the same bytes.
import { crc32 } from "./archives/zlib.ts"

/** What has been added. */
export interface Extent {
  readonly rows: number
  readonly nulls: number
  readonly crc32: number
}

/** What a column holds. */
export type Value = string | number | null

export const EMPTY: Extent = { rows: 0, nulls: 0, crc32: 0 }

// Between values and after a row; SQL makes the same bytes. Numbers of rows are not among them: all from 1 on are there,
// in this order, or the sums are others.
const BETWEEN = "\u001f"
const END = 0x1e
/** SQL for the bytes of a row. */
export const sqlOf = (columns: ReadonlyArray<string>): string =>
  `${columns.map((name) => `coalesce(${name}, '')`).join(" || char(31) || ")} || char(30)`

/** So many bytes are summed up together: each call costs as much as a short row. */
const BUFFER = 16_384
/** A longer value is not joined with others: that would copy it. */
const LONG = 4096

/** Goes on from what had been added. */
export const makeSum = (
  last: Extent
): { readonly add: (values: ReadonlyArray<Value>) => number; readonly extent: () => Extent } => {
  let { crc32: sum, nulls, rows } = last
  const buffer = Buffer.allocUnsafeSlow(BUFFER)
  let used = 0
  const settle = () => {
    sum = crc32(buffer.subarray(0, used), sum)
    used = 0
  }
  const addLong = (values: ReadonlyArray<Value>) => {
    settle()
    for (const [i, value] of values.entries()) {
      if (i > 0) sum = crc32(BETWEEN, sum)
      if (value !== null) sum = crc32(String(value), sum)
    }
    buffer[used++] = END
  }
  return {
    add: (values: ReadonlyArray<Value>): number => {
      let length = 0
      for (const value of values) {
        if (value === null) nulls++
        else if (typeof value === "string") length += value.length
      }
      if (length > LONG) addLong(values)
      else {
        const text = values.join(BETWEEN)
        // A UTF-16 unit is at most three bytes.
        if (used + text.length * 3 >= BUFFER) settle()
        used += buffer.write(text, used)
        buffer[used++] = END
      }
      return ++rows
    },
    extent: () => {
      settle()
      return { rows, nulls, crc32: sum }
    }
  }
}

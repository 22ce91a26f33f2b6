import type { Judge } from "./judge.ts"
import type { Fields } from "./readField.ts"

/** Estimates the size of custom data without writing it as JSON. */
export const estimate = (value: unknown, depth = 0): number => {
  if (typeof value === "string") return value.length + 4
  if (typeof value !== "object" || value === null) return 8
  if (depth > MAX_DEPTH) return Infinity
  let sum = 4
  if (Array.isArray(value)) for (const one of value) sum += estimate(one, depth + 1)
  else {
    for (const name in value) sum += name.length + 4 + estimate((value as Fields)[name], depth + 1)
  }
  return sum
}

/**
 * The number of bytes that JSON.stringify would write, without writing them: they
 * may be more than a string can hold. Only for values that have an estimate.
 */
export const jsonBytes = (value: unknown): number => {
  if (typeof value === "string") return Buffer.byteLength(JSON.stringify(value))
  if (typeof value !== "object" || value === null) return JSON.stringify(value).length
  let sum = 2
  let count = 0
  if (Array.isArray(value)) {
    for (const one of value) sum += jsonBytes(one)
    count = value.length
  } else {
    for (const name in value) {
      sum += jsonBytes(name) + 1 + jsonBytes((value as Fields)[name])
      count++
    }
  }
  return sum + Math.max(0, count - 1)
}

/** Reports custom data that is too large. It is only measured if the estimate is near the limit. */
export const judgeSize = (estimated: number, custom: () => Fields, pointer: string, judge: Judge): void => {
  const { customBytes, customBytesAmbiguous } = judge.settings
  // A control character takes six bytes in JSON.
  if (estimated * 6 <= customBytesAmbiguous) return
  if (estimated === Infinity) {
    judge.found("nested_too_deeply", pointer, { limit: MAX_DEPTH })
    return
  }
  const bytes = jsonBytes(custom())
  if (bytes > customBytes) judge.found("custom_too_large", pointer, { bytes, limit: customBytes })
  else if (bytes > customBytesAmbiguous) {
    judge.found("custom_size_ambiguous", pointer, { bytes, limit: customBytesAmbiguous })
  }
}

// internal

const MAX_DEPTH = 1000

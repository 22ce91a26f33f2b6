/** Most levels of arrays and objects in what goes on as JSON: deeper ones cannot be written safely. */
export const MAX_DEPTH = 100

/** Tells whether arrays and objects are nested deeper than `levels`. */
export const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (levels === 0) return true
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeper(inner, levels - 1)) return true
  }
  return false
}

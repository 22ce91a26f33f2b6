/** The most levels of arrays and objects in values that are passed on as JSON: deeper values cannot be written safely. */
export const MAX_DEPTH = 100

/** True if arrays and objects are nested deeper than `levels`. */
export const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (isDeeper(value[i], levels - 1)) return true
    return false
  }
  // Object.values takes more memory than the object if it has very many properties.
  for (const name in value) if (isDeeper((value as Record<string, unknown>)[name], levels - 1)) return true
  return false
}

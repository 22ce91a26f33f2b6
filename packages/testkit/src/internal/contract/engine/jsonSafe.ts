// Whether a value is the same after a trip through JSON.

/** The path of the first value that JSON cannot represent, such as `attachments.0.url`; `undefined` if there is none. */
export const unsafe = (value: unknown, location = ""): string | undefined => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? undefined
        : `${location} (a number that is not finite, or -0)`
    case "object":
      return value === null ? undefined : unsafeObject(value, location)
    default:
      return `${location} (${typeof value})`
  }
}

// internal

const unsafeObject = (value: object, location: string): string | undefined => {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = unsafe(value[i], `${location}.${i}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return `${location} (an instance of a class)`
  for (const [key, field] of Object.entries(value)) {
    const found = unsafe(field, `${location}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

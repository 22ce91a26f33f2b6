// What stands in the first line of a request. Not a URL: a parser of those refuses some and reads a host into others.

export interface Target {
  /** Without the query, as it came. */
  readonly path: string
  readonly query: URLSearchParams
}

export const targetOf = (text: string): Target => {
  const [path = "", ...query] = text.split("?")
  return { path, query: new URLSearchParams(query.join("?")) }
}

/** The decoded parts between the slashes, or undefined if one is half an escape. */
export const segmentsOf = (path: string): ReadonlyArray<string> | undefined => {
  try {
    return path.split("/").map(decodeURIComponent)
  } catch {
    return undefined
  }
}

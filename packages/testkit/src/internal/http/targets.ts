// The target of a request. Not a URL: a URL parser rejects some targets and reads a host into others.

export interface Target {
  /** Without the query, as received. */
  readonly path: string
  readonly query: URLSearchParams
}

export const targetOf = (text: string): Target => {
  const [path = "", ...query] = text.split("?")
  return { path, query: new URLSearchParams(query.join("?")) }
}

/** The decoded path segments, or undefined if one has an incomplete escape. */
export const segmentsOf = (path: string): ReadonlyArray<string> | undefined => {
  try {
    return path.split("/").map(decodeURIComponent)
  } catch {
    return undefined
  }
}

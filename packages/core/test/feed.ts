/** Feeds a document to a reader, from an offset on, in chunks with the repeated `sizes`, and passes the parts to `take`. */
export const feed = <A>(
  reader: {
    readonly push: (chunk: Uint8Array) => void
    readonly end: () => void
    readonly next: () => A | undefined
  },
  document: Uint8Array,
  sizes: ReadonlyArray<number>,
  from: number,
  take: (part: A) => void
): void => {
  const drain = () => {
    for (let part = reader.next(); part !== undefined; part = reader.next()) take(part)
  }
  let at = from
  for (let i = 0; at < document.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    reader.push(document.slice(at, at + size))
    at += size
    drain()
  }
  reader.end()
  drain()
}

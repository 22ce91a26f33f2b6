// Files as an S3 server sends them: whole or in part, if they have not changed.
import { xml } from "./answers.ts"
import type { Answer, Request } from "./httpServer.ts"
import { rangeOf } from "./ranges.ts"

/** The first `size` bytes of a file, or the requested part of them. `bytes` gives a range of the file. */
export const content = (
  { headers }: Request,
  file: { readonly etag: string; readonly headers: Readonly<Record<string, string>> },
  size: number,
  bytes: (from: number, to: number) => Answer["body"]["bytes"]
): Answer => {
  const { etag } = file
  const always = { ETag: etag, "Accept-Ranges": "bytes", ...file.headers }
  if (headers["if-match"] !== undefined && headers["if-match"] !== etag)
    return xml(412, "PreconditionFailed", "At least one of the preconditions did not hold.")
  const isSameFile = headers["if-range"] === undefined || headers["if-range"] === etag
  const range = isSameFile ? rangeOf(headers["range"], size) : "whole"
  if (range === "unsatisfiable") {
    const answer = xml(416, "InvalidRange", "The requested range is not satisfiable")
    return { ...answer, headers: { ...answer.headers, "Content-Range": `bytes */${size}` } }
  }
  const { from, to } = range === "whole" ? { from: 0, to: size } : range
  return {
    status: range === "whole" ? 200 : 206,
    headers: range === "whole" ? always : { ...always, "Content-Range": `bytes ${from}-${to - 1}/${size}` },
    body: { length: to - from, bytes: bytes(from, to) },
    delivery: "whole"
  }
}

/** `Content-Length` is larger than the content, and the connection ends after the content. */
export const tooLong = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, "Content-Length": String(answer.body.length + 512) },
  delivery: "closed"
})

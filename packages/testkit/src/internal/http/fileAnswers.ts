// Files as a server like S3 gives them: whole or a part, if they are still what they were.
import { xml } from "./answers.ts"
import type { Answer, Request } from "./httpServer.ts"
import { rangeOf } from "./ranges.ts"

/** The first `size` bytes of a file, or what of them is asked for. `bytes` gives those from one up to another. */
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

/** The head says more than there is, and the connection ends after what there is. */
export const tooLong = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, "Content-Length": String(answer.body.length + 512) },
  delivery: "closed"
})

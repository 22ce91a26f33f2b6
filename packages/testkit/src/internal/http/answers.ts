// Responses of the API, and its error responses with their codes.
import { type Answer, text } from "./httpServer.ts"

/** An error response, sent instead of doing what was requested. */
export interface ErrorResponse {
  readonly code: number
  readonly message: string
  readonly status: number
}

/** The content of a response, or an error. */
export type Content = Readonly<Record<string, unknown>> | ErrorResponse

/** Sendbird uses HTTP 400 for nearly all errors; the code distinguishes them. */
export const errorResponse = (code: number, message: string, status: number = 400): ErrorResponse => ({
  code,
  message,
  status
})

export const isErrorResponse = (value: object): value is ErrorResponse => "code" in value && "status" in value

/** The response after a fault that does not prevent execution; unchanged for other faults. */
export const delivered = (answer: Answer, fault: string | undefined): Answer => {
  const delivery = DELIVERIES.get(fault ?? "")
  return delivery === undefined ? answer : { ...answer, delivery }
}

export const json = (status: number, content: unknown): Answer => ({
  status,
  headers: { "Content-Type": "application/json; charset=utf-8" },
  body: text(JSON.stringify(content)),
  delivery: "whole"
})

export const rejected = ({ code, message, status }: ErrorResponse): Answer =>
  json(status, { error: true, code, message })

export const html = (status: number, title: string): Answer => ({
  status,
  headers: { "Content-Type": "text/html; charset=utf-8" },
  body: text(
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`
  ),
  delivery: "whole"
})

/** An error of the file server, in S3's format. */
export const xml = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { "Content-Type": "application/xml" },
  body: text(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
  ),
  delivery: "whole"
})

/** Errors of a whole application or token, by code, for tests that request one. */
export const errorResponseOf = (code: number): ErrorResponse => {
  const [message, status] = WORDS[code] ?? ["The request was rejected.", 400]
  return errorResponse(code, message, status)
}

// internal

const DELIVERIES: ReadonlyMap<string, Answer["delivery"]> = new Map([
  ["lostResponse", "none"],
  ["cutBody", "cut"],
  ["slowBody", "slow"]
])

const WORDS: Readonly<Record<number, readonly [message: string, status: number]>> = {
  400108: ["Not authorized. The data export is not available in your plan.", 400],
  400304: ["Application not found.", 400],
  400306: ["The paid quota has been exceeded.", 400],
  400401: ['Invalid value: "Api-Token".', 400],
  400920: ["The application is in read-only mode.", 400],
  403100: ["The application is not available.", 403],
  500901: ["Internal error. Please retry.", 500]
}

// An error of a thread, of which only these fields arrive at another one.

export interface Failed {
  readonly _tag: "failed"
  readonly message: string
  readonly fields: object
}

export const failedOf = (cause: unknown): Failed => {
  const { code, errcode, errstr, message = "" } = cause as NodeError
  return { _tag: "failed", message, fields: { code, errcode, errstr } }
}

export const causeOf = ({ fields, message }: Failed): Error => Object.assign(new Error(message), fields)

// internal

/** An error of Node or of SQLite. */
interface NodeError extends Partial<Error> {
  readonly code?: unknown
  readonly errcode?: unknown
  readonly errstr?: unknown
}

// Modes of hostility, and the functions that make them.
import { type Answer, type Asked, type Client, json, type Mode, type Stage } from "./server.ts"

export interface Hostility {
  readonly name: string
  readonly answer: Mode
  /** All by default. */
  readonly clients?: ReadonlyArray<Client>
  /** Expected on standard error. */
  readonly says: RegExp
  /** Whether the mode takes time, so that the client has a short time limit. */
  readonly isSlow?: boolean
  /** Whether it is part of every test run. */
  readonly isQuick?: boolean
}

export const MEBIBYTE = 1 << 20

/** To all requests of the API. */
export const always =
  (answer: Answer): Mode =>
  ({ stage }) =>
    stage === "file" || stage === "upload" ? undefined : answer

/** To requests of one kind. */
export const on =
  (stage: Stage, answer: (asked: Asked) => Answer | undefined): Mode =>
  (asked) =>
    asked.stage === stage ? answer(asked) : undefined

export const LARGE = /larger than maxResponseBytes allows/u
export const DAMAGED = /is not what (?:Sendbird|Stream) documents|was cut off|connection failed/u
export const TOO_LATE = /no response in time/u
export const NO_END =
  /the list is circular|the list makes no progress|list does not continue from the requested position/u
export const LINK = /the link that the service gave/u

/** Terminal and text direction controls, as text from a server. */
export const ESCAPES = "\u001b[2J\u001b]0;owned\u0007\u202egnp.exe\u0000\u0085"

export const busy = (retryAfter: string, status = 429): Answer =>
  json({}, status, { "retry-after": retryAfter })

/** Whatever the client waits for has this status. */
export const state =
  (of: (asked: Asked) => { readonly status: string; readonly url?: string }): Mode =>
  (asked) => {
    const { client, stage, url } = asked
    const isMade = stage === "look" || (client === "import" && stage === "ask" && url.pathname === "/imports")
    if (!isMade) return undefined
    const { status, url: link } = of(asked)
    if (client === "sendbird") return json({ request_id: "r1", status, file: { url: link } })
    if (client === "stream")
      return json({ status, result: { url: link }, error: { type: status, description: ESCAPES } })
    return json({ import_task: { id: "i1", state: status, path: "p1" } })
  }

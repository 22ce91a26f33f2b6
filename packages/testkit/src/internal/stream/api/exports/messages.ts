// One message, and its reactions by page.
import { json } from "../../../http/answers.ts"
import type { Answer } from "../../../http/httpServer.ts"
import type { StreamApp } from "../../generator/app.ts"
import { plain, second, type Shape } from "../../generator/shape.ts"
import { errorResponse, rejected } from "../answers.ts"

export interface Messages {
  readonly message: (id: string, query: URLSearchParams, isV2: boolean) => Answer
  readonly reactions: (id: string, query: URLSearchParams, isV2: boolean) => Answer
}

export const messages = (app: StreamApp): Messages => {
  const found = (id: string, shape: Shape) => {
    const one = app.messageOf(id, shape)
    return one?.of.deletedAt === undefined ? one : undefined
  }
  const unknown = (name: string, id: string) =>
    rejected(errorResponse(16, `${name} failed with error: "Can't find message with id ${id}"`))

  return {
    message: (id, query, isV2) => {
      // A deleted message has its text if it is requested.
      const isTextCleared = query.get("show_deleted_message") !== "true"
      const shape = { ...(isV2 ? second : plain), isTextCleared }
      const one = found(id, shape)
      if (one === undefined) return unknown("GetMessage", id)
      const { channel } = app.channelState(one.of, shape, NOTHING)
      return json(200, { message: { ...one.record, channel }, duration: "10.00ms" })
    },
    reactions: (id, query, isV2) => {
      const one = found(id, isV2 ? second : plain)
      if (one === undefined) return unknown("GetReactions", id)
      const [limit, offset] = [numberIn(query, "limit", 10), numberIn(query, "offset", 0)]
      if (!(limit <= MOST_LISTED && offset <= MOST_SKIPPED))
        return rejected(
          errorResponse(
            4,
            `GetReactions failed with error: "limit must be ${MOST_LISTED} or less, offset ${MOST_SKIPPED}"`
          )
        )
      const reactions = one.reactions.toReversed().slice(offset, offset + limit)
      return json(200, { reactions, duration: "10.00ms" })
    }
  }
}

// internal

/** From Stream's page on reactions. */
const MOST_LISTED = 300
const MOST_SKIPPED = 1000
const NOTHING = { messages: 0, members: 0 }

/** `NaN` if it is not a number. */
const numberIn = (query: URLSearchParams, name: string, otherwise: number): number => {
  const given = query.get(name)
  if (given === null) return otherwise
  return /^\d{1,9}$/u.test(given) ? Number(given) : Number.NaN
}

// Endless listings, or listings whose end comes too late.
import { DAMAGED, type Hostility, MEBIBYTE, NO_END } from "../hostility.ts"
import { type Answer, type Asked, hangUp, json, type Mode } from "../server.ts"

const token = (number: number) => `token ${number}`

/** A page of the listing of any of the APIs. */
const page = (ids: ReadonlyArray<string>, { client, url }: Asked, next: string): Answer => {
  if (client === "import")
    return json({ import_tasks: ids.map((id) => ({ id, state: "completed", path: id })) })
  if (client === "sendbird") {
    const [list = "users"] = url.pathname.split("/").slice(-1)
    const records = ids.map((id) => ({ user_id: id, channel_url: id, created_at: 1 }))
    return json({
      users: records,
      group_channels: records,
      open_channels: records,
      channels: records,
      [list]: records,
      next
    })
  }
  const channels = ids.map((id, i) => ({ channel: { cid: `messaging:${id}`, created_at: timeOf(id, i) } }))
  return json({ channels })
}

/** Channels are listed by time. */
const timeOf = (id: string, i: number) =>
  new Date(Number.parseInt(id, 10) * 1000 + i).toISOString().replace("000Z", "00Z")

const three = (number: number) => [`${number}a`, `${number}b`, `${number}c`]

/** The import client only uses listings after a lost response. */
const listing =
  (answer: (asked: Asked) => Answer): Mode =>
  (asked) => {
    if (asked.client === "import" && asked.stage === "ask" && asked.url.pathname === "/imports") return hangUp
    if (asked.stage !== "list" || asked.url.pathname.startsWith("/export/")) return undefined
    return answer(asked)
  }

export const listings: ReadonlyArray<Hostility> = [
  {
    name: "the same page for ever",
    clients: ["sendbird", "stream"],
    answer: listing((asked) => page(three(1), asked, "same")),
    says: NO_END,
    isQuick: true
  },
  {
    // A missing import does not exist: creating it is retried as often as any request.
    name: "the same list of imports, whatever is asked",
    clients: ["import"],
    answer: listing((asked) => page(three(1), asked, "same")),
    says: /creating an import failed after \d+ attempts: the connection failed/u,
    isQuick: true
  },
  {
    name: "pages in a circle of three",
    answer: listing((asked) => page(three(asked.number % 3), asked, token(asked.number % 3))),
    says: NO_END,
    isQuick: true
  },
  {
    name: "pages in a circle of forty",
    answer: listing((asked) => page(three(asked.number % 40), asked, token(asked.number % 40))),
    says: /the list (?:is circular|makes no progress)|does not continue from|maxPages/u
  },
  {
    name: "the same records under new tokens",
    clients: ["sendbird", "stream"],
    answer: listing((asked) => page(three(1), asked, token(asked.number))),
    says: NO_END
  },
  {
    name: "ever new records",
    answer: listing((asked) => page(three(asked.number), asked, token(asked.number))),
    says: /more pages than maxPages allows \(60\)/u,
    isQuick: true
  },
  {
    name: "empty pages that say that there is more",
    clients: ["sendbird"],
    answer: listing((asked) => page([], asked, token(asked.number))),
    says: NO_END
  },
  {
    name: "records by the ten thousand",
    answer: listing((asked) =>
      page(
        Array.from({ length: 10_000 }, (_, i) => `${asked.number}x${i}`),
        asked,
        token(asked.number)
      )
    ),
    says: DAMAGED,
    clients: ["sendbird", "stream"]
  },
  {
    name: "tokens of a megabyte",
    clients: ["sendbird"],
    answer: listing((asked) => page(three(asked.number), asked, "x".repeat(MEBIBYTE))),
    says: DAMAGED
  },
  {
    name: "tokens that expire at once",
    clients: ["sendbird"],
    answer: listing((asked) =>
      asked.number % 2 === 1
        ? page(three(asked.number), asked, token(asked.number))
        : json({ error: true, code: 400_109 }, 400)
    ),
    says: /the page token expired/u
  }
]

// The modes of hostility, and what a client has to say to each.
import { gzipSync } from "node:zlib"
import { dripping, endless, hangUp, long, manyNames, raw, rawDripping, silence } from "./bodies.ts"
import { type Answer, type Asked, type Client, json, type Mode, type Stage } from "./server.ts"

export interface Hostility {
  readonly name: string
  readonly answer: Mode
  /** All unless given. */
  readonly clients?: ReadonlyArray<Client>
  /** What standard error has. */
  readonly says: RegExp
  /** What it does is take time, so the client is given little of it. */
  readonly isSlow?: boolean
  /** One of those that are run each time. */
  readonly isQuick?: boolean
}

const MEBIBYTE = 1 << 20

/** To all requests of the API. */
const always =
  (answer: Answer): Mode =>
  ({ stage }) =>
    stage === "file" || stage === "upload" ? undefined : answer

/** To requests of one kind. */
const on =
  (stage: Stage, answer: (asked: Asked) => Answer | undefined): Mode =>
  (asked) =>
    asked.stage === stage ? answer(asked) : undefined

const LARGE = /larger than maxResponseBytes allows/u
const DAMAGED = /is not what (?:Sendbird|Stream) documents|was cut off|connection failed/u
const TOO_LATE = /no answer in time/u
const NO_END = /the list goes round in a circle|the list does not go on|does not go on where it was asked to/u
const LINK = /the link that the service gave/u

/** Controls of terminals and of direction, as words of a server. */
const ESCAPES = "\u001b[2J\u001b]0;owned\u0007\u202egnp.exe\u0000\u0085"

let made: Buffer | undefined
const bomb = () => (made ??= gzipSync(Buffer.alloc(100 * MEBIBYTE)))

const bodies: ReadonlyArray<Hostility> = [
  { name: "an endless body", answer: always(endless()), says: LARGE, isQuick: true },
  { name: "an endless body of JSON", answer: always(endless('{"a":1},')), says: LARGE },
  {
    name: "a body that says that it is huge",
    answer: always(endless("x", 200, { "content-length": "9999999999999" })),
    says: LARGE
  },
  {
    name: "an endless body of an error",
    answer: always(endless("x", 400)),
    says: /was refused \(HTTP 400\)/u,
    isQuick: true
  },
  { name: "an endless body of an error that may pass", answer: always(endless("x", 503)), says: /HTTP 503/u },
  {
    name: "a body byte by byte",
    isSlow: true,
    answer: always(dripping(" ", 20)),
    says: TOO_LATE,
    isQuick: true
  },
  { name: "an error byte by byte", isSlow: true, answer: always(dripping(" ", 20, 400)), says: TOO_LATE },
  {
    name: "a body that stops in the middle",
    isSlow: true,
    answer: always((response) => void response.writeHead(200, { "content-length": "100" }).write("{")),
    says: TOO_LATE
  },
  {
    name: "an array in an array in an array",
    answer: always(long("", "[", "", 40 * MEBIBYTE)),
    says: /nested too deep|tried 3 times/u,
    isQuick: true
  },
  {
    name: "an object in an object in an object",
    answer: always(long("", '{"a":', "", 40 * MEBIBYTE)),
    says: /nested too deep|tried 3 times/u
  },
  {
    name: "a body of millions of values",
    answer: always(long("[", "{},", "0]", 60 * MEBIBYTE)),
    says: LARGE
  },
  { name: "an object of millions of names", answer: always(manyNames(2_000_000)), says: LARGE },
  {
    name: "one text of 60 MiB",
    answer: always(long('{"status":"', "x", '"}', 60 * MEBIBYTE)),
    says: LARGE
  },
  {
    name: "one text of 60 MiB, not all of it ASCII",
    answer: always(long('{"status":"\u20ac', "x", '"}', 60 * MEBIBYTE)),
    says: LARGE
  },
  { name: "60 MiB of white space", answer: always(long("", " ", "", 60 * MEBIBYTE)), says: LARGE },
  {
    name: "a body that unpacks to a hundred times as much",
    answer: always((response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb())
    }),
    says: DAMAGED
  },
  {
    name: "HTML",
    answer: always((response) => void response.end("<html><body>Sign in to the hotel</body></html>")),
    says: DAMAGED
  },
  { name: "nothing", answer: always((response) => void response.end()), says: DAMAGED },
  { name: "no content", answer: always((response) => void response.writeHead(204).end()), says: DAMAGED },
  {
    name: "bytes that are no text",
    answer: always((response) => void response.end(Buffer.alloc(5000, 0xff))),
    says: DAMAGED
  },
  {
    name: "JSON of other shapes",
    answer: always(json([null, 1, "x", { users: 1, channels: {}, import_task: [] }])),
    says: DAMAGED
  }
]

const heads: ReadonlyArray<Hostility> = [
  { name: "no answer", isSlow: true, answer: always(silence), says: TOO_LATE },
  { name: "no connection for long", answer: always(hangUp), says: DAMAGED },
  {
    name: "a head without an end",
    isSlow: true,
    answer: always(rawDripping("HTTP/1.1 200 OK\r\n", "x-more: y\r\n", 5)),
    says: /no answer in time|connection failed/u
  },
  {
    name: "a head of megabytes",
    answer: always(raw(`HTTP/1.1 200 OK\r\nx-large: ${"y".repeat(4 * MEBIBYTE)}\r\n\r\n`)),
    says: DAMAGED
  },
  {
    name: "news without an end instead of an answer",
    isSlow: true,
    answer: always(rawDripping("", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", 1)),
    says: /no answer in time|connection failed/u
  },
  { name: "no HTTP", answer: always(raw("SSH-2.0-OpenSSH_9.6\r\n")), says: DAMAGED },
  {
    name: "chunks that are none",
    answer: always(raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzzz\r\n{}\r\n")),
    says: DAMAGED
  },
  {
    name: "a length that is none",
    answer: always(raw("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}")),
    says: DAMAGED
  },
  {
    name: "two lengths",
    answer: always(raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\n{}")),
    says: DAMAGED
  },
  {
    name: "answers that nobody asked for",
    answer: always(
      raw(
        `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}${"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".repeat(2000)}`
      )
    ),
    says: DAMAGED
  },
  {
    name: "another protocol",
    answer: always(
      raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n")
    ),
    says: DAMAGED
  },
  {
    name: "a redirect to the cloud's own addresses",
    answer: always(
      (response) =>
        void response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end()
    ),
    says: /leads to another address, which is not followed/u
  },
  {
    name: "a redirect to itself",
    answer: always((response) => void response.writeHead(307, { location: "/again" }).end()),
    says: /leads to another address, which is not followed/u
  }
]

const busy = (retryAfter: string, status = 429): Answer => json({}, status, { "retry-after": retryAfter })

const waits: ReadonlyArray<Hostility> = [
  {
    name: "a wait of 31 years",
    answer: always(busy("1000000000")),
    says: /longer waits than maxWait allows/u,
    isQuick: true
  },
  {
    name: "a wait until the year 9999",
    answer: always(busy("Fri, 31 Dec 9999 23:59:59 GMT")),
    says: /longer waits than maxWait allows/u
  },
  { name: "a wait of 31 years after an error", answer: always(busy("1000000000", 503)), says: /HTTP 503/u },
  { name: "a wait that is no number", answer: always(busy("-1, NaN, Infinity")), says: /limits the rate/u },
  { name: "a rate limit for ever", answer: always(json({ code: 500_910 }, 429)), says: /limits the rate/u },
  {
    name: "a wait of 31 years after each success",
    answer: (asked) =>
      always(json({}, 200, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999" }))(asked),
    says: DAMAGED
  }
]

const words: ReadonlyArray<Hostility> = [
  {
    name: "errors in the language of terminals",
    answer: always(json({ code: 400_111, message: ESCAPES.repeat(1000), error: ESCAPES }, 400)),
    says: /was refused \(HTTP 400/u,
    isQuick: true
  },
  {
    name: "codes that are no codes",
    answer: always(json({ code: 1e308, message: "x", unrecoverable: "yes" }, 418)),
    says: /was refused \(HTTP 418/u
  }
]

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

/** Channels come by time. */
const timeOf = (id: string, i: number) =>
  new Date(Number.parseInt(id, 10) * 1000 + i).toISOString().replace("000Z", "00Z")

const three = (number: number) => [`${number}a`, `${number}b`, `${number}c`]

/** Of the import client, only a lost answer has anything looked up. */
const listing =
  (answer: (asked: Asked) => Answer): Mode =>
  (asked) => {
    if (asked.client === "import" && asked.stage === "ask" && asked.url.pathname === "/imports") return hangUp
    if (asked.stage !== "list" || asked.url.pathname.startsWith("/export/")) return undefined
    return answer(asked)
  }

const listings: ReadonlyArray<Hostility> = [
  {
    name: "the same page for ever",
    answer: listing((asked) => page(three(1), asked, "same")),
    says: NO_END,
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
    says: /the list goes|does not go on|maxPages/u
  },
  {
    name: "the same records under new tokens",
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

/** Whatever the client waits for is as given. */
const state =
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

const tasks: ReadonlyArray<Hostility> = [
  {
    name: "work that is never done",
    isSlow: true,
    answer: state(() => ({ status: "pending" })),
    says: /raise (?:exportDeadline|importDeadline)/u,
    isQuick: true
  },
  {
    name: "states that change each time, in the language of terminals",
    isSlow: true,
    answer: state(({ number }) => ({ status: `${ESCAPES}${number}` })),
    says: /raise (?:exportDeadline|importDeadline)/u
  },
  {
    name: "a state of a megabyte",
    isSlow: true,
    answer: state(() => ({ status: "x".repeat(MEBIBYTE) })),
    says: /raise exportDeadline|is not what Stream documents/u
  },
  {
    name: "work that fails each time",
    clients: ["sendbird", "stream"],
    answer: state(() => ({ status: "failed" })),
    says: /reports that it failed/u
  },
  {
    name: "work that is gone each time",
    clients: ["sendbird", "stream"],
    answer: on("look", ({ client }) =>
      client === "sendbird" ? json({ code: 400_201 }, 400) : json({ code: 16, message: "can't find" }, 404)
    ),
    says: /each export that was made for it is gone/u
  },
  {
    name: "ids in the language of terminals",
    answer: (asked) => {
      const id = `${ESCAPES}/../..${asked.number}`
      if (asked.stage === "ask") {
        return json({
          request_id: id,
          status: "scheduled",
          task_id: id,
          path: id,
          upload_url: `${asked.baseUrl}/storage`,
          import_task: { id, state: "failed", path: id }
        })
      }
      return state(() => ({ status: "failed" }))(asked)
    },
    clients: ["sendbird", "stream"],
    says: /reports that it failed/u
  }
]

const links =
  (url: (asked: Asked) => string): Mode =>
  (asked) => {
    if (asked.client === "import") {
      return asked.url.pathname === "/import_urls" ? json({ path: "p1", upload_url: url(asked) }) : undefined
    }
    return state((one) => ({ status: one.client === "sendbird" ? "done" : "completed", url: url(one) }))(
      asked
    )
  }

/** The file of an export, or the storage that a file is uploaded to. */
const file =
  (answer: (asked: Asked) => Answer): Mode =>
  (asked) => {
    if (asked.stage === "file" || asked.stage === "upload") return answer(asked)
    return asked.client === "sendbird" ? links(({ baseUrl }) => `${baseUrl}/file`)(asked) : undefined
  }

const files: ReadonlyArray<Hostility> = [
  {
    name: "a link to the cloud's own addresses",
    answer: links(() => "http://169.254.169.254/latest/meta-data?secret"),
    says: LINK,
    isQuick: true
  },
  { name: "a link to a private network", answer: links(() => "http://192.168.0.1:8080/?secret"), says: LINK },
  { name: "a link to another scheme", answer: links(() => "file:///etc/passwd"), says: LINK },
  {
    name: "a link with a password",
    answer: links(({ baseUrl }) => baseUrl.replace("http://", "http://ann:s3cret@")),
    says: LINK
  },
  {
    name: "a link of a megabyte",
    answer: links(({ baseUrl }) => `${baseUrl}/file?${"x".repeat(MEBIBYTE)}`),
    says: /is not what|gone/u
  },
  {
    name: "a link that is redirected to a private network",
    clients: ["sendbird", "stream"],
    answer: file(
      () => (response) => void response.writeHead(302, { location: "http://10.0.0.1/?secret" }).end()
    ),
    says: LINK
  },
  {
    name: "a link that is redirected for ever",
    answer: file(
      ({ number, stage }) =>
        (response) =>
          void response.writeHead(302, { location: `/${stage}/${number}` }).end()
    ),
    says: /HTTP 30[27]/u,
    isQuick: true
  },
  {
    name: "a file without an end",
    answer: file(() => endless()),
    says: /maxDownloadBytes|All files are imported/u,
    clients: ["sendbird", "stream"],
    isQuick: true
  },
  {
    name: "a file that says that it is huge",
    answer: file(() => endless("x", 200, { "content-length": "99999999999999" })),
    says: /maxDownloadBytes/u,
    clients: ["sendbird", "stream"]
  },
  {
    name: "a file byte by byte",
    isSlow: true,
    answer: file(() => dripping("x", 20)),
    says: /too slowly|exportDeadline/u,
    clients: ["sendbird", "stream"]
  },
  {
    name: "a file of which each attempt brings a byte",
    clients: ["sendbird", "stream"],
    answer: file(({ number }) => (response) => {
      const from = number - 1
      const head =
        from === 0 ? { "content-length": "1000000" } : { "content-range": `bytes ${from}-999999/1000000` }
      response.writeHead(from === 0 ? 200 : 206, { etag: '"a"', ...head })
      response.write("x", () => setImmediate(() => response.destroy()))
    }),
    says: /cut off|connection failed|exportDeadline/u
  },
  {
    name: "a file that is never what it should be",
    clients: ["sendbird"],
    answer: file(() => (response) => void response.end("PK no zip")),
    says: /no sound zip archive/u
  },
  {
    name: "a storage that says no without an end",
    answer: file(() => endless("<Code>", 403)),
    says: /gone or could not be downloaded|was refused|tried/u
  },
  {
    name: "a storage that is busy for 31 years",
    answer: file(() => busy("1000000000", 503)),
    says: /HTTP 503/u
  },
  {
    name: "a storage that does not answer",
    isSlow: true,
    answer: file(() => silence),
    says: /nothing (?:came|went on) in time/u
  }
]

export const hostilities: ReadonlyArray<Hostility> = [
  ...bodies,
  ...heads,
  ...waits,
  ...words,
  ...listings,
  ...tasks,
  ...files
]

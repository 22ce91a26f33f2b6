// Response headers, and responses that are not HTTP.
import { raw, rawDripping } from "../answers.ts"
import { always, DAMAGED, type Hostility, MEBIBYTE, TOO_LATE } from "../hostility.ts"
import { hangUp, silence } from "../server.ts"

export const heads: ReadonlyArray<Hostility> = [
  { name: "no answer", isSlow: true, answer: always(silence), says: TOO_LATE },
  { name: "no connection for long", answer: always(hangUp), says: DAMAGED },
  {
    name: "a head without an end",
    isSlow: true,
    answer: always(rawDripping("HTTP/1.1 200 OK\r\n", "x-more: y\r\n", 5)),
    says: /no response in time|connection failed/u
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
    says: /no response in time|connection failed/u
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
    says: /another address, which is not followed/u
  },
  {
    name: "a redirect to itself",
    answer: always((response) => void response.writeHead(307, { location: "/again" }).end()),
    says: /another address, which is not followed/u
  }
]

// Bodies of responses. If a test states a size, it is just below the limit for reading or parsing.
import { gzipSync } from "node:zlib"
import { dripping, endless, long, manyNames, rawRepeated } from "../answers.ts"
import { always, DAMAGED, type Hostility, LARGE, MEBIBYTE, TOO_LATE } from "../hostility.ts"
import { json } from "../server.ts"

let made: Buffer | undefined
const bomb = () => (made ??= gzipSync(Buffer.alloc(100 * MEBIBYTE)))

export const sizes: ReadonlyArray<Hostility> = [
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
    says: /was rejected \(HTTP 400\)/u,
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
    answer: always(long("", "[", "", 3.5 * MEBIBYTE)),
    says: /nested too deep|failed after 3 attempts/u,
    isQuick: true
  },
  {
    name: "an object in an object in an object",
    answer: always(long("", '{"a":', "", 3.5 * MEBIBYTE)),
    says: /nested too deep|failed after 3 attempts/u
  },
  {
    name: "a body of millions of values",
    answer: always(long("[", "{},", "0]", 3.75 * MEBIBYTE)),
    says: LARGE,
    isQuick: true
  },
  {
    name: "as many values as are parsed",
    answer: always(long("[", "{},", "0]", 0.9 * MEBIBYTE)),
    says: DAMAGED
  },
  { name: "an object of very many names", answer: always(manyNames(270_000)), says: LARGE },
  { name: "an object of as many names as are parsed", answer: always(manyNames(200_000)), says: DAMAGED },
  {
    name: "one text",
    answer: always(long('{"status":"', "x", '"}', 3.75 * MEBIBYTE)),
    says: DAMAGED
  },
  {
    name: "one text, not all of it ASCII",
    answer: always(long('{"status":"\u20ac', "x", '"}', 3.75 * MEBIBYTE)),
    says: DAMAGED
  },
  { name: "white space", answer: always(long("", " ", "", 3.75 * MEBIBYTE)), says: DAMAGED },
  {
    name: "a body in chunks of a byte",
    answer: always(
      rawRepeated("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n", 1_000_000)
    ),
    says: DAMAGED
  },
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
    name: "bytes that are not text",
    answer: always((response) => void response.end(Buffer.alloc(5000, 0xff))),
    says: DAMAGED
  },
  {
    name: "JSON of other shapes",
    answer: always(json([null, 1, "x", { users: 1, channels: {}, import_task: [] }])),
    says: DAMAGED
  }
]

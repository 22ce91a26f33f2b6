// Links to files, files, and the storage that files are uploaded to.
import { dripping, endless } from "../answers.ts"
import { busy, type Hostility, LINK, MEBIBYTE, state } from "../hostility.ts"
import { type Answer, type Asked, json, type Mode, silence } from "../server.ts"

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

/** Responds for the file of an export, or for the storage of uploads. */
const file =
  (answer: (asked: Asked) => Answer): Mode =>
  (asked) => {
    if (asked.stage === "file" || asked.stage === "upload") return answer(asked)
    return asked.client === "sendbird" ? links(({ baseUrl }) => `${baseUrl}/file`)(asked) : undefined
  }

export const files: ReadonlyArray<Hostility> = [
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
    says: /too slow|exportDeadline/u,
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
    says: /not a valid zip archive/u
  },
  {
    name: "a storage that says no without an end",
    answer: file(() => endless("<Code>", 403)),
    says: /gone or could not be downloaded|was rejected|failed after/u
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
    says: /no response in time|no progress within requestTimeout/u
  }
]

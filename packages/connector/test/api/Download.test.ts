import { Download } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import { type Answering, cut, hangUp, serve, services, silence, temporary } from "./loopback.ts"

const CONTENT = Buffer.from("all of it, from the first byte to the last")
const HALF = 20

interface Given extends Partial<Omit<Download.Download, "link">> {
  /** The ETag of the responses. */
  readonly answers: ReadonlyArray<Answering>
  /** The content of the part file that an earlier run left. */
  readonly part?: string
  /** An address is known before one is requested. */
  readonly isKnown?: boolean
}

const problemIn = (part: string, bytes: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const content = yield* Effect.orDie(fs.readFile(part))
    assert.strictEqual(content.length, bytes)
    return CONTENT.equals(content) ? undefined : "it is something else"
  })

/** Downloads from a server with the given responses in order, and returns the outcome. */
const download = ({
  answers,
  isKnown = false,
  name: _name,
  part,
  ...given
}: Given & { readonly name?: string }) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* temporary}/file`
    if (part !== undefined) yield* fs.writeFileString(`${file}.part`, part)
    const server = yield* serve(...answers)
    const etags: Array<string | null> = []
    let links = 0
    const outcome = yield* Effect.result(
      Download.run({
        first: isKnown ? Redacted.make(`${server.baseUrl}/file?signature=known`) : undefined,
        link: Effect.sync(() => Redacted.make(`${server.baseUrl}/file?signature=${++links}`)),
        file,
        etag: null,
        begin: (etag) => Effect.sync(() => void etags.push(etag)),
        problemIn,
        operation: "the download",
        span: "Test",
        retryPolicy: { attempts: 3, requestTimeoutMillis: 5000, retryMillis: [1, 2] },
        baseUrl: server.baseUrl,
        ...given
      })
    )
    const names = yield* fs.readDirectory(file.slice(0, -"/file".length))
    const ranges = server.asked.map(({ headers }) => [headers.range, headers["if-range"]])
    const size = outcome._tag === "Success" ? outcome.success : "failed"
    return { outcome, size, etags, ranges, names, links, file, asked: server.asked }
  })

/** A storage that serves ranges of the file with this ETag. */
const storage =
  (etag?: string, content = CONTENT): Answering =>
  (response, { headers }) => {
    const always = etag === undefined ? {} : { etag }
    const from = Number(/^bytes=(\d+)-$/u.exec(String(headers["range"] ?? ""))?.[1] ?? 0)
    if (from === 0 || headers["if-range"] !== etag) {
      response.writeHead(200, { ...always, "content-length": String(content.length) }).end(content)
    } else if (from >= content.length) {
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end()
    } else {
      const range = `bytes ${from}-${content.length - 1}/${content.length}`
      response.writeHead(206, { ...always, "content-range": range }).end(content.subarray(from))
    }
  }

const status =
  (code: number): Answering =>
  (response) =>
    void response.writeHead(code).end("<Error/>")

/** Responds without a length. */
const streamed =
  (content: string | Buffer, headers: Record<string, string> = {}): Answering =>
  (response) => {
    response.writeHead(200, { "transfer-encoding": "chunked", ...headers })
    response.end(content)
  }

const half = CONTENT.subarray(0, HALF)

it.layer(services, { excludeTestServices: true })("Download.run", (it) => {
  it.effect("renames a file once it is complete and verified", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { asked, etags, file, names, size } = yield* download({ answers: [storage('"a"')] })
      assert.strictEqual(size, CONTENT.length)
      assert.deepStrictEqual(names, ["file"])
      assert.deepStrictEqual(Buffer.from(yield* fs.readFile(file)), CONTENT)
      assert.deepStrictEqual(etags, ['"a"'])
      assert.strictEqual(asked[0]?.headers["accept-encoding"], "identity")
    })
  )

  it.effect("resumes after an interruption, at a new address, if the file is the same", () =>
    Effect.gen(function* () {
      const { asked, etags, outcome, ranges } = yield* download({
        answers: [cut(half, { etag: '"a"' }), storage('"a"')]
      })
      assert.strictEqual(outcome._tag, "Success")
      assert.deepStrictEqual(ranges, [
        [undefined, undefined],
        [`bytes=${HALF}-`, '"a"']
      ])
      assert.deepStrictEqual(
        asked.map(({ url }) => url),
        ["/file?signature=1", "/file?signature=2"]
      )
      assert.deepStrictEqual(etags, ['"a"'])
    })
  )

  it.effect("resumes the part file of an earlier run", () =>
    Effect.gen(function* () {
      const { etags, outcome, ranges } = yield* download({
        part: String(half),
        etag: '"a"',
        answers: [storage('"a"')]
      })
      assert.strictEqual(outcome._tag, "Success")
      assert.deepStrictEqual(ranges, [[`bytes=${HALF}-`, '"a"']])
      assert.deepStrictEqual(etags, [])
    })
  )

  it.effect("uses a file that an earlier run had completed", () =>
    Effect.gen(function* () {
      const { ranges, size } = yield* download({
        part: String(CONTENT),
        etag: '"a"',
        answers: [storage('"a"')]
      })
      assert.strictEqual(size, CONTENT.length)
      assert.strictEqual(ranges.length, 1)
    })
  )

  it.effect.each<{ readonly name: string } & Given>([
    { name: "the ETag of the part file was not stored", part: "something", answers: [storage('"a"')] },
    { name: "the file has no ETag", answers: [cut(half), storage()] },
    { name: "the file has changed", part: "something", etag: '"b"', answers: [storage('"a"')] },
    {
      name: "the file has changed and is shorter",
      part: "x".repeat(100),
      etag: '"a"',
      answers: [storage('"a"')]
    },
    {
      name: "the response is a different range than requested",
      part: String(half),
      etag: '"a"',
      answers: [
        (response) =>
          void response.writeHead(206, { "content-range": `bytes 3-41/${CONTENT.length}` }).end("others"),
        storage('"a"')
      ]
    },
    {
      name: "the response does not state its range",
      part: String(half),
      etag: '"a"',
      answers: [(response) => void response.writeHead(206).end("others"), storage('"a"')]
    },
    { name: "it fails the check", answers: [storage('"a"', Buffer.from("<html>")), storage('"a"')] }
  ])("starts again from the first byte if $name", (given) =>
    Effect.gen(function* () {
      const { names, size } = yield* download(given)
      assert.strictEqual(size, CONTENT.length)
      assert.deepStrictEqual(names, ["file"])
    })
  )

  it.effect.each<{ readonly name: string; readonly answer: Answering }>([
    { name: "a busy storage", answer: status(503) },
    { name: "too many requests", answer: status(429) },
    { name: "no response", answer: hangUp },
    { name: "one rejected address", answer: status(403) },
    { name: "half of a file of unknown length", answer: streamed(half, { etag: '"a"' }) }
  ])("retries after $name", ({ answer }) =>
    Effect.gen(function* () {
      const { outcome } = yield* download({ answers: [answer, storage('"a"')] })
      assert.strictEqual(outcome._tag, "Success")
    })
  )

  it.effect.each<{ readonly name: string } & Given>([
    { name: "an empty file of unknown length", answers: [streamed(""), storage('"a"')] },
    {
      name: "a part that ends before the file does",
      part: String(half),
      etag: '"a"',
      answers: [
        (response) => {
          const range = { "content-range": `bytes ${HALF}-${CONTENT.length - 1}/${CONTENT.length}` }
          response.writeHead(206, range).end(CONTENT.subarray(HALF, HALF + 5))
        },
        storage('"a"')
      ]
    }
  ])("does not accept $name as the file, whatever its content", (given) =>
    Effect.gen(function* () {
      const { ranges, size } = yield* download({ ...given, problemIn: () => Effect.succeed(undefined) })
      assert.strictEqual(size, CONTENT.length)
      assert.strictEqual(ranges.length, 2)
    })
  )

  it.effect("retries if nothing arrives in time, before the headers or after them", () =>
    Effect.gen(function* () {
      const stuck: Answering = (response) => {
        response.writeHead(200, { etag: '"a"', "content-length": String(CONTENT.length) })
        response.write(half)
      }
      const { outcome, ranges } = yield* download({
        answers: [silence, stuck, storage('"a"')],
        retryPolicy: { attempts: 3, requestTimeoutMillis: 200, retryMillis: [1, 2] }
      })
      assert.strictEqual(outcome._tag, "Success")
      assert.deepStrictEqual(ranges.at(-1), [`bytes=${HALF}-`, '"a"'])
    })
  )

  it.effect("ignores the length and ETag of a file that was decompressed by the client", () =>
    Effect.gen(function* () {
      const packed = { "content-encoding": "x-custom", etag: '"a"' }
      const { etags, outcome, ranges } = yield* download({
        answers: [cut(half, packed), streamed(CONTENT, packed)]
      })
      assert.strictEqual(outcome._tag, "Success")
      assert.deepStrictEqual(etags, [null, null])
      assert.deepStrictEqual(ranges[1], [undefined, undefined])
    })
  )

  it.effect("checks an empty file, which may be complete", () =>
    Effect.gen(function* () {
      const empty = storage('"a"', Buffer.alloc(0))
      const sizes: Array<number> = []
      const taken = yield* download({
        answers: [empty],
        problemIn: (_, bytes) => Effect.sync(() => void sizes.push(bytes))
      })
      assert.strictEqual(taken.size, 0)
      assert.deepStrictEqual(sizes, [0])
      const rejected = yield* download({ answers: [empty], problemIn: () => Effect.succeed("it is empty") })
      assert.strictEqual(rejected.outcome._tag, "Failure")
    })
  )

  it.effect("uses a known address for the first attempt, and requests others after it", () =>
    Effect.gen(function* () {
      const { asked, links, size } = yield* download({
        answers: [status(403), status(503), storage('"a"')],
        isKnown: true
      })
      assert.strictEqual(size, CONTENT.length)
      assert.strictEqual(links, 2)
      assert.deepStrictEqual(
        asked.map(({ url }) => url.split("=")[1]),
        ["known", "1", "2"]
      )
    })
  )

  it.effect("forgets a file and its part file, and ignores missing ones", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* temporary
      for (const name of ["file", "file.part", "other"]) yield* fs.writeFileString(`${folder}/${name}`, "x")
      yield* Download.forget(`${folder}/file`)
      yield* Download.forget(`${folder}/file`)
      assert.deepStrictEqual(yield* fs.readDirectory(folder), ["other"])
    })
  )

  it.effect("counts a file as gone if there is no address, or four in a row are rejected", () =>
    Effect.gen(function* () {
      const rejected = yield* download({ answers: [status(404)] })
      assert.strictEqual(rejected.size, undefined)
      assert.strictEqual(rejected.links, 4)
      const busy = [status(403), status(403), status(403), status(503), status(403), storage('"a"')]
      assert.strictEqual((yield* download({ answers: busy })).links, 6)
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      const gone = yield* Download.run({
        link: Effect.succeed(undefined),
        file,
        etag: null,
        begin: () => Effect.void,
        problemIn,
        operation: "the download",
        span: "Test",
        retryPolicy: { attempts: 3, requestTimeoutMillis: 5000, retryMillis: [1, 2] },
        baseUrl: "https://api.example"
      })
      assert.isUndefined(gone)
      assert.isFalse(yield* fs.exists(file))
    })
  )

  it.effect("gives up after the configured attempts without progress, and keeps the received bytes", () =>
    Effect.gen(function* () {
      let at = 0
      /** Each response has five bytes more. */
      const slow: Answering = (response, { headers }) => {
        const from = headers.range === undefined ? 0 : at
        at = Math.min(from + 5, HALF)
        const total = CONTENT.length
        const head = { etag: '"a"', "content-length": String(total - from) }
        const range = { "content-range": `bytes ${from}-${total - 1}/${total}` }
        response.writeHead(from === 0 ? 200 : 206, from === 0 ? head : { ...head, ...range })
        const piece = CONTENT.subarray(from, at)
        if (piece.length === 0) response.destroy()
        else response.write(piece, () => setImmediate(() => response.destroy()))
      }
      const fs = yield* FileSystem.FileSystem
      const { file, names, outcome, ranges } = yield* download({ answers: [slow] })
      assert.strictEqual(outcome._tag, "Failure")
      if (outcome._tag === "Success") return
      assert.instanceOf(outcome.failure, SourceError.RequestFailed)
      assert.match(outcome.failure.problem, /^the (?:response was cut off|connection failed)/u)
      assert.notInclude(outcome.failure.message, "signature")
      // Four attempts with progress, and two without.
      assert.strictEqual(ranges.length, 6)
      assert.deepStrictEqual(names, ["file.part"])
      assert.strictEqual(yield* fs.readFileString(`${file}.part`), String(half))
    })
  )

  it.effect("fails with the error of its caller", () =>
    Effect.gen(function* () {
      const reason = new SourceError.CorruptInput({ location: "x", problem: "no", hint: "." })
      const { outcome } = yield* download({ answers: [storage()], problemIn: () => Effect.fail(reason) })
      assert.strictEqual(outcome._tag === "Failure" && outcome.failure, reason)
    })
  )
})

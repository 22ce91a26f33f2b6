import { Download } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Logger, Redacted } from "effect"
import { type Answering, json, serve, services, temporary } from "./loopback.ts"

/** Downloads from a server with the given responses in order, and returns the outcome. */
const download = (answers: ReadonlyArray<Answering>, given: Partial<Download.Download> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* temporary
    const server = yield* serve(...answers)
    const outcome = yield* Effect.result(
      Download.run({
        link: Effect.succeed(Redacted.make(`${server.baseUrl}/file?signature=secret`)),
        file: `${folder}/file`,
        etag: null,
        begin: () => Effect.void,
        problemIn: () => Effect.succeed(undefined),
        operation: "the download",
        span: "Test",
        retryPolicy: { attempts: 3, requestTimeoutMillis: 5000, retryMillis: [1, 2] },
        baseUrl: server.baseUrl,
        ...given
      })
    )
    const failed = outcome._tag === "Failure" ? outcome.failure : undefined
    if (failed !== undefined) assert.instanceOf(failed, SourceError.RequestFailed)
    const message = failed?.message ?? ""
    assert.notInclude(message, "secret")
    assert.notInclude(message, "127.0.0.1")
    return { outcome, message, requests: server.asked.length, names: yield* fs.readDirectory(folder) }
  })

/** Sends pieces with pauses in between until the client stops reading. */
const dripping =
  (piece: string, everyMillis: number, head: Record<string, string> = {}): Answering =>
  (response) => {
    response.writeHead(200, head)
    const timer = setInterval(() => void response.write(piece), everyMillis)
    response.on("close", () => clearInterval(timer))
  }

const endless: Answering = (response) => {
  response.writeHead(200)
  const more = () =>
    void (response.destroyed || response.write("x".repeat(1 << 16), () => setImmediate(more)))
  more()
}

/** Sends one more byte of the file each time, and then ends the connection. */
const crumbs = (): Answering => {
  let at = 0
  return (response) => {
    const range = { "content-range": `bytes ${at}-999999/1000000`, etag: '"a"' }
    response.writeHead(at === 0 ? 200 : 206, at === 0 ? { etag: '"a"', "content-length": "1000000" } : range)
    at++
    response.write("x", () => setImmediate(() => response.destroy()))
  }
}

it.layer(services, { excludeTestServices: true })("Download.run", (it) => {
  it.effect.each<readonly [string, Answering]>([
    [
      "that declares a larger size",
      (response) => void response.writeHead(200, { "content-length": "99999999999999" }).write("x")
    ],
    [
      "whose range declares a larger total",
      (response) =>
        void response
          .writeHead(206, { "content-range": "bytes 0-9/99999999999999999999999" })
          .end("0123456789")
    ],
    ["that never ends", endless]
  ])("does not keep a file %s, and does not retry", ([, answer]) =>
    Effect.gen(function* () {
      const { message, names, requests } = yield* download([answer], { maxBytes: 1 << 20 })
      assert.include(message, "larger than maxDownloadBytes allows (1048576 bytes)")
      assert.include(message, "Raise maxDownloadBytes")
      assert.strictEqual(requests, 1)
      assert.deepStrictEqual(names, [])
    })
  )

  it.effect("keeps a file of exactly maxDownloadBytes", () =>
    Effect.gen(function* () {
      const { outcome } = yield* download([(response) => void response.end("0123456789")], { maxBytes: 10 })
      assert.deepInclude(outcome, { success: 10 })
      const { message } = yield* download([(response) => void response.end("0123456789")], { maxBytes: 9 })
      assert.include(message, "maxDownloadBytes")
    })
  )

  it.effect("rejects a file that is longer than declared", () =>
    Effect.gen(function* () {
      const longer: Answering = (response) => {
        response.writeHead(206, { "content-range": "bytes 0-9/10" }).end("0123456789 and more")
      }
      const { message, requests } = yield* download([longer])
      assert.include(message, "the file is longer than the declared 10 bytes")
      assert.strictEqual(requests, 3)
    })
  )

  it.effect("does not wait for a file that arrives byte by byte", () =>
    Effect.gen(function* () {
      const started = Date.now()
      const { message } = yield* download([dripping("x", 80)], {
        retryPolicy: { attempts: 2, requestTimeoutMillis: 500, retryMillis: [1, 2] }
      })
      assert.include(message, "the download is too slow to finish")
      assert.isBelow(Date.now() - started, 20_000)
    })
  )

  it.effect("ends at the deadline, and keeps the received bytes", () =>
    Effect.gen(function* () {
      const { message, names } = yield* download([dripping("x".repeat(10_000), 20, { etag: '"a"' })], {
        deadlineMillis: 300
      })
      assert.include(message, "it takes longer than exportDeadline allows")
      assert.include(message, "Run again to resume, or raise it.")
      assert.deepStrictEqual(names, ["file.part"])
    })
  )

  it.effect("limits the attempts even if each adds a few bytes", () =>
    Effect.gen(function* () {
      const { message, requests } = yield* download([crumbs()])
      assert.strictEqual(requests, 3 * 8)
      assert.include(message, "failed after 24 attempts")
    })
  )

  it.effect("limits the restarts even if each attempt ends at another offset", () =>
    Effect.gen(function* () {
      let at = 0
      const elsewhere: Answering = (response) => {
        response.writeHead(200, { "content-length": "1000000" })
        response.write("x".repeat((at++ * 37) % 50), () => setImmediate(() => response.destroy()))
      }
      const { requests } = yield* download([elsewhere])
      assert.isAtMost(requests, 24)
    })
  )

  it.effect("limits the attempts even if rejected addresses alternate with other failures", () =>
    Effect.gen(function* () {
      const answers = Array.from({ length: 200 }, (_, i): Answering => json({}, i % 2 === 0 ? 403 : 503))
      const { requests } = yield* download(answers)
      assert.isAtMost(requests, 24)
    })
  )

  it.effect.each([
    ["the cloud's own addresses", "http://169.254.169.254/latest/meta-data"],
    ["another scheme", "file:///etc/passwd"],
    ["a private network", "http://192.168.0.1/"]
  ] as const)("does not go to %s, neither by a link nor by a redirect", ([, target]) =>
    Effect.gen(function* () {
      const redirected = yield* download([
        (response) => void response.writeHead(302, { location: target }).end()
      ])
      assert.include(redirected.message, "the link that the service gave")
      assert.strictEqual(redirected.requests, 1)
      const linked = yield* download([json({})], { link: Effect.succeed(Redacted.make(target)) })
      assert.include(linked.message, "the link that the service gave")
      assert.strictEqual(linked.requests, 0)
    })
  )

  it.effect("does not read the body of an error, however long it is", () =>
    Effect.gen(function* () {
      const talkative: Answering = (response) => {
        response.writeHead(500)
        const more = () =>
          void (response.destroyed || response.write("x".repeat(1 << 16), () => setImmediate(more)))
        more()
      }
      const { message, requests } = yield* download([talkative])
      assert.include(message, "the file's address returned HTTP 500")
      assert.strictEqual(requests, 3)
    })
  )

  it.effect("waits as long as the storage asks for, within maxWait, and logs it", () =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const logger = Logger.make<unknown, void>(({ message }) => void logged.push(message))
      const busy: Answering = (response) => void response.writeHead(503, { "retry-after": "99999999" }).end()
      const started = Date.now()
      const { outcome } = yield* download([busy, (response) => void response.end("x")], {
        retryPolicy: { attempts: 3, requestTimeoutMillis: 5000, retryMillis: [1, 2], maxWaitMillis: 1100 }
      }).pipe(Effect.provide(Logger.layer([logger])))
      assert.strictEqual(outcome._tag, "Success")
      assert.isAtLeast(Date.now() - started, 1000)
      assert.include(JSON.stringify(logged), "waiting 1 s: the storage asked for it")
    })
  )
})

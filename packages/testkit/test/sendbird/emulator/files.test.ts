import type { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { clientOf, DAY, everything, get, linkOf, send, start, whole } from "./client.ts"

const exported = (options: SendbirdEmulator.Options = {}) =>
  Effect.gen(function* () {
    const emulator = yield* start(options)
    const client = clientOf(emulator)
    const done = yield* client.exported("channels", everything(emulator))
    const requestId = String(done["request_id"])
    const link = Effect.map(client.look("channels", requestId), linkOf)
    return { emulator, link, url: linkOf(done) }
  })

const withQuery = (url: string, name: string, value: string | undefined) => {
  const changed = new URL(url)
  if (value === undefined) changed.searchParams.delete(name)
  else changed.searchParams.set(name, value)
  return changed.href
}

describe("files", () => {
  it.effect("are on another port than the API, behind signed links", () =>
    Effect.gen(function* () {
      const { emulator, url } = yield* exported()
      assert.notStrictEqual(new URL(url).port, new URL(emulator.baseUrl).port)
      assert.strictEqual(new URL(url).origin, emulator.fileUrl)
      const { bytes, headers, status } = yield* get(url)
      assert.strictEqual(status, 200)
      assert.strictEqual(headers.get("content-length"), String(bytes.length))
      assert.strictEqual(headers.get("content-type"), "application/zip")
      assert.strictEqual(headers.get("accept-ranges"), "bytes")
      assert.match(headers.get("etag") ?? "", /^"[0-9a-f]{32}"$/u)
      assert.strictEqual(bytes.toString("latin1", 0, 4), "PK\u0003\u0004")
    })
  )

  it.effect("reject requests with the token of the API", () =>
    Effect.gen(function* () {
      const { emulator, url } = yield* exported()
      const answer = yield* get(url, { "Api-Token": emulator.apiToken })
      assert.strictEqual(answer.status, 400)
      assert.include(answer.bytes.toString(), "<Code>InvalidArgument</Code>")
      assert.strictEqual((yield* get(url, { Authorization: "Bearer x" })).status, 400)
    })
  )

  it.effect("reject requests without a signature, and with a wrong one", () =>
    Effect.gen(function* () {
      const { emulator, url } = yield* exported()
      for (const [changed, code] of [
        [withQuery(url, "Signature", undefined), "AccessDenied"],
        [withQuery(url, "Signature", "bm8="), "SignatureDoesNotMatch"],
        [withQuery(url, "Expires", String(emulator.to)), "SignatureDoesNotMatch"],
        [withQuery(url, "AWSAccessKeyId", "ASIAX"), "SignatureDoesNotMatch"],
        [url.replace(/\/[0-9a-f]{15}\.zip/u, "/0123456789abcde.zip"), "SignatureDoesNotMatch"]
      ] as const) {
        const answer = yield* get(changed)
        assert.strictEqual(answer.status, 403)
        assert.include(answer.bytes.toString(), `<Code>${code}</Code>`)
      }
      assert.strictEqual(whole(yield* send(url, { method: "HEAD" })).status, 403)
    })
  )

  it.effect("are sent in part when a range is requested", () =>
    Effect.gen(function* () {
      const { url } = yield* exported()
      const { bytes, headers } = yield* get(url)
      const size = bytes.length
      const etag = headers.get("etag") ?? ""
      for (const [range, from, to] of [
        ["bytes=0-0", 0, 1],
        ["bytes=100-", 100, size],
        ["bytes=10-19", 10, 20],
        [`bytes=5-${size * 2}`, 5, size],
        ["bytes=-7", size - 7, size],
        [`bytes=-${size * 2}`, 0, size]
      ] as const) {
        const part = yield* get(url, { Range: range, "If-Range": etag })
        assert.strictEqual(part.status, 206, range)
        assert.strictEqual(part.headers.get("content-range"), `bytes ${from}-${to - 1}/${size}`)
        assert.strictEqual(part.headers.get("content-length"), String(to - from))
        assert.isTrue(part.bytes.equals(bytes.subarray(from, to)), range)
      }
    })
  )

  it.effect("are sent whole when the range is invalid, or the file has changed", () =>
    Effect.gen(function* () {
      const { url } = yield* exported()
      const { bytes } = yield* get(url)
      for (const headers of [
        { Range: "bytes=3-2" },
        { Range: "bytes=0-1,4-5" },
        { Range: "lines=1-2" },
        { Range: "bytes=-" },
        { Range: "bytes=0-1", "If-Range": '"another"' }
      ]) {
        const answer = yield* get(url, headers)
        assert.strictEqual(answer.status, 200, JSON.stringify(headers))
        assert.isTrue(answer.bytes.equals(bytes))
      }
      assert.strictEqual((yield* get(url, { "If-Match": '"another"' })).status, 412)
    })
  )

  it.effect("send nothing after their end", () =>
    Effect.gen(function* () {
      const { url } = yield* exported()
      const size = (yield* get(url)).bytes.length
      for (const range of [`bytes=${size}-`, `bytes=${size + 5}-${size + 9}`, "bytes=-0"]) {
        const answer = yield* get(url, { Range: range })
        assert.strictEqual(answer.status, 416, range)
        assert.strictEqual(answer.headers.get("content-range"), `bytes */${size}`)
      }
    })
  )

  it.effect("have links that expire, and new ones as long as they exist", () =>
    Effect.gen(function* () {
      const { link, url } = yield* exported({ linkMillis: 60_000, fileMillis: DAY })
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual((yield* get(url)).status, 200)
      yield* TestClock.adjust("1 second")
      const late = yield* get(url)
      assert.strictEqual(late.status, 403)
      assert.include(late.bytes.toString(), "Request has expired")
      const fresh = yield* link
      assert.notStrictEqual(fresh, url)
      assert.strictEqual((yield* get(fresh)).status, 200)

      yield* TestClock.adjust(DAY)
      assert.strictEqual((yield* get(yield* link)).status, 403)
    })
  )

  it.effect("have unique links", () =>
    Effect.gen(function* () {
      const { link, url } = yield* exported()
      assert.strictEqual(new Set([url, yield* link, yield* link]).size, 3)
      assert.strictEqual((yield* get(url)).status, 200)
    })
  )
})

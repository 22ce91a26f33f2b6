import { assert, describe, it } from "@effect/vitest"
import { Headers } from "effect/http"
import { retryAfter, waitAfter } from "../../src/internal/api/rateLimit.ts"

const NOW = 1_700_000_000_000
const headers = (fields: Record<string, string>) => Headers.fromInput(fields)

describe("retryAfter", () => {
  it.each([
    ["0.069786548614502", 70],
    ["0.5s", 500],
    [" 2 s ", 2000],
    ["3", 3000],
    [String(NOW / 1000 + 4), 4000],
    [String(NOW + 250), 250],
    [String(NOW - 250), 0]
  ])("reads a header of %s", (value, millis) => {
    assert.strictEqual(retryAfter(headers({ "X-RateLimit-RetryAfter": value }), "", NOW), millis)
    assert.strictEqual(retryAfter(headers({ "Retry-After": value }), "", NOW), millis)
  })

  it("reads the message if there is no header", () => {
    const text =
      "Too many requests (scope: app, limit: 10;w=1, remaining: 0, retry_after: 0.0697s, reset: 0.96s."
    assert.strictEqual(retryAfter(headers({}), text, NOW), 70)
    assert.strictEqual(retryAfter(headers({}), "Too many requests", NOW), undefined)
    assert.strictEqual(retryAfter(headers({ "Retry-After": "Wed, 21 Oct 2026" }), "", NOW), undefined)
  })
})

describe("waitAfter", () => {
  it("waits for the reset only if no call is left", () => {
    const reset = { "X-RateLimit-Reset": "0.25" }
    assert.strictEqual(waitAfter(headers({ ...reset, "X-RateLimit-Remaining": "0" }), NOW), 250)
    assert.strictEqual(waitAfter(headers({ ...reset, "X-RateLimit-Remaining": "1" }), NOW), 0)
    assert.strictEqual(waitAfter(headers(reset), NOW), 0)
    assert.strictEqual(waitAfter(headers({ "X-RateLimit-Remaining": "0" }), NOW), 0)
  })
})

import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Pages } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

const watch = (given: Partial<Pages.Options> = {}) =>
  Pages.watch({ operation: "listing things", maxPages: 20_000, hint: "Report this.", ...given })

/** Counts the pages before the watch ends the listing, and returns the reason. */
const pagesOf = (pageAt: (number: number) => Pages.Page, given: Partial<Pages.Options> = {}) => {
  const watched = watch(given)
  for (let number = 1; number <= 100_000; number++) {
    const failed = watched.see(pageAt(number))
    if (failed !== undefined) return { number, failed }
  }
  return assert.fail("the listing does not end")
}

/** Bytes of the heap that are in use, without garbage. */
const heapUsed = () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  return process.memoryUsage().heapUsed
}

const fresh = (number: number) => [`${number} a`, `${number} b`]

describe("Pages.watch", () => {
  it.each([1, 2, 3, 7, 64, 100, 1000])("ends tokens that repeat in a cycle of %i", (length) => {
    const { failed, number } = pagesOf((at) => ({ next: `token ${at % length}`, ids: fresh(at) }))
    assert.instanceOf(failed, SourceError.RequestFailed)
    assert.match(failed.problem, /^the list is circular: page \d+ leads to an earlier page$/u)
    assert.strictEqual(failed.hint, "Report this.")
    assert.isAtMost(number, 4 * length + 2)
  })

  it("ends a cycle that starts after other pages", () => {
    const { number } = pagesOf((at) => ({ next: `token ${at < 50 ? at : 50 + (at % 5)}`, ids: fresh(at) }))
    assert.isAtMost(number, 130)
  })

  it.each([1, 2, 3, 10, 100])("ends records that repeat every %i pages with new tokens", (length) => {
    const { failed, number } = pagesOf((at) => ({ next: `token ${at}`, ids: fresh(at % length) }))
    assert.match(failed.problem, /^the list makes no progress: its last 3 pages contain no new/u)
    assert.strictEqual(number, length + 3)
  })

  it("ends the same records in any order and number, and a list that ignores its offset", () => {
    const { number } = pagesOf((at) => ({ ids: at % 2 === 0 ? ["a", "b", "c"] : ["c", "b"] }))
    assert.strictEqual(number, 5)
    assert.strictEqual(pagesOf(() => ({ ids: ["a"] })).number, 4)
  })

  it("ends many empty pages that say that there is more, but accepts a few", () => {
    const { failed, number } = pagesOf((at) => ({ next: `token ${at}`, ids: [] }))
    assert.match(failed.problem, /its last 20 pages are empty/u)
    assert.strictEqual(number, 20)
    const rare = watch()
    for (let at = 1; at <= 1000; at++) {
      assert.isUndefined(rare.see({ next: `token ${at}`, ids: at % 15 === 0 ? fresh(at) : [] }))
    }
  })

  it("ends pages with new records at maxPages, which includes pages of earlier runs", () => {
    const { failed, number } = pagesOf((at) => ({ next: `token ${at}`, ids: fresh(at) }), { maxPages: 50 })
    assert.strictEqual(number, 50)
    assert.include(failed.problem, "more pages than maxPages allows (50)")
    assert.include(failed.hint, "Raise maxPages")
    assert.strictEqual(pagesOf((at) => ({ ids: fresh(at) }), { maxPages: 50, before: 40 }).number, 10)
    assert.strictEqual(pagesOf((at) => ({ next: `token ${at}`, ids: fresh(at) })).number, 20_000)
  })

  it("accepts pages that overlap because records were added meanwhile", () => {
    const shifting = watch()
    for (let at = 1; at <= 5000; at++) {
      assert.isUndefined(shifting.see({ ids: [`${at}`, `${at + 1}`, `${at + 2}`] }))
    }
  })

  it("remembers half a million records and no more", () => {
    const before = heapUsed()
    const watched = watch({ maxPages: 1_000_000 })
    const pageAt = (at: number) => Array.from({ length: 1000 }, (_, i) => `record ${at * 1000 + i}`)
    for (let at = 0; at < 2000; at++) assert.isUndefined(watched.see({ ids: pageAt(at) }))
    assert.isBelow(heapUsed() - before, 32 << 20)
    for (const at of [1999, 1800]) assert.isUndefined(watched.see({ ids: pageAt(at) }))
    assert.isDefined(watched.see({ ids: pageAt(1900) }))
  })
})

describe("Pages.maxPages", () => {
  it.effect("fills in the default, and names an invalid setting", () =>
    Effect.gen(function* () {
      const schema = Schema.Struct({ maxPages: Pages.maxPages })
      assert.deepStrictEqual(yield* Settings.decode(schema, {}), { maxPages: 20_000 })
      const error = yield* Effect.flip(Settings.decode(schema, { maxPages: 0 }))
      assert.include(error.message, "maxPages")
    })
  )
})

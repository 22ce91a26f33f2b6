import type { SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Option, Schema } from "effect"
import { TestClock } from "effect/testing"
import { runs } from "../../../test/runs.ts"
import type * as Enrich from "../src/internal/enrich/enrich.ts"
import { app, base, channelOf, messageOf, units, url } from "./enrichApp.ts"
import { API_TOKEN, type Asked, batchesOf, makeFake, ofKind, readUnit, errorResponse } from "./enrichFake.ts"

/** Skips the waiting times of the client. */
const withoutWaiting = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    for (let i = 0; i < 200; i++) yield* TestClock.adjust("5 minutes")
    return yield* Fiber.join(fiber)
  })

describe("batches of enrichment", () => {
  for (const unit of units) {
    it.effect(`resume exactly after any position in ${unit}`, () =>
      Effect.gen(function* () {
        const whole = yield* batchesOf(makeFake(app, { pageSize: 2 }), unit)
        for (const [i, batch] of whole.entries()) {
          const position = JSON.parse(JSON.stringify(batch.position))
          const rest = yield* batchesOf(makeFake(app, { pageSize: 2 }), unit, {}, Option.some(position))
          assert.deepStrictEqual(rest, whole.slice(i + 1))
        }
      })
    )
  }

  it.effect("make no request after the last position", () =>
    Effect.gen(function* () {
      const fake = makeFake(app)
      const batches = yield* batchesOf(fake, "enrich/users")
      const before = fake.asked.length
      const last = Option.fromNullishOr(batches.at(-1)?.position)
      assert.deepStrictEqual(yield* batchesOf(fake, "enrich/users", {}, last), [])
      assert.strictEqual(fake.asked.length, before)
    })
  )

  it.effect("reject a position of another source, and a unit that does not exist", () =>
    Effect.gen(function* () {
      const fake = makeFake(app)
      const wrong = yield* Effect.flip(
        batchesOf(fake, "enrich/group_channels", {}, Option.some({ entry: [] }))
      )
      const unknown = yield* Effect.flip(batchesOf(fake, "enrich/moderation"))
      assert.deepStrictEqual([wrong._tag, unknown._tag], ["InvalidPosition", "InvalidPosition"])
      assert.strictEqual(fake.asked.length, 0)
    })
  )
})

describe("an expired page token", () => {
  const expireOnce = (listing: string, token: string) => {
    let isExpired = true
    return {
      pageSize: 2,
      instead: ({ path, query }: Asked) => {
        if (!isExpired || path !== listing || query.get("token") !== token) return undefined
        isExpired = false
        return errorResponse(400_109)
      }
    }
  }

  it.effect("starts the listing of users again", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readUnit(makeFake(app, expireOnce("/users", "4")), "enrich/users")
      assert.deepStrictEqual(
        ofKind(records, "user").map(({ id }) => id),
        ["ada", "bob", "cem", "dee", "ada", "bob", "cem", "dee", "eva"]
      )
      assert.strictEqual(notes["restarted.expired_page_token"], 1)
    })
  )

  it.effect("starts the listing of channels again, and skips those already read", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, expireOnce("/group_channels", "4"))
      const { records } = yield* readUnit(fake, "enrich/group_channels")
      // The channels at both ends may have been created in the same second as one that has not come yet.
      assert.deepStrictEqual(
        ofKind(records, "channel").map(({ id }) => id),
        [1, 2, 3, 4, 1, 4, 5].map(url)
      )
      const asked = fake.asked
        .filter(({ path }) => path.endsWith("/members"))
        .map(({ path }) => path.split("/")[2])
      assert.deepStrictEqual(Array.from(new Set(asked)), [1, 2, 3, 4, 5].map(url))
    })
  )

  it.effect("reads all channels again if they did not come in order", () =>
    Effect.gen(function* () {
      const group = [channelOf(1), channelOf(5), channelOf(2), channelOf(3), channelOf(4)]
      const fake = makeFake({ group }, expireOnce("/group_channels", "4"))
      const { records } = yield* readUnit(fake, "enrich/group_channels")
      assert.deepStrictEqual(
        ofKind(records, "channel").map(({ id }) => id),
        [1, 5, 2, 3, 1, 5, 2, 3, 4].map(url)
      )
    })
  )

  it.effect("starts the listing of members again", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, expireOnce(`/group_channels/${url(1)}/members`, "2"))
      const { records } = yield* readUnit(fake, "enrich/group_channels")
      const ids = ofKind(records, "member").filter(({ channelId }) => channelId === url(1))
      assert.deepStrictEqual(
        ids.map(({ userId }) => userId),
        ["ada", "bob", "ada", "bob", "cem"]
      )
    })
  )

  it.effect("fails eventually if the listing does not advance", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, {
        pageSize: 2,
        instead: ({ query }) => (query.get("token") === "4" ? errorResponse(400_109) : undefined)
      })
      const error = yield* Effect.flip(readUnit(fake, "enrich/users"))
      assert.strictEqual(error._tag, "RequestRejected")
      assert.isBelow(fake.asked.length, 50)
    })
  )
})

describe("messages on the boundary of pages", () => {
  const idsOf = (times: ReadonlyArray<number>, pageSize: number, given: Partial<Enrich.Settings> = {}) =>
    Effect.gen(function* () {
      const messages = { [url(1)]: times.map((at, i) => messageOf(i + 1, at)) }
      const fake = makeFake({ group: [channelOf(1)], messages }, { messagesSize: pageSize })
      const { records } = yield* readUnit(fake, "enrich/group_channels", given)
      return ofKind(records, "message").map(({ id }) => Number(id))
    })

  it.effect.prop(
    "come once each and in order, even if many share a millisecond",
    [Schema.Array(Schema.Literals([0, 0, 0, 0, 1, 1, 5]))],
    ([steps]) =>
      Effect.gen(function* () {
        let at = 0
        const times = steps.map((step) => (at += step))
        const most = Math.max(0, ...times.map((one) => times.filter((other) => other === one).length))
        for (const pageSize of [most + 1, most + 2, 200]) {
          assert.deepStrictEqual(
            yield* idsOf(times, pageSize),
            times.map((_, i) => i + 1)
          )
        }
      }),
    runs(100)
  )

  it.effect("end in an error when one millisecond has more than fit into a response", () =>
    Effect.gen(function* () {
      const times = [1, 2, ...Array.from({ length: 200 }, () => 3), 4]
      const error = yield* Effect.flip(idsOf(times, 1000))
      assert.strictEqual(error._tag, "CorruptInput")
      assert.include(error.message, "from 2020-09-13T12:26:40.003Z")
      assert.notInclude(error.message, "message 1")
      assert.deepStrictEqual((yield* idsOf([1, 2, ...times.slice(3), 9], 1000)).length, 203)
    })
  )

  it.effect("end in an error as well when a response has fewer than requested", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(idsOf([1, 2, 2, 2, 3], 2)))._tag, "CorruptInput")
      assert.deepStrictEqual(yield* idsOf([1, 2, 2, 2, 3, 3], 4), [1, 2, 3, 4, 5, 6])
    })
  )

  it.effect("are those of the period only", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* idsOf([1, 5, 6, 7, 8, 9], 2, { from: base + 5, to: base + 8 }), [2, 3, 4])
      assert.deepStrictEqual(
        yield* idsOf([1, 5, 6, 7, 8, 9], 200, { from: base + 5, to: base + 8 }),
        [2, 3, 4]
      )
    })
  )

  it.effect("do not continue for ever without ids and times", () =>
    Effect.gen(function* () {
      const messages = { [url(1)]: [messageOf(1, 5), { ...messageOf(2, 5), message_id: 0 }, messageOf(3, 6)] }
      const instead = ({ path, query }: Asked) =>
        path.endsWith("/messages") && query.get("include") === "true"
          ? new Response(JSON.stringify({ messages: [...(messages[url(1)] ?? []), { message_id: 9 }, 7] }))
          : undefined
      const fake = makeFake({ group: [channelOf(1)] }, { instead })
      const { records, rejected } = yield* readUnit(fake, "enrich/group_channels")
      assert.deepStrictEqual(
        ofKind(records, "message").map(({ id }) => id),
        ["1", "3"]
      )
      assert.includeMembers(
        rejected.map(({ code }) => code),
        ["missing_id", "invalid_time", "not_an_object"]
      )
    })
  )

  it.effect("keep all digits of their ids", () =>
    Effect.gen(function* () {
      const ids = ["9007199254740993", "9007199254740994", "9223372036854775807"]
      const messages = {
        [url(1)]: ids.map((id, i) =>
          messageOf(`#${id}#`, 1000, i === 0 ? {} : { parent_message_id: `#${ids[0]}#` })
        )
      }
      const fake = makeFake({ group: [channelOf(1)], messages }, { pageSize: 4 })
      const { records } = yield* readUnit(fake, "enrich/group_channels")
      assert.deepStrictEqual(
        ofKind(records, "message").map(({ id, parentId }) => [id, parentId]),
        ids.map((id, i) => [id, i === 0 ? undefined : ids[0]])
      )
    })
  )
})

describe("failing responses", () => {
  it.effect("are retried after a wait if they are rate limits", () =>
    Effect.gen(function* () {
      const headers = {
        "x-ratelimit-retryafter": "1.5",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1"
      }
      const fake = makeFake(app, {
        pageSize: 2,
        instead: (_, number) => (number % 3 === 1 ? errorResponse(500_910, 429, headers) : undefined)
      })
      const { records } = yield* withoutWaiting(readUnit(fake, "enrich/users"))
      assert.strictEqual(records.length, 5)
    })
  )

  const damaged: ReadonlyArray<readonly [string, string]> = [
    ["cut off", `{"users":[{"user_id":"ada"`],
    ["another list", `{"channels":[]}`],
    ["no list", `{"users":{}}`],
    ["HTML", "<html></html>"],
    ["nothing", ""],
    ["a broken element", `{"users":[{"user_id":"ada"},{"user_id":"b\\x"}],"next":""}`]
  ]
  for (const [name, body] of damaged) {
    it.effect(`are requested again when damaged: ${name}`, () =>
      Effect.gen(function* () {
        const once = makeFake(app, {
          instead: (_, number) => (number === 0 ? new Response(body) : undefined)
        })
        assert.strictEqual((yield* withoutWaiting(readUnit(once, "enrich/users"))).records.length, 5)
        const always = makeFake(app, { instead: () => new Response(body) })
        const error = yield* withoutWaiting(Effect.flip(readUnit(always, "enrich/users")))
        assert.strictEqual(error._tag, "RequestFailed")
      })
    )
  }

  it.effect("end in an error when a page names itself as the next one", () =>
    Effect.gen(function* () {
      const instead = () => new Response(JSON.stringify({ users: [{ user_id: "ada" }], next: "same" }))
      const error = yield* Effect.flip(readUnit(makeFake(app, { instead }), "enrich/users"))
      assert.strictEqual(error._tag, "RequestFailed")
    })
  )

  it.effect("end in Sendbird's error, without channel or token", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, {
        instead: ({ path }) => (path.endsWith("/messages") ? errorResponse(400_108) : undefined)
      })
      const error: SourceError.SourceErrorReason = yield* Effect.flip(readUnit(fake, "enrich/group_channels"))
      assert.include(error.message, "code 400108")
      assert.notInclude(error.message, url(1))
      assert.notInclude(error.message, API_TOKEN)
    })
  )
})

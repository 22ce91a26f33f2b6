import { SendbirdApi } from "@chatferry/source-sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"

const DAY = 86_400_000

const exportsOf = ({ windows }: SendbirdApi.Plan): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Array.from(
      Map.groupBy(windows, ({ dataType }) => dataType),
      ([dataType, of]) => [dataType, of.length]
    )
  )

const config: SendbirdApi.Config = {
  applicationId: "AB12",
  apiToken: Redacted.make("token"),
  from: "2020-01-01T00:00:00Z",
  to: "2024-12-28T00:00:00Z"
}

describe("SendbirdApi.plan", () => {
  it.effect("splits messages into weeks and failed webhooks into days, but not users and channels", () =>
    Effect.gen(function* () {
      const plan = yield* SendbirdApi.plan(config)
      assert.deepStrictEqual(exportsOf(plan), { failed_webhooks: 180, users: 1, channels: 1, messages: 261 })
      assert.strictEqual(plan.calls, (180 + 1 + 1 + 261) * 4)
      const order = plan.windows.map(({ dataType }) => dataType)
      assert.deepStrictEqual(
        order.filter((dataType, i) => dataType !== order[i - 1]),
        ["failed_webhooks", "users", "channels", "messages"]
      )
      const [first] = plan.windows
      assert.strictEqual(first?.start, Date.parse("2024-12-28T00:00:00Z") - 180 * DAY)
    })
  )

  it.effect("allows 186 days with the documented filter, and the configured length", () =>
    Effect.gen(function* () {
      const long = yield* SendbirdApi.plan({ ...config, messages: { userIds: ["ann"] } })
      assert.strictEqual(exportsOf(long)["messages"], Math.ceil((5 * 365.2) / 186))
      const short = yield* SendbirdApi.plan({
        ...config,
        users: { windowDays: 7 },
        messages: { windowDays: 1 }
      })
      assert.deepStrictEqual([exportsOf(short)["users"], exportsOf(short)["messages"]], [261, 1823])
    })
  )

  it.effect("does not go back further than the requested period", () =>
    Effect.gen(function* () {
      const plan = yield* SendbirdApi.plan({ ...config, from: "2024-12-20T00:00:00Z" })
      assert.strictEqual(exportsOf(plan)["failed_webhooks"], 8)
      const explicit = { from: "2024-12-26T00:00:00Z" }
      const less = yield* SendbirdApi.plan({ ...config, failedWebhooks: explicit })
      assert.strictEqual(exportsOf(less)["failed_webhooks"], 2)
    })
  )

  it.effect("leaves out failed webhooks that are too old, unless they are requested explicitly", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2025-02-28T00:00:00Z"))
      const plan = yield* SendbirdApi.plan(config)
      assert.strictEqual(exportsOf(plan)["failed_webhooks"], 122)
      assert.strictEqual(plan.tooOld.length, 58)
      assert.strictEqual(
        SendbirdApi.format(plan),
        [
          "failed_webhooks  122 exports   2024-08-28 to 2024-12-28",
          "users               1 export   2020-01-01 to 2024-12-28",
          "channels            1 export   2020-01-01 to 2024-12-28",
          "messages         261 exports   2020-01-01 to 2024-12-28",
          "58 days of failed webhooks are older than six months and are left out",
          "385 exports, at least 1540 calls"
        ].join("\n")
      )
    })
  )

  const ids = (count: number) => Array.from({ length: count }, (_, i) => `user-${i}`)
  const wrong: ReadonlyArray<readonly [string, Partial<SendbirdApi.Config>, string]> = [
    ["a period that ends before it begins", { to: "2019-01-01T00:00:00Z" }, "to must be later than from"],
    [
      "an invalid time",
      { from: "yesterday" },
      'from must be a time, such as 2024-05-01T00:00:00Z, but is "yesterday"'
    ],
    [
      "a window of messages that is too long",
      { messages: { windowDays: 8 } },
      "messages.windowDays must be at most 7 (186 with messages.userIds), but is 8"
    ],
    [
      "a window that is too long for the filter",
      { messages: { windowDays: 187, userIds: ["a"] } },
      "messages.windowDays must be at most 186, but is 187"
    ],
    [
      "eleven senders",
      { messages: { senderIds: ids(11) } },
      "messages.senderIds must be a list of at most 10 ids, but is a list of 11"
    ],
    [
      "eleven senders to leave out",
      { messages: { excludeSenderIds: ids(11) } },
      "messages.excludeSenderIds must be a list of at most 10 ids, but is a list of 11"
    ],
    [
      "neighbours without senders",
      { messages: { neighboringMessageLimit: 3 } },
      "messages.neighboringMessageLimit works with messages.senderIds only"
    ],
    [
      "too many neighbours",
      { messages: { senderIds: ["a"], neighboringMessageLimit: 11 } },
      "messages.neighboringMessageLimit must be a whole number from 1 to 10, but is 11"
    ],
    [
      "a delimiter of two characters",
      { format: "csv", csvDelimiter: "||" },
      'csvDelimiter must be one character, and not a quotation mark ("), but is "||"'
    ],
    ["a delimiter for JSON", { csvDelimiter: ";" }, "csvDelimiter is only for format csv"],
    [
      "an unknown time zone",
      { timezone: "Middle/Earth" },
      'timezone must be the IANA name of a time zone, such as Asia/Seoul, but is "Middle/Earth"'
    ],
    [
      "parameters of a data type that is left out",
      { dataTypes: ["users"], messages: {} },
      "messages is given, but dataTypes does not have messages"
    ],
    ["no data type", { dataTypes: [] }, "dataTypes must be a list of data types, but is an empty list"],
    [
      "an application id that is an address",
      { applicationId: "api.example.com/x" },
      'applicationId must be the application\'s id, which has letters, digits and hyphens only, but is "api.example.com/x"'
    ],
    [
      "a base address with a query",
      { baseUrl: "https://example.com/v3?a=1" },
      "baseUrl must be an http or https address without a query"
    ],
    ["no attempt", { attempts: 0 }, "attempts must be a whole number of at least 1, but is 0"],
    [
      "failed webhooks from long ago",
      { failedWebhooks: { from: "2024-01-01T00:00:00Z" } },
      "failedWebhooks.from: failed_webhooks 2024-01-01T00:00:00.000Z to 2024-01-02T00:00:00.000Z is older than six months, and Sendbird keeps failed webhooks for six months only"
    ]
  ]
  it.effect.each(wrong.map(([name, change, message]) => ({ name, change, message })))(
    "rejects $name and names the limit",
    ({ change, message }) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.parse("2024-12-28T00:00:00Z"))
        const error = yield* Effect.flip(SendbirdApi.plan({ ...config, ...change }))
        assert.strictEqual(error.message, message)
      })
  )
})

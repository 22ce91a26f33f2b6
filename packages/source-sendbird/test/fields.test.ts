// Each field in all its forms, seen through the records it ends up in.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFiles } from "./reading.ts"

const createdAt = (value: unknown) =>
  Effect.map(
    readFiles({ "f.json": { active_users: [{ user_id: "u", created_at: value }] } }),
    ({ notes, records }) => {
      const [user] = records
      assert(user?._tag === "user")
      return notes["unreadable_time.user.created_at"] === 1 ? "unreadable" : user.createdAt
    }
  )

describe("times", () => {
  it.live.each([
    { value: 1736855618748, is: "2025-01-14T11:53:38.748Z" },
    { value: "1736855618748", is: "2025-01-14T11:53:38.748Z" },
    { value: 1736855603, is: "2025-01-14T11:53:23Z" },
    { value: 1736855603.5, is: "2025-01-14T11:53:23.500Z" },
    { value: "2020-08-04 12:00:00-0400", is: "2020-08-04T16:00:00Z" },
    { value: "2020-06-30 17:54:45+0900", is: "2020-06-30T08:54:45Z" },
    { value: "2020-08-04T12:00:00.25Z", is: "2020-08-04T12:00:00.25Z" },
    { value: "2020-08-04 12:00:00", is: "2020-08-04T12:00:00Z" },
    { value: 0, is: undefined },
    { value: -1, is: undefined },
    { value: "0", is: undefined },
    { value: "", is: undefined },
    { value: null, is: undefined },
    { value: "1969-12-31 23:59:59+0000", is: undefined },
    { value: "1970-01-01 00:59:59+0100", is: undefined },
    { value: "1970-01-01 01:00:00+0100", is: undefined },
    { value: "yesterday", is: "unreadable" },
    { value: "2020-02-30 00:00:00+0000", is: "unreadable" },
    { value: 9e17, is: "unreadable" },
    { value: {}, is: "unreadable" }
  ])("are read from $value", ({ is, value }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* createdAt(value), is)
    })
  )
})

describe("booleans", () => {
  it.live.each([
    { value: true, is: true },
    { value: "true", is: true },
    { value: "True", is: true },
    { value: 1, is: true },
    { value: false, is: false },
    { value: "false", is: false },
    { value: 0, is: false },
    { value: null, is: undefined },
    { value: "perhaps", is: undefined }
  ])("are read from $value", ({ is, value }) =>
    Effect.gen(function* () {
      const { records } = yield* readFiles({
        "f.json": { open_channels: [{ channel_url: "c", is_public: value }] }
      })
      assert.strictEqual(records[0]?._tag === "channel" ? records[0].isPublic : "none", is)
    })
  )
})

describe("message ids", () => {
  it.live.each([
    { value: "10463242990", is: "10463242990" },
    { value: "9223372036854775807", is: "9223372036854775807" },
    { value: '"9223372036854775807"', is: "9223372036854775807" },
    { value: "0", is: undefined },
    { value: '"0"', is: undefined },
    { value: "1.5", is: undefined },
    { value: "-5", is: undefined },
    { value: "{}", is: undefined }
  ])("are read from $value without losing a digit", ({ is, value }) =>
    Effect.gen(function* () {
      const file = `{"messages":[{"message_id":${value},"channel_url":"c","created_at":1736855618748}]}`
      const { records } = yield* readFiles({ "f.json": file })
      assert.strictEqual(records[0]?._tag === "message" ? records[0].id : undefined, is)
    })
  )
})

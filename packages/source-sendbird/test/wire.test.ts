import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { flag, messageId, time, UNREADABLE } from "../src/internal/wire.ts"

describe("time", () => {
  it.effect.each([
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
    { value: "yesterday", is: UNREADABLE },
    { value: "2020-02-30 00:00:00+0000", is: UNREADABLE },
    { value: 9e17, is: UNREADABLE },
    { value: {}, is: UNREADABLE }
  ])("reads $value", ({ is, value }) => Effect.sync(() => assert.strictEqual(time(value), is)))
})

describe("flag", () => {
  it.effect.each([
    { value: true, is: true },
    { value: "true", is: true },
    { value: "False", is: false },
    { value: "false", is: false },
    { value: 1, is: true },
    { value: 0, is: false },
    { value: null, is: undefined },
    { value: "perhaps", is: undefined }
  ])("reads $value", ({ is, value }) => Effect.sync(() => assert.strictEqual(flag(value), is)))
})

describe("messageId", () => {
  it.effect.each([
    { value: 10463242990, is: "10463242990" },
    { value: "9223372036854775807", is: "9223372036854775807" },
    { value: 0, is: undefined },
    { value: "0", is: undefined },
    { value: 1.5, is: undefined },
    { value: null, is: undefined }
  ])("reads $value", ({ is, value }) => Effect.sync(() => assert.strictEqual(messageId(value), is)))
})

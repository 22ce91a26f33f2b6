import { assert, describe, it } from "@effect/vitest"
import { check } from "./checker.ts"

const line = (type: string, data: object) => JSON.stringify({ type, data })
const good = {
  user: line("user", { id: "ada" }),
  channel: line("channel", { id: "c", type: "messaging", created_by: "ada" }),
  member: line("member", { channel_type: "messaging", channel_id: "c", user_id: "ada" }),
  message: line("message", {
    id: "1",
    channel_type: "messaging",
    channel_id: "c",
    user: "ada",
    type: "regular"
  }),
  reaction: line("reaction", {
    message_id: "1",
    type: "like",
    user_id: "ada",
    created_at: "2024-01-01T00:00:00Z"
  })
}
const file = (...lines: ReadonlyArray<string>) => `${lines.join("\n")}\n`
const message = (data: object) =>
  line("message", { id: "2", channel_type: "messaging", channel_id: "c", user: "ada", ...data })

describe("the checker in these tests", () => {
  it("finds nothing in a valid file", () => {
    assert.deepStrictEqual(check(file(...Object.values(good)), "jsonl").problems, [])
  })

  it.each([
    ["a wrong order", file(good.channel, good.user)],
    ["an id twice", file(good.user, good.user)],
    ["an unknown user", file(good.channel)],
    ["an unknown channel", file(good.user, good.member)],
    ["an unknown message", file(good.user, good.reaction)],
    ["null", file(line("user", { id: "ada", created_at: null }))],
    ["a reserved name", file(line("user", { id: "ada", online: true }))],
    ["much custom data", file(line("user", { id: "ada", x: "x".repeat(5001) }))],
    ["an odd id", file(line("user", { id: "a.b" }))],
    ["updated_at where it is no more", file(line("user", { id: "ada", updated_at: "2024-01-01T00:00:00Z" }))],
    ["deleted without a time", file(good.user, good.channel, message({ type: "deleted" }))],
    ["a reply without parent", file(good.user, good.channel, message({ type: "reply" }))],
    [
      "a parent that comes later",
      file(good.user, good.channel, message({ type: "reply", parent_id: "1" }), good.message)
    ],
    ["show_in_channel alone", file(good.user, good.channel, message({ show_in_channel: false }))],
    ["a pin by nobody", file(good.user, good.channel, message({ pinned_at: "2024-01-01T00:00:00Z" }))],
    [
      "an http attachment",
      file(good.user, good.channel, message({ attachments: [{ type: "image", image_url: "http://x/" }] }))
    ]
  ])("finds %s", (_name, content) => {
    assert.isNotEmpty(check(content, "jsonl").problems)
  })
})

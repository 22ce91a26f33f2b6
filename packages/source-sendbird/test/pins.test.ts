// Pinned messages, which a channel names by id, before, after or without its messages.
import type { Entity } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { textMessage } from "./exportFiles.ts"
import { essence, resumes, onlyPartition, readAll, readFiles, folderOf } from "./reading.ts"

const AT = 1736855618000
const channel = { channel_url: "c", created_at: 1700000000, last_message: { created_at: AT + 9000 } }
const pinned = { ...channel, pinned_message_ids: [2, "3000"], latest_pinned_message: { message_id: 2 } }
const messages = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...textMessage,
    channel_url: "c",
    message_id: i + 1,
    created_at: AT + i,
    message: "x".repeat(40)
  }))

const pins = (records: ReadonlyArray<Entity.Entity>) =>
  records.flatMap((one) =>
    one._tag === "message" && one.pinnedAt !== undefined ? [[one.id, one.pinnedAt]] : []
  )

/** The newest record of each message, as a sink has it. */
const latest = (records: ReadonlyArray<Entity.Entity>) => {
  const found = new Map<string, Entity.Entity<"message">>()
  for (const one of records) {
    if (one._tag !== "message") continue
    const before = found.get(one.id)
    if ((before?.observedAt ?? "") <= (one.observedAt ?? "")) found.set(one.id, one)
  }
  return Array.from(found.values())
}

const PINS = [
  ["2", "2025-01-14T11:53:38.001Z"],
  ["3000", "2025-01-14T11:53:40.999Z"]
]

describe("pinned messages", () => {
  it.live.each([
    { where: "before its messages", file: { channel: pinned, messages: messages(3000) } },
    { where: "after its messages", file: { messages: messages(3000), channel: pinned } }
  ])("are pinned at the time at which they were sent, with the channel $where", ({ file }) =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({ "m.json": file })
      assert.deepStrictEqual<unknown>(pins(records), PINS)
      assert.deepStrictEqual<unknown>(pins(latest(records)), PINS)
      assert.lengthOf(latest(records), 3000)
      assert.strictEqual(notes["pin_assumed"], 2)
      assert.isUndefined(notes["pins_elsewhere"])
    })
  )

  it.live.each([
    { where: "before its messages", file: { channel: pinned, messages: messages(3000) } },
    { where: "after its messages", file: { messages: messages(3000), channel: pinned } }
  ])("are the same when a run resumes anywhere, with the channel $where", ({ file }) =>
    Effect.gen(function* () {
      const folder = yield* folderOf({ "m.json": file })
      const config = { inputs: [folder], batchRecords: 500 }
      const whole = yield* readAll(config)
      assert.isAbove(whole.batches.length, 3)
      assert.deepStrictEqual<unknown>(pins(essence(whole).records), PINS)
      yield* resumes(whole, yield* onlyPartition(config))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("named only by a list of channels are counted, with their ids in custom data", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({ "c.json": { group_channels: [pinned] } })
      assert.strictEqual(notes["pins_elsewhere"], 2)
      assert.deepStrictEqual<unknown>(records[0]?.custom, { sendbird: { pinned_message_ids: [2, "3000"] } })
    })
  )

  it.live("do not include those of another channel, and are absent if nothing is pinned", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({ "m.json": { messages: messages(3), channel } })
      assert.deepStrictEqual([pins(records), notes["pin_assumed"]], [[], undefined])
    })
  )
})

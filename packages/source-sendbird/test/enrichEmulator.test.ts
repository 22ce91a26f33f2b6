import { SendbirdEmulator, SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted, Stream } from "effect"
import * as Client from "../src/internal/api/client.ts"
import * as Enrich from "../src/internal/enrich/enrich.ts"
import { ofKind, settings } from "./enrichFake.ts"
import { joined } from "./reading.ts"

const data = {
  messages: 500,
  channels: 12,
  users: 60,
  features: { removed: 0.1, replies: 0.2, reactions: 0.3, metaArrays: 0.2, polls: 0.1 }
}

const readAll = (emulator: SendbirdEmulator.Emulator) =>
  Effect.gen(function* () {
    const { apiToken, baseUrl, from, to } = emulator
    const client = yield* Client.make({
      applicationId: "app",
      baseUrl,
      apiToken: Redacted.make(apiToken),
      attempts: 5,
      requestTimeoutMillis: 5000,
      retryMillis: [1, 10]
    })
    const given = { ...settings, from, to }
    const units = Enrich.partitions(settings.enrichment, given)
    const batches = yield* Effect.forEach(units, ({ id }) =>
      Stream.runCollect(Enrich.read(client, id, Option.none(), given))
    )
    return joined(batches.flat())
  }).pipe(Effect.provide(NodeHttpClient.layerUndici))

const started = (options: SendbirdEmulator.Options) =>
  SendbirdEmulator.start({ data, ...options }).pipe(Effect.provide(NodeServices.layer))

describe("enrichment of an application over HTTP", () => {
  it.live("finds all records in spite of failures", () =>
    Effect.gen(function* () {
      const emulator = yield* started({
        faults: {
          rateLimited: 0.1,
          serverError: 0.1,
          cutBody: 0.1,
          slowBody: 0.05,
          expiredPageToken: 0.1
        },
        slowMillis: 5
      })
      const { distinct } = emulator.truth()
      const read = yield* readAll(emulator)
      const countOf = (kind: "user" | "channel" | "message", ids: ReadonlyArray<string>) =>
        assert.strictEqual(new Set(ids).size, distinct[kind], kind)
      countOf(
        "user",
        ofKind(read.records, "user").map(({ id }) => id)
      )
      countOf(
        "channel",
        ofKind(read.records, "channel").map(({ id }) => id)
      )
      countOf(
        "message",
        ofKind(read.records, "message").map(({ id }) => id)
      )
      const members = ofKind(read.records, "member").map(({ channelId, userId }) => `${channelId} ${userId}`)
      const reactions = ofKind(read.records, "reaction").map(({ messageId, type, userId }) =>
        [messageId, type, userId].join(" ")
      )
      assert.strictEqual(new Set(members).size, distinct.member)
      assert.strictEqual(new Set(reactions).size, distinct.reaction)
      assert.deepStrictEqual(read.rejected, [])
      assert.isFalse(JSON.stringify(read).includes(SendbirdExport.secret))
    })
  )

  it.live("has data that exports lack", () =>
    Effect.gen(function* () {
      const read = yield* readAll(yield* started({}))
      assert.isTrue(ofKind(read.records, "user").every(({ createdAt }) => createdAt !== undefined))
      const group = ofKind(read.records, "channel").filter(({ form }) => form === "group")
      assert.isTrue(group.every(({ createdById }) => createdById !== undefined))
      const members = ofKind(read.records, "member")
      assert.isTrue(members.some(({ lastReadAt }) => lastReadAt !== undefined))
      assert.isTrue(members.some(({ role }) => role === "moderator"))
    })
  )
})

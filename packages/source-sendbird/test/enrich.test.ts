import type { SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Option, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Enrich from "../src/internal/enrich/enrich.ts"
import {
  API_TOKEN,
  type Asked,
  batchesOf,
  everything,
  makeFake,
  ofKind,
  readUnit,
  refusal,
  settings
} from "./enrichFake.ts"

const url = (number: number) => `sendbird_group_channel_${number}_0a1b`
const created = 1_600_000_000
/** Numbers below some 1e11 would be seconds. */
const base = 1_600_000_000_000

const channelOf = (number: number) => ({
  channel_url: url(number),
  name: `Channel ${number}`,
  created_at: created - number,
  created_by: { user_id: "ada", nickname: "Ada", profile_url: "" },
  is_distinct: false,
  metadata: { floor: String(number) },
  last_message: null
})

const memberOf = (id: string, role = "") => ({
  user_id: id,
  nickname: id,
  state: "joined",
  role,
  is_muted: id === "bob",
  read_ts: 1_600_000_100_000,
  joined_ts: 1_600_000_000_500
})

/** `at`: milliseconds after `base`. */
const messageOf = (id: number | string, at: number, more: object = {}) => ({
  type: "MESG",
  message_id: id,
  channel_url: url(1),
  user: { user_id: "ada" },
  message: `message ${id}`,
  created_at: base + at,
  updated_at: 0,
  ...more
})

const app = {
  users: ["ada", "bob", "cem", "dee", "eva"].map((id, i) => ({
    user_id: id,
    nickname: id,
    is_active: id !== "eva",
    created_at: i % 2 === 0 ? created : created * 1000 + 7,
    access_token: `canary-${id}`,
    session_tokens: [{ session_token: `canary-${id}` }]
  })),
  group: [1, 2, 3, 4, 5].map(channelOf),
  members: {
    [url(1)]: [memberOf("ada", "operator"), memberOf("bob"), memberOf("cem")],
    [url(2)]: [memberOf("ada"), { user_id: "bob" }]
  },
  operators: { [url(2)]: [{ user_id: "ada" }], sendbird_open_channel_1: [{ user_id: "dee" }] },
  messages: {
    [url(1)]: [
      messageOf(1, 100, { reactions: [{ key: "heart", user_ids: ["bob", "cem"], updated_at: base + 150 }] }),
      messageOf(2, 200, { parent_message_id: 1, thread_info: { reply_count: 0 } }),
      messageOf(3, 200),
      messageOf(4, 200, { sorted_metaarray: [{ key: "a", value: ["b"] }] }),
      messageOf(5, 300, { is_removed: true })
    ],
    sendbird_open_channel_1: [messageOf(9, 400, { channel_url: "sendbird_open_channel_1" })]
  },
  open: [{ channel_url: "sendbird_open_channel_1", name: "Lobby", created_at: created, freeze: false }]
}

type Row = ReadonlyArray<unknown>

const units = ["enrich/users", "enrich/group_channels", "enrich/open_channels"]

const withoutNetwork = (range: { readonly from: number; readonly to: number }, parts = everything) =>
  Enrich.partitions(parts, range).map(({ id }) => id)

/** Waits that the client makes take no time. */
const withoutWaiting = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    for (let i = 0; i < 200; i++) yield* TestClock.adjust("5 minutes")
    return yield* Fiber.join(fiber)
  })

describe("units of enrichment", () => {
  it("are users, group channels and open channels, as far as they are switched on", () => {
    const none = { users: false, channels: false, members: false, messages: false }
    assert.deepStrictEqual(withoutNetwork(settings), units)
    assert.deepStrictEqual(withoutNetwork(settings, { ...none, users: true }), units.slice(0, 1))
    assert.deepStrictEqual(withoutNetwork(settings, { ...none, messages: true }), units.slice(1))
    assert.deepStrictEqual(withoutNetwork(settings, none), [])
  })

  it("are others for another period", () => {
    const [, before] = Enrich.partitions(everything, { from: 0, to: 1 })
    const [, after] = Enrich.partitions(everything, { from: 0, to: 2 })
    assert.notStrictEqual(before?.fingerprint, after?.fingerprint)
  })
})

describe("users", () => {
  it.effect("come from all pages, with their creation times in seconds or milliseconds", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, { pageSize: 2 })
      const { batches, notes, records } = yield* readUnit(fake, "enrich/users")
      const users = ofKind(records, "user")
      assert.deepStrictEqual(
        users.map(({ createdAt, id, isDeactivated }): Row => [id, createdAt, isDeactivated]),
        [
          ["ada", "2020-09-13T12:26:40Z", false],
          ["bob", "2020-09-13T12:26:40.007Z", false],
          ["cem", "2020-09-13T12:26:40Z", false],
          ["dee", "2020-09-13T12:26:40.007Z", false],
          ["eva", "2020-09-13T12:26:40Z", true]
        ]
      )
      assert.strictEqual(notes["enriched.users"], 5)
      assert.strictEqual(batches.length, 3)
      assert.deepStrictEqual(
        fake.asked.map(({ query }) => [query.get("active_mode"), query.get("limit"), query.get("token")]),
        [
          ["all", "100", null],
          ["all", "100", "2"],
          ["all", "100", "4"]
        ]
      )
    })
  )

  it.effect("leave their tokens behind, also when they are rejected", () =>
    Effect.gen(function* () {
      const users = [...app.users, { access_token: "canary", nickname: "nobody" }, "canary-free"]
      const read = yield* readUnit(makeFake({ users }), "enrich/users")
      assert.deepStrictEqual(
        read.rejected.map(({ code, place }) => [code, place]),
        [
          ["missing_id", "users page 1:users[5]"],
          ["not_an_object", "users page 1:users[6]"]
        ]
      )
      assert.strictEqual(read.notes["secret_dropped.user.access_token"], 6)
      const all = JSON.stringify(read.batches)
      assert.notInclude(all, "canary-ada")
      assert.notInclude(all, `"canary"`)
      assert.notInclude(all, API_TOKEN)
    })
  )
})

describe("channels", () => {
  it.effect("come with creator and metadata, members with role and read time, messages with reactions", () =>
    Effect.gen(function* () {
      const read = yield* readUnit(makeFake(app, { pageSize: 2 }), "enrich/group_channels")
      const channels = ofKind(read.records, "channel")
      assert.deepStrictEqual(
        channels.map(({ createdById, custom, id }) => [id, createdById, custom?.["sendbird"]?.["metadata"]]),
        [1, 2, 3, 4, 5].map((number) => [url(number), "ada", { floor: String(number) }])
      )
      const members = ofKind(read.records, "member").filter(({ channelId }) => channelId === url(1))
      assert.deepStrictEqual(
        members.map(({ createdAt, isMuted, lastReadAt, role, userId }): Row => [
          userId,
          role,
          isMuted,
          lastReadAt,
          createdAt
        ]),
        [
          ["ada", "moderator", false, "2020-09-13T12:28:20.000Z", "2020-09-13T12:26:40.500Z"],
          ["bob", "member", true, "2020-09-13T12:28:20.000Z", "2020-09-13T12:26:40.500Z"],
          ["cem", "member", false, "2020-09-13T12:28:20.000Z", "2020-09-13T12:26:40.500Z"]
        ]
      )
      const messages = ofKind(read.records, "message")
      assert.deepStrictEqual(
        messages.map(({ id, isDeleted, parentId }): Row => [id, parentId, isDeleted]),
        [
          ["1", undefined, undefined],
          ["2", "1", undefined],
          ["3", undefined, undefined],
          ["4", undefined, undefined],
          ["5", undefined, true]
        ]
      )
      assert.deepStrictEqual(
        ofKind(read.records, "reaction").map(({ createdAt, messageId, type, userId }) => [
          messageId,
          type,
          userId,
          createdAt
        ]),
        [
          ["1", "heart", "bob", "2020-09-13T12:26:40.150Z"],
          ["1", "heart", "cem", "2020-09-13T12:26:40.150Z"]
        ]
      )
      const counted = Object.entries(read.notes).filter(([code]) => code.startsWith("enriched."))
      assert.deepStrictEqual(counted, [
        ["enriched.channels", 5],
        ["enriched.members", 5],
        ["enriched.messages", 5],
        ["enriched.operators", 1]
      ])
    })
  )

  it.effect("are asked for their operators only where members do not say what they may do", () =>
    Effect.gen(function* () {
      const fake = makeFake(app)
      const { records } = yield* readUnit(fake, "enrich/group_channels")
      const asked = fake.asked.filter(({ path }) => path.endsWith("/operators")).map(({ path }) => path)
      assert.deepStrictEqual(asked, [`/group_channels/${url(2)}/operators`])
      const operator = ofKind(records, "member").filter(
        ({ channelId, role }) => channelId === url(2) && role === "moderator"
      )
      assert.deepStrictEqual(
        operator.map(({ userId }) => userId),
        ["ada"]
      )
    })
  )

  it.effect("of the open kind have operators and no members", () =>
    Effect.gen(function* () {
      const fake = makeFake(app)
      const { records } = yield* readUnit(fake, "enrich/open_channels")
      assert.deepStrictEqual(
        records.map(({ _tag }) => _tag),
        ["channel", "member", "message"]
      )
      assert.deepStrictEqual(
        ofKind(records, "member").map(({ role, userId }): Row => [userId, role]),
        [["dee", "moderator"]]
      )
      assert.isFalse(fake.asked.some(({ path }) => path.endsWith("/members")))
    })
  )

  it.effect("are read in the parts that are switched on", () =>
    Effect.gen(function* () {
      const none = { users: false, channels: false, members: false, messages: false }
      const kinds = (parts: Partial<Enrich.Enrichment>) =>
        Effect.map(
          readUnit(makeFake(app), "enrich/group_channels", { enrichment: { ...none, ...parts } }),
          ({ records }) => Array.from(new Set(records.map(({ _tag }) => _tag)))
        )
      assert.deepStrictEqual(yield* kinds({ channels: true }), ["channel"])
      assert.deepStrictEqual(yield* kinds({ members: true }), ["member"])
      assert.deepStrictEqual(yield* kinds({ messages: true }), ["message", "reaction"])
    })
  )

  it.effect("are newer than any export, even one that saw the same last message", () =>
    Effect.gen(function* () {
      const last = 100_000_000_000
      const group = [{ ...channelOf(1), last_message: messageOf(1, last) }, channelOf(2)]
      const members = { [url(1)]: [memberOf("ada")], [url(2)]: [memberOf("ada")] }
      const given = { to: 1_650_000_000_000 }
      const { records } = yield* readUnit(makeFake({ group, members }), "enrich/group_channels", given)
      for (const kind of ["channel", "member"] as const) {
        assert.deepStrictEqual(
          ofKind(records, kind).map(({ observedAt }) => String(observedAt)),
          ["2023-11-14T22:13:20.001Z", "2022-04-15T05:20:00.000Z"]
        )
      }
    })
  )

  it.effect("have their URLs escaped, and two that are no names are left alone", () =>
    Effect.gen(function* () {
      const group = ["a/b?c=d&%", "..", "\ud800x"].map((name) =>
        Object.assign(channelOf(1), { channel_url: name })
      )
      const fake = makeFake(
        { group },
        { instead: ({ path }) => (path.includes("_channels/") ? refusal(400_201) : undefined) }
      )
      const { notes, records } = yield* readUnit(fake, "enrich/group_channels")
      assert.deepStrictEqual(
        fake.asked.map(({ path }) => path),
        [
          "/group_channels",
          "/group_channels/a%2Fb%3Fc%3Dd%26%25/members",
          "/group_channels/%EF%BF%BDx/members"
        ]
      )
      assert.strictEqual(records.length, 3)
      assert.strictEqual(notes["unusable.channel_url"], 1)
    })
  )

  it.effect("that are gone in between are passed over and counted, the others are read", () =>
    Effect.gen(function* () {
      for (const part of ["members", "messages"]) {
        const fake = makeFake(app, {
          instead: ({ path }) => (path === `/group_channels/${url(1)}/${part}` ? refusal(400_201) : undefined)
        })
        const { notes, records } = yield* readUnit(fake, "enrich/group_channels")
        assert.strictEqual(notes["gone.channel"], 1)
        assert.strictEqual(notes["enriched.messages"] ?? 0, 0)
        assert.isTrue(ofKind(records, "member").some(({ channelId }) => channelId === url(2)))
      }
    })
  )

  it.effect("never ask for delivery receipts, and for channels in an order that messages do not change", () =>
    Effect.gen(function* () {
      const fake = makeFake(app)
      yield* readUnit(fake, "enrich/group_channels")
      assert.isFalse(fake.asked.some(({ query }) => query.has("show_delivery_receipt")))
      assert.strictEqual(fake.asked[0]?.query.get("order"), "chronological")
      assert.strictEqual(fake.asked[0]?.query.get("show_empty"), "true")
    })
  )
})

describe("batches of enrichment", () => {
  for (const unit of units) {
    it.effect(`go on exactly after any position in ${unit}`, () =>
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

  it.effect("ask nothing after the last position", () =>
    Effect.gen(function* () {
      const fake = makeFake(app)
      const batches = yield* batchesOf(fake, "enrich/users")
      const before = fake.asked.length
      const last = Option.fromNullishOr(batches.at(-1)?.position)
      assert.deepStrictEqual(yield* batchesOf(fake, "enrich/users", {}, last), [])
      assert.strictEqual(fake.asked.length, before)
    })
  )

  it.effect("refuse a position of another source, and a unit that does not exist", () =>
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
        return refusal(400_109)
      }
    }
  }

  it.effect("starts the listing of users anew", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readUnit(makeFake(app, expireOnce("/users", "4")), "enrich/users")
      assert.deepStrictEqual(
        ofKind(records, "user").map(({ id }) => id),
        ["ada", "bob", "cem", "dee", "ada", "bob", "cem", "dee", "eva"]
      )
      assert.strictEqual(notes["restarted.expired_page_token"], 1)
    })
  )

  it.effect("starts the listing of channels anew, and does not go through those again that lie behind", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, expireOnce("/group_channels", "4"))
      const { records } = yield* readUnit(fake, "enrich/group_channels")
      // The two ends may have been made in the same second as a channel that has not come yet.
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

  it.effect("goes through all channels again when they came in no order", () =>
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

  it.effect("starts the listing of members anew", () =>
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

  it.effect("fails in the end when the listing gets no further", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, {
        pageSize: 2,
        instead: ({ query }) => (query.get("token") === "4" ? refusal(400_109) : undefined)
      })
      const error = yield* Effect.flip(readUnit(fake, "enrich/users"))
      assert.strictEqual(error._tag, "RequestRefused")
      assert.isBelow(fake.asked.length, 50)
    })
  )
})

describe("messages at the border of pages", () => {
  const idsOf = (times: ReadonlyArray<number>, pageSize: number, given: Partial<Enrich.Settings> = {}) =>
    Effect.gen(function* () {
      const messages = { [url(1)]: times.map((at, i) => messageOf(i + 1, at)) }
      const fake = makeFake({ group: [channelOf(1)], messages }, { messagesSize: pageSize })
      const { records } = yield* readUnit(fake, "enrich/group_channels", given)
      return ofKind(records, "message").map(({ id }) => Number(id))
    })

  it.effect.prop(
    "come once each and in order, however many share a millisecond",
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
      })
  )

  it.effect("end in an error when one millisecond has more than an answer holds", () =>
    Effect.gen(function* () {
      const times = [1, 2, ...Array.from({ length: 200 }, () => 3), 4]
      const error = yield* Effect.flip(idsOf(times, 1000))
      assert.strictEqual(error._tag, "CorruptInput")
      assert.include(error.message, "from 2020-09-13T12:26:40.003Z")
      assert.notInclude(error.message, "message 1")
      assert.deepStrictEqual((yield* idsOf([1, 2, ...times.slice(3), 9], 1000)).length, 203)
    })
  )

  it.effect("end in an error as well when an answer holds less than was asked for", () =>
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

  it.effect("do not go on for ever without ids and times", () =>
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

describe("answers that are no answers", () => {
  it.effect("are waited out when they are for the rate", () =>
    Effect.gen(function* () {
      const headers = {
        "x-ratelimit-retryafter": "1.5",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1"
      }
      const fake = makeFake(app, {
        pageSize: 2,
        instead: (_, number) => (number % 3 === 1 ? refusal(500_910, 429, headers) : undefined)
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
    it.effect(`are asked for again when damaged: ${name}`, () =>
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

  it.effect("end in Sendbird's refusal, without channel or token", () =>
    Effect.gen(function* () {
      const fake = makeFake(app, {
        instead: ({ path }) => (path.endsWith("/messages") ? refusal(400_108) : undefined)
      })
      const error: SourceError.SourceErrorReason = yield* Effect.flip(readUnit(fake, "enrich/group_channels"))
      assert.include(error.message, "code 400108")
      assert.notInclude(error.message, url(1))
      assert.notInclude(error.message, API_TOKEN)
    })
  )
})

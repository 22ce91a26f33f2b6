import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Enrich from "../src/internal/enrich/enrich.ts"
import { app, channelOf, memberOf, messageOf, units, url } from "./enrichApp.ts"
import { API_TOKEN, everything, makeFake, ofKind, readUnit, errorResponse, settings } from "./enrichFake.ts"

type Row = ReadonlyArray<unknown>

const withoutNetwork = (range: { readonly from: number; readonly to: number }, parts = everything) =>
  Enrich.partitions(parts, range).map(({ id }) => id)

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

  it.effect("never emit their tokens, not even when they are rejected", () =>
    Effect.gen(function* () {
      const users = [...app.users, { access_token: "canary", nickname: "nobody" }, "canary-free"]
      const read = yield* readUnit(makeFake({ users }), "enrich/users")
      assert.deepStrictEqual(
        read.rejected.map(({ code, location }) => [code, location]),
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
  it.effect("give locations of batches with pages and lists, but without ids", () =>
    Effect.gen(function* () {
      for (const unit of units) {
        const { batches, records } = yield* readUnit(makeFake(app, { pageSize: 2 }), unit)
        assert.isAbove(records.length, 0)
        for (const { location } of batches) {
          assert.match(
            location,
            /^(?:users|group_channels|open_channels)(?: page \d+)?(?:, (?:members|operators|messages))?$/u
          )
        }
      }
    })
  )

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

  it.effect("are asked for their operators only if members do not have roles", () =>
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

  it.effect("of the open form have operators and no members", () =>
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

  it.effect("are read in the selected parts", () =>
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

  it.effect("are newer than any export, even one with the same last message", () =>
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

  it.effect("have their URLs escaped, and two that are not valid names are skipped", () =>
    Effect.gen(function* () {
      const group = ["a/b?c=d&%", "..", "\ud800x"].map((name) =>
        Object.assign(channelOf(1), { channel_url: name })
      )
      const fake = makeFake(
        { group },
        { instead: ({ path }) => (path.includes("_channels/") ? errorResponse(400_201) : undefined) }
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

  it.effect("that were deleted in the meantime are skipped and counted, and the others are read", () =>
    Effect.gen(function* () {
      for (const part of ["members", "messages"]) {
        const fake = makeFake(app, {
          instead: ({ path }) =>
            path === `/group_channels/${url(1)}/${part}` ? errorResponse(400_201) : undefined
        })
        const { notes, records } = yield* readUnit(fake, "enrich/group_channels")
        assert.strictEqual(notes["gone.channel"], 1)
        assert.strictEqual(notes["enriched.messages"] ?? 0, 0)
        assert.isTrue(ofKind(records, "member").some(({ channelId }) => channelId === url(2)))
      }
    })
  )

  it.effect("are requested without delivery receipts, and in an order that messages do not change", () =>
    Effect.gen(function* () {
      const fake = makeFake(app)
      yield* readUnit(fake, "enrich/group_channels")
      assert.isFalse(fake.asked.some(({ query }) => query.has("show_delivery_receipt")))
      assert.strictEqual(fake.asked[0]?.query.get("order"), "chronological")
      assert.strictEqual(fake.asked[0]?.query.get("show_empty"), "true")
    })
  )
})

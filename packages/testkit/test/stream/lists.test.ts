import { StreamEmulator, StreamExport } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { json } from "../sendbird/emulator/client.ts"
import { type Fields, errorIn, type Client, clientOf } from "./client.ts"

const data = { messages: 600, channels: 30, users: 60 }
const start = Effect.map(StreamEmulator.start({ data }), clientOf)
const app = StreamExport.generate(data)

const documents = JSON.parse(
  Buffer.concat(Array.from(app.channels({ includesTruncated: true }))).toString()
) as ReadonlyArray<{
  readonly channel: Fields
  readonly messages: ReadonlyArray<Fields>
  readonly members: ReadonlyArray<Fields>
}>
const channels = documents.map(({ channel }) => channel)

const asked = (client: Client, path: string, query: object) =>
  path === "/channels"
    ? client.call(path, { state: false, limit: 30, ...query })
    : client.call(`${path}?payload=${encodeURIComponent(JSON.stringify({ limit: 100, ...query }))}`)

const listed = (client: Client, path: string, query: object) =>
  Effect.map(asked(client, path, query), (answer): ReadonlyArray<Fields> => {
    const found = json(answer)[path.slice(1)] as ReadonlyArray<Fields>
    return path === "/channels" ? found.map(({ channel }) => channel as Fields) : found
  })

const sorted = (field: string, direction: 1 | -1) => ({ sort: [{ field, direction }] })

/** Times as text, with fractions of different lengths. */
const key = (value: unknown) => (typeof value === "string" ? value.replace(/Z$/u, "") : Number(value ?? 0))

const isInOrder = (values: ReadonlyArray<unknown>, direction: 1 | -1) =>
  values.every((value, i) => {
    const [one, other] = [key(values[i - 1] ?? value), key(value)]
    return direction === 1 ? one <= other : one >= other
  })

describe("StreamEmulator's lists", () => {
  it.effect.each([
    ["/channels", "last_message_at"],
    ["/channels", "last_updated"],
    ["/channels", "updated_at"],
    ["/channels", "created_at"],
    ["/channels", "member_count"],
    ["/channels", "unread_count"],
    ["/channels", "has_unread"],
    ["/channels", "pinned_at"],
    ["/users", "id"],
    ["/users", "name"],
    ["/users", "created_at"],
    ["/users", "updated_at"],
    ["/users", "last_active"],
    ["/users", "tier"]
  ] as const)("of %s are sorted by %s, in both directions", ([path, field]) =>
    Effect.gen(function* () {
      const client = yield* start
      for (const direction of [1, -1] as const) {
        const found = yield* listed(client, path, sorted(field, direction))
        assert.isAbove(found.length, 20)
        const values = found.map((one) =>
          field === "last_updated" ? (one["last_message_at"] ?? one["created_at"]) : one[field]
        )
        // Records without the field come first or last.
        assert.isTrue(
          isInOrder(
            values.filter((value) => value !== undefined),
            direction
          )
        )
      }
    })
  )

  it.effect("of channels begin with the latest update, those of users with the latest user", () =>
    Effect.gen(function* () {
      const client = yield* start
      const first = yield* listed(client, "/channels", {})
      assert.deepStrictEqual(first, yield* listed(client, "/channels", sorted("last_updated", -1)))
      assert.deepStrictEqual(
        yield* listed(client, "/users", {}),
        yield* listed(client, "/users", {
          sort: [
            { field: "created_at", direction: -1 },
            { field: "id", direction: -1 }
          ]
        })
      )
    })
  )

  const some = channels.find((one) => one["frozen"] === false && one["name"] !== undefined)
  const membersOf = (channel: Fields | undefined) =>
    documents.find((one) => one.channel === channel)?.members.map(({ user_id }) => String(user_id)) ?? []

  it.effect.each<{
    readonly name: string
    readonly filter: object
    readonly takes: (channel: Fields) => boolean
  }>([
    { name: "a cid", filter: { cid: some?.["cid"] }, takes: (one) => one === some },
    {
      name: "some cids",
      filter: { cid: { $in: channels.slice(0, 3).map(({ cid }) => cid) } },
      takes: (one) => channels.indexOf(one) < 3
    },
    { name: "a type", filter: { type: "messaging" }, takes: ({ type }) => type === "messaging" },
    { name: "frozen ones", filter: { frozen: true }, takes: ({ frozen }) => frozen === true },
    {
      name: "a member",
      filter: { members: { $in: [membersOf(some)[0]] } },
      takes: (one) => membersOf(one).includes(membersOf(some)[0] ?? "")
    },
    {
      name: "exactly these members",
      filter: { members: { $eq: membersOf(some).toReversed() } },
      takes: (one) => membersOf(one).toSorted().join() === membersOf(some).toSorted().join()
    },
    {
      name: "a time, in another zone",
      filter: { created_at: { $lte: "2024-03-20T02:00:00+02:00" } },
      takes: ({ created_at }) => String(created_at) <= "2024-03-20T00:00:00Z"
    },
    {
      name: "channels without messages",
      filter: { last_message_at: { $exists: false } },
      takes: (one) => one["last_message_at"] === undefined
    },
    {
      name: "all except some",
      filter: { $nor: [{ frozen: true }, { member_count: { $gt: 5 } }] },
      takes: (one) => one["frozen"] === false && Number(one["member_count"]) <= 5
    },
    {
      name: "the beginning of a name",
      filter: { name: { $autocomplete: String(some?.["name"]).slice(0, 3).toUpperCase() } },
      takes: ({ name }) =>
        (typeof name === "string" ? name : "")
          .toLowerCase()
          .split(" ")
          .some((word) => word.startsWith(String(some?.["name"]).slice(0, 3).toLowerCase()))
    },
    {
      name: "a custom field",
      filter: { topic: { $exists: true } },
      takes: ({ topic }) => topic !== undefined
    }
  ])("give the channels of $name", ({ filter, takes }) =>
    Effect.gen(function* () {
      const found = yield* listed(yield* start, "/channels", { filter_conditions: filter })
      const expected = channels.filter((one) => takes(one) && one["deleted_at"] === undefined)
      assert.deepStrictEqual(
        found.map(({ cid }) => String(cid)).toSorted(),
        expected.map(({ cid }) => String(cid)).toSorted()
      )
    })
  )

  const rejected: ReadonlyArray<readonly [name: string, path: string, query: object]> = [
    ["channels by id", "/channels", sorted("id", 1)],
    ["channels by a custom field", "/channels", sorted("topic", 1)],
    ["in an invalid direction", "/channels", { sort: [{ field: "created_at", direction: 2 }] }],
    ["by an object", "/channels", { sort: { created_at: 1 } }],
    ["channels of an id", "/channels", { filter_conditions: { id: "a" } }],
    ["channels after a cid", "/channels", { filter_conditions: { cid: { $gt: "a" } } }],
    ["channels that somebody hides", "/channels", { filter_conditions: { hidden: true } }],
    [
      "channels after an invalid time, though another condition excludes all",
      "/channels",
      { filter_conditions: { cid: "nothing", created_at: { $gt: "yesterday" } } }
    ],
    [
      "channels after 30 February",
      "/channels",
      { filter_conditions: { created_at: { $gt: "2026-02-30T00:00:00Z" } } }
    ],
    ["a number as text", "/channels", { filter_conditions: { member_count: "5" } }],
    ["one of a text", "/channels", { filter_conditions: { type: { $in: "messaging" } } }],
    ["an offset above 1000", "/channels", { offset: 1001 }],
    ["users by an unknown field", "/users", sorted("nothing", 1)],
    ["all users except one", "/users", { filter_conditions: { id: { $ne: "a" } } }],
    ["more than 100 users", "/users", { limit: 101 }]
  ]

  it.effect.each(rejected)("reject %s", ([, path, query]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorIn(yield* asked(yield* start, path, query)), [400, 4])
    })
  )

  describe("of members", () => {
    const large = documents.reduce((one, other) => (other.members.length > one.members.length ? other : one))
    const { id, type } = large.channel
    const ids = (members: ReadonlyArray<Fields>) => members.map(({ user_id }) => String(user_id))

    it.effect("give those of one channel, by filter, order and page", () =>
      Effect.gen(function* () {
        const client = yield* start
        const members = (query: object) => listed(client, "/members", { id, type, ...query })
        assert.sameDeepMembers(Array.from(yield* members({})), Array.from(large.members))
        assert.isTrue(
          isInOrder(
            (yield* members({})).map((one) => one["created_at"]),
            1
          )
        )
        const byId = ids(yield* members(sorted("user_id", 1)))
        assert.deepStrictEqual(byId, ids(large.members).toSorted())
        assert.deepStrictEqual(
          ids(yield* members({ ...sorted("user_id", 1), user_id_gt: byId[1], limit: 2 })),
          byId.slice(2, 4)
        )
        const one = byId[0] ?? ""
        assert.deepStrictEqual(ids(yield* members({ filter_conditions: { id: { $in: [one, "x"] } } })), [one])
        const banned = ids(large.members.filter((member) => member["banned"] === true))
        assert.sameMembers(ids(yield* members({ filter_conditions: { banned: true } })), banned)
      })
    )

    it.effect("do not exist for an unknown channel", () =>
      Effect.gen(function* () {
        const answer = yield* asked(yield* start, "/members", { id: "nowhere", type: "messaging" })
        assert.deepStrictEqual(errorIn(answer), [404, 16])
      })
    )
  })
})

describe("StreamEmulator's messages", () => {
  const existing = documents
    .filter(({ channel }) => channel["deleted_at"] === undefined)
    .flatMap(({ channel, messages }) => messages.map((message) => ({ channel, message })))

  it.effect("are given one by one, each with its channel, deleted ones with their text on request", () =>
    Effect.gen(function* () {
      const client = yield* start
      const message = (id: unknown, query = "") =>
        Effect.map(
          client.call(`/messages/${encodeURIComponent(String(id))}${query}`),
          (answer) => json(answer)["message"]
        )
      const [first] = existing
      const shown = { ...first?.message, channel: first?.channel }
      assert.deepStrictEqual(yield* message(first?.message["id"]), shown)
      const gone = existing.find(({ message: { text, type } }) => type === "deleted" && text !== "")
      const cleared = (yield* message(gone?.message["id"])) as Fields
      assert.strictEqual(cleared["text"], "")
      const whole = (yield* message(gone?.message["id"], "?show_deleted_message=true")) as Fields
      assert.strictEqual(whole["text"], gone?.message["text"])
      assert.deepStrictEqual(errorIn(yield* client.call("/messages/nothing")), [404, 16])
    })
  )

  it.effect("have all their reactions by page, latest first", () =>
    Effect.gen(function* () {
      const client = yield* start
      const counted = ({ message }: { readonly message: Fields }) =>
        Object.values((message["reaction_counts"] ?? {}) as Record<string, number>).reduce((a, b) => a + b, 0)
      const most = existing.reduce((one, other) => (counted(other) > counted(one) ? other : one))
      assert.isAbove(counted(most), 10)
      const reactions = (query: string) =>
        Effect.map(
          client.call(`/messages/${encodeURIComponent(String(most.message["id"]))}/reactions${query}`),
          (answer) => json(answer)["reactions"] as ReadonlyArray<Fields>
        )
      const all = yield* reactions("?limit=300")
      assert.strictEqual(all.length, counted(most))
      assert.deepStrictEqual(all.slice(0, 10), most.message["latest_reactions"] as ReadonlyArray<Fields>)
      assert.deepStrictEqual(yield* reactions("?limit=3&offset=10"), all.slice(10, 13))
      assert.deepStrictEqual(yield* reactions(""), all.slice(0, 10))
      const rejected = yield* client.call(
        `/messages/${encodeURIComponent(String(most.message["id"]))}/reactions?limit=301`
      )
      assert.deepStrictEqual(errorIn(rejected), [400, 4])
    })
  )
})

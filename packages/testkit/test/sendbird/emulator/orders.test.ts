import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Client, clientOf, type Fields, json, start } from "./client.ts"

const client = Effect.map(start({ data: { channels: 12 } }), clientOf)

const listed = (from: Client, query: string) =>
  from.list(`/group_channels?show_empty=true&${query}`, "channels")

const lastMessageAt = ({ last_message: last }: Fields) => Number(((last ?? {}) as Fields)["created_at"] ?? 0)

const isDescending = (values: ReadonlyArray<number>) =>
  values.every((value, i) => i === 0 || value <= (values[i - 1] ?? 0))

describe("the Sendbird emulator's orders of group channels", () => {
  it.effect("are by creation, the latest first, unless another order is requested", () =>
    Effect.gen(function* () {
      const from = yield* client
      const usual = yield* listed(from, "")
      assert.isAbove(usual.length, 3)
      assert.isTrue(isDescending(usual.map((channel) => Number(channel["created_at"]))))
      assert.deepStrictEqual(yield* listed(from, "order=chronological"), usual)
    })
  )

  it.effect("are by the last message, the latest first, and empty channels last", () =>
    Effect.gen(function* () {
      const found = yield* listed(yield* client, "order=latest_last_message")
      assert.isTrue(isDescending(found.map(lastMessageAt)))
    })
  )

  it.effect("are by name", () =>
    Effect.gen(function* () {
      const found = yield* listed(yield* client, "order=channel_name_alphabetical")
      const names = found.map(({ name }) => String(name))
      assert.deepStrictEqual(names, names.toSorted())
    })
  )

  it.effect("are by a value of the metadata, those without it last", () =>
    Effect.gen(function* () {
      const from = yield* client
      const all = yield* listed(from, "show_metadata=true")
      const metadataOf = (channel: Fields) => (channel["metadata"] ?? {}) as Readonly<Record<string, string>>
      const key = all.flatMap((channel) => Object.keys(metadataOf(channel))).at(0) ?? ""
      const found = yield* listed(
        from,
        `show_metadata=true&order=metadata_value_alphabetical&metadata_order_key=${encodeURIComponent(key)}`
      )
      const values = found.map((channel) => metadataOf(channel)[key])
      const given = values.filter((value) => value !== undefined)
      assert.isAbove(given.length, 0)
      assert.deepStrictEqual(values.slice(0, given.length), given.toSorted())
    })
  )

  it.effect.each([
    ["order=latest", 400111],
    ["order=", 400111],
    ["order=metadata_value_alphabetical", 400105]
  ] as const)("are rejected as %s with %i", ([query, code]) =>
    Effect.gen(function* () {
      const answer = yield* (yield* client).get(`/group_channels?${query}`)
      assert.deepInclude(json(answer), { code })
    })
  )

  it.effect("leave out empty channels by default, and frozen ones on request", () =>
    Effect.gen(function* () {
      const from = yield* client
      const all = yield* listed(from, "")
      const shown = yield* from.list("/group_channels", "channels")
      assert.deepStrictEqual(
        shown,
        all.filter((channel) => lastMessageAt(channel) > 0)
      )
      assert.deepStrictEqual(
        yield* listed(from, "show_frozen=false"),
        all.filter(({ freeze }) => freeze !== true)
      )
    })
  )
})

describe("the Sendbird emulator's single records", () => {
  it.effect("equal those of the lists", () =>
    Effect.gen(function* () {
      const from = yield* client
      const [user] = yield* from.list("/users?active_mode=all", "users")
      assert.deepStrictEqual(json(yield* from.get(`/users/${String(user?.["user_id"])}`)), user)
      for (const kind of ["group", "open"] as const) {
        const query = "show_member=true&show_metadata=true&show_empty=true"
        const channels = yield* from.list(`/${kind}_channels?${query}`, "channels")
        const channel = channels.at(-1)
        const path = `/${kind}_channels/${encodeURIComponent(String(channel?.["channel_url"]))}`
        assert.deepStrictEqual(json(yield* from.get(`${path}?${query}`)), channel)
        assert.notProperty(json(yield* from.get(path)), "members")
        const { messages } = json(
          yield* from.get(`${path}/messages?message_ts=0&next_limit=1&include_reactions=true`)
        ) as { readonly messages: ReadonlyArray<Fields> }
        for (const message of messages) {
          const one = yield* from.get(`${path}/messages/${String(message["message_id"])}`)
          assert.deepStrictEqual(json(one), message)
        }
      }
    })
  )

  it.effect("have pages of messages around them", () =>
    Effect.gen(function* () {
      const from = yield* client
      const [channel] = yield* from.list("/group_channels", "channels")
      const path = `/group_channels/${encodeURIComponent(String(channel?.["channel_url"]))}/messages`
      const page = (query: string) =>
        Effect.map(
          from.get(`${path}?${query}`),
          (answer) => json(answer)["messages"] as ReadonlyArray<Fields>
        )
      const all = yield* page("message_ts=0&next_limit=200")
      const one = all[Math.floor(all.length / 2)]
      const around = yield* page(`message_id=${String(one?.["message_id"])}&prev_limit=1&next_limit=1`)
      assert.includeDeepMembers(Array.from(around), [one])
      assert.isAtMost(around.length, 3)
    })
  )

  it.effect.each([
    ["/users/nobody", 400301],
    ["/group_channels/nowhere", 400201],
    ["/open_channels/nowhere", 400201],
    ["/open_channels/nowhere/participants", 400201]
  ] as const)("do not exist as %s: %i", ([path, code]) =>
    Effect.gen(function* () {
      assert.deepInclude(json(yield* (yield* client).get(path)), { code })
    })
  )

  it.effect("are empty for an open channel", () =>
    Effect.gen(function* () {
      const from = yield* client
      const [channel] = yield* from.list("/open_channels", "channels")
      const url = encodeURIComponent(String(channel?.["channel_url"]))
      assert.deepStrictEqual(json(yield* from.get(`/open_channels/${url}/participants`)), {
        participants: [],
        next: ""
      })
    })
  )
})

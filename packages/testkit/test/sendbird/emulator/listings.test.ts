import type { SendbirdEmulator, SendbirdExport } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { parse } from "../readExport.ts"
import { type Client, clientOf, type Fields, json, start } from "./client.ts"

// Few channels, so that they are long, and enough of everything that a switch affects.
const data: SendbirdExport.Options = {
  messages: 600,
  channels: 8,
  users: 40,
  features: { removed: 0.1, replies: 0.3, shownInChannel: 0.5, reactions: 0.3, metaArrays: 0.3, polls: 0.1 }
}

const application = (options: SendbirdEmulator.Options = {}) =>
  Effect.map(start({ data, ...options }), (emulator) => ({ emulator, client: clientOf(emulator) }))

const urlsOf = (channels: ReadonlyArray<Fields>) => channels.map((channel) => String(channel["channel_url"]))

const idsOf = (users: ReadonlyArray<Fields>) => users.map((user) => String(user["user_id"]))

interface Page {
  readonly messages: ReadonlyArray<Fields & { readonly created_at: number }>
}

const messagesOf = (client: Client, url: string, query: string) =>
  Effect.map(
    client.get(`/group_channels/${encodeURIComponent(url)}/messages?${query}`),
    ({ bytes }) => (parse(bytes) as unknown as Page).messages
  )

const EVERYTHING = "message_ts=0&prev_limit=0&next_limit=200&include_reply_type=ALL&including_removed=true"

/** All messages of a channel, page by page, each from the time of the last message on. */
const allMessages = (client: Client, url: string) =>
  Effect.gen(function* () {
    const found = new Map<string, Fields & { readonly created_at: number }>()
    for (let at = 0; ;) {
      const page = yield* messagesOf(client, url, EVERYTHING.replace("message_ts=0", `message_ts=${at}`))
      for (const message of page) found.set(String(message["message_id"]), message)
      const last = page.at(-1)?.created_at ?? at
      if (last === at) return Array.from(found.values())
      at = last
    }
  })

/** The group channel with the most messages. */
const longest = (client: Client) =>
  Effect.gen(function* () {
    let most: { url: string; messages: ReadonlyArray<Fields & { readonly created_at: number }> } = {
      url: "",
      messages: []
    }
    for (const url of urlsOf(yield* client.list("/group_channels", "channels"))) {
      const messages = yield* allMessages(client, url)
      if (messages.length > most.messages.length) most = { url, messages }
    }
    return most
  })

describe("lists of the Platform API", () => {
  it.effect("show every user once, for pages of any size, and by activity", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* application()
      const all = yield* client.list("/users?active_mode=all", "users")
      assert.lengthOf(new Set(idsOf(all)), emulator.truth().distinct.user)
      for (const limit of [1, 7, 40])
        assert.deepStrictEqual(yield* client.list("/users?active_mode=all", "users", limit), all)
      const active = yield* client.list("/users", "users")
      const inactive = yield* client.list("/users?active_mode=deactivated", "users")
      assert.isTrue(active.every((user) => user["is_active"] === true))
      assert.isTrue(inactive.every((user) => user["is_active"] === false))
      assert.strictEqual(active.length + inactive.length, all.length)
      const some = [String(all[3]?.["user_id"]), String(all[5]?.["user_id"])]
      const query = `/users?active_mode=all&user_ids=${some.map(encodeURIComponent).join(",")}`
      assert.deepStrictEqual(idsOf(yield* client.list(query, "users")), some)
    })
  )

  it.effect("show the channels of one kind, and their members only on request", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* application({ data: { ...data, features: { open: 0.4 } } })
      const group = yield* client.list("/group_channels", "channels", 3)
      const open = yield* client.list("/open_channels", "channels", 3)
      assert.isNotEmpty(group)
      assert.isNotEmpty(open)
      assert.lengthOf(new Set(urlsOf([...group, ...open])), emulator.truth().distinct.channel)
      for (const field of ["members", "read_receipt", "metadata"])
        assert.isTrue(group.every((channel) => !(field in channel)))
      const full = yield* client.list("/group_channels?show_member=true&show_read_receipt=true", "channels")
      assert.isTrue(full.every((channel) => Array.isArray(channel["members"]) && "read_receipt" in channel))
      const one = urlsOf(group)[1] ?? ""
      const found = yield* client.list(`/group_channels?channel_urls=${encodeURIComponent(one)}`, "channels")
      assert.deepStrictEqual(urlsOf(found), [one])
    })
  )

  it.effect("show the members of a channel, with the requested fields", () =>
    Effect.gen(function* () {
      const { client } = yield* application()
      const channels = yield* client.list("/group_channels", "channels")
      const [largest] = channels.toSorted((a, b) => Number(b["member_count"]) - Number(a["member_count"]))
      const path = `/group_channels/${encodeURIComponent(String(largest?.["channel_url"]))}/members`
      const plain = yield* client.list(path, "members", 2)
      assert.isAbove(plain.length, 2)
      assert.lengthOf(new Set(idsOf(plain)), plain.length)
      for (const field of ["is_muted", "read_ts", "delivered_ts"])
        assert.isTrue(plain.every((member) => !(field in member)))
      const full = yield* client.list(`${path}?show_read_receipt=true&show_member_is_muted=true`, "members")
      assert.deepStrictEqual(idsOf(full), idsOf(plain))
      for (const field of ["is_muted", "read_ts", "state", "role", "joined_ts"])
        assert.isTrue(full.every((member) => field in member))
      const operators = yield* client.list(path.replace(/members$/u, "operators"), "operators", 1)
      assert.deepStrictEqual(
        idsOf(operators).toSorted(),
        idsOf(full.filter((member) => member["role"] === "operator")).toSorted()
      )
    })
  )

  it.effect("reject delivery receipts, like applications without them", () =>
    Effect.gen(function* () {
      const { client } = yield* application()
      const [url = ""] = urlsOf(yield* client.list("/group_channels", "channels"))
      for (const path of ["/group_channels", `/group_channels/${encodeURIComponent(url)}/members`])
        assert.strictEqual(json(yield* client.get(`${path}?show_delivery_receipt=true`))["code"], 400108)
    })
  )

  it.effect("show every message once, in chronological order", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* application()
      let messages = 0
      for (const kind of ["group", "open"] as const) {
        for (const url of urlsOf(yield* client.list(`/${kind}_channels`, "channels"))) {
          const path = `/${kind}_channels/${encodeURIComponent(url)}/messages?${EVERYTHING}`
          const ids = new Set<string>()
          for (let at = 0; ;) {
            const answer = yield* client.get(path.replace("message_ts=0", `message_ts=${at}`))
            const page = (parse(answer.bytes) as unknown as Page).messages
            const times = page.map((message) => message.created_at)
            assert.deepStrictEqual(
              times,
              times.toSorted((a, b) => a - b)
            )
            for (const message of page) ids.add(String(message["message_id"]))
            const last = times.at(-1) ?? at
            if (last === at) break
            at = last
          }
          messages += ids.size
        }
      }
      assert.strictEqual(messages, emulator.truth().distinct.message)
    })
  )

  it.effect("show the messages before and after a time", () =>
    Effect.gen(function* () {
      const { client } = yield* application()
      const { messages, url } = yield* longest(client)
      const ids = (found: ReadonlyArray<Fields>) => found.map((message) => String(message["message_id"]))
      const at = messages[20]?.created_at ?? 0
      const first = messages.findIndex((message) => message.created_at === at)
      const after = messages.findIndex((message) => message.created_at > at)
      const around = (more: string) =>
        Effect.map(
          messagesOf(client, url, `message_ts=${at}&include_reply_type=ALL&including_removed=true${more}`),
          ids
        )
      assert.deepStrictEqual(
        yield* around("&prev_limit=4&next_limit=3"),
        ids(messages.slice(first - 4, after + 3))
      )
      assert.deepStrictEqual(
        yield* around("&prev_limit=2&next_limit=0"),
        ids(messages.slice(first - 2, after))
      )
      assert.deepStrictEqual(
        yield* around("&prev_limit=0&next_limit=3&include=false"),
        ids(messages.slice(after, after + 3))
      )
      assert.deepStrictEqual(
        yield* around("&prev_limit=1&next_limit=1&reverse=true"),
        ids(messages.slice(first - 1, after + 1)).toReversed()
      )
    })
  )

  it.effect("hide fields of messages that are not requested", () =>
    Effect.gen(function* () {
      const { client } = yield* application()
      const { url } = yield* longest(client)
      const isReply = (message: Fields) =>
        "parent_message_id" in message && message["parent_message_id"] !== 0
      const plain = yield* messagesOf(client, url, "message_ts=0&prev_limit=0&next_limit=200")
      for (const field of ["reactions", "thread_info", "sorted_metaarray"])
        assert.isTrue(plain.every((message) => !(field in message)))
      assert.isFalse(plain.some((message) => message["is_removed"] === true || isReply(message)))

      const reacted = yield* messagesOf(client, url, `${EVERYTHING}&include_reactions=true`)
      assert.isTrue(reacted.some((message) => "reactions" in message))
      assert.isFalse(reacted.some((message) => "thread_info" in message || "sorted_metaarray" in message))

      const full = yield* messagesOf(
        client,
        url,
        `${EVERYTHING}&include_reactions=true&include_thread_info=true&with_sorted_meta_array=true&include_poll_details=true`
      )
      for (const field of ["reactions", "thread_info", "sorted_metaarray"])
        assert.isTrue(
          full.some((message) => field in message),
          field
        )
      assert.isTrue(full.some((message) => message["is_removed"] === true))
      assert.isTrue(full.some(isReply))
      const polls = (found: ReadonlyArray<Fields>) =>
        found.flatMap(({ poll }) => (poll ? [poll as Fields] : []))
      assert.isNotEmpty(polls(plain))
      assert.isTrue(polls(plain).every((poll) => Object.keys(poll).length === 2))
      assert.isTrue(polls(full).every((poll) => "options" in poll))

      const shown = yield* messagesOf(
        client,
        url,
        "message_ts=0&prev_limit=0&next_limit=200&include_reply_type=ONLY_REPLY_TO_CHANNEL"
      )
      const replies = shown.filter(isReply)
      assert.isNotEmpty(replies)
      assert.isTrue(replies.every((message) => message["is_reply_to_channel"] === true))
    })
  )

  it.effect.each([
    { path: "/users?limit=0", code: 400111 },
    { path: "/users?limit=101", code: 400111 },
    { path: "/users?limit=ten", code: 400111 },
    { path: "/users?token=nonsense", code: 400111 },
    { path: "/users?active_mode=some", code: 400111 },
    { path: "/users?nickname_startswith=A", code: 400111 },
    { path: "/users?metadatakey=k&metadatavalues_in=v", code: 400111 },
    { path: "/group_channels?members_include_in=user_1", code: 400111 },
    { path: "/group_channels?super_mode=super", code: 400111 },
    { path: "/open_channels?name_contains=a", code: 400111 },
    { path: "/group_channels/CHANNEL?read_receipt=true", code: 400111 },
    { path: "/group_channels/CHANNEL/members?operator_filter=operator", code: 400111 },
    { path: "/group_channels/CHANNEL/operators?nickname_startswith=A", code: 400111 },
    { path: "/group_channels/CHANNEL/messages?message_ts=0&custom_types=order", code: 400111 },
    { path: "/group_channels/nowhere/members", code: 400201 },
    { path: "/group_channels/nowhere/operators", code: 400201 },
    { path: "/open_channels/nowhere/messages?message_ts=0", code: 400201 },
    { path: "/group_channels/CHANNEL/messages", code: 400105 },
    { path: "/group_channels/CHANNEL/messages?message_ts=now", code: 400111 },
    { path: "/group_channels/CHANNEL/messages?message_ts=0&next_limit=201", code: 400113 },
    { path: "/group_channels/CHANNEL/messages?message_ts=0&include_reply_type=SOME", code: 400111 },
    { path: "/open_channels/CHANNEL/operators", code: 400201 },
    { path: "/export/users?limit=101", code: 400111 },
    { path: "/export/users?token=nonsense", code: 400111 }
  ])("reject $path", ({ code, path }) =>
    Effect.gen(function* () {
      const { client } = yield* application()
      const [url = ""] = urlsOf(yield* client.list("/group_channels", "channels"))
      const answer = yield* client.get(path.replace("CHANNEL", encodeURIComponent(url)))
      assert.strictEqual(answer.status, 400)
      assert.deepInclude(json(answer), { error: true, code })
    })
  )

  it.effect("accept filters that select everything", () =>
    Effect.gen(function* () {
      const { client } = yield* application()
      const all = yield* client.list("/group_channels", "channels")
      const same = "/group_channels?super_mode=all&public_mode=all&distinct_mode=all"
      assert.deepStrictEqual(yield* client.list(same, "channels"), all)
    })
  )

  it.effect("accept only tokens of their own list", () =>
    Effect.gen(function* () {
      const { client } = yield* application()
      const token = String(json(yield* client.get("/users?limit=1"))["next"])
      assert.strictEqual(json(yield* client.get(`/group_channels?token=${token}`))["code"], 400111)
    })
  )

  it.effect("count how often each call was made", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* application()
      yield* client.list("/users?active_mode=all", "users", 10)
      yield* client.get("/open_channels/nowhere/messages?message_ts=0")
      assert.deepStrictEqual(emulator.requests(), {
        "GET /open_channels/{channel_url}/messages": 1,
        "GET /users": 4
      })
    })
  )
})

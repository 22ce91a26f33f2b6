// Sendbird's own client of the Platform API, as it comes from the registry, against the emulator.
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  ApiClient,
  DataExportApi,
  GroupChannelApi,
  MessageApi,
  OpenChannelApi,
  UserApi
} from "sendbird-platform-sdk"

type Fields = Readonly<Record<string, unknown>>

interface Answered {
  readonly data: Fields
  readonly response: { readonly body: Fields }
}

const connected = Effect.map(
  SendbirdEmulator.start({ data: { messages: 150, channels: 10, users: 30 } }).pipe(
    Effect.provide(NodeServices.layer)
  ),
  (emulator) => {
    const client = new ApiClient(emulator.baseUrl.replace(/\/v3$/u, ""))
    return {
      emulator,
      token: emulator.apiToken,
      users: new UserApi(client),
      group: new GroupChannelApi(client),
      open: new OpenChannelApi(client),
      messages: new MessageApi(client),
      exports: new DataExportApi(client)
    }
  }
)

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null

/** What the client makes of an answer has lost and changed nothing of the fields that it knows. */
const assertUnderstood = (made: unknown, came: unknown, location = ""): void => {
  if (Array.isArray(made)) {
    assert.isArray(came, location)
    made.forEach((one, i) => assertUnderstood(one, (came as ReadonlyArray<unknown>)[i], `${location}[${i}]`))
  } else if (isObject(made)) {
    for (const [name, value] of Object.entries(made))
      if (value !== undefined && isObject(came)) assertUnderstood(value, came[name], `${location}.${name}`)
  } else if (made !== AN_OBJECT) assert.strictEqual(made, came, location)
}

/** The client's types are older than the API: where it expects a text, such as an operator's id, this is what it makes of more. */
const AN_OBJECT = "[object Object]"

/** The body of an answer, which the client understands. */
const asked = (call: () => Promise<Answered>): Effect.Effect<Fields> =>
  Effect.map(Effect.promise(call), ({ data, response: { body } }) => {
    assertUnderstood(data, body)
    return body
  })

/** All of a list, page by page. */
const listed = (name: string, page: (options: Fields) => Promise<Answered>) =>
  Effect.gen(function* () {
    const found: Array<Fields> = []
    for (let token = ""; ;) {
      const body = yield* asked(() => page({ limit: 7, ...(token === "" ? {} : { token }) }))
      found.push(...(body[name] as ReadonlyArray<Fields>))
      token = String(body["next"])
      if (token === "") return found
    }
  })

const urlOf = (channel: Fields | undefined) => String(channel?.["channel_url"])

describe("the official sendbird-platform-sdk client", () => {
  it.live("lists users, and looks at one", () =>
    Effect.gen(function* () {
      const { emulator, token, users } = yield* connected
      const all = yield* listed("users", (page) =>
        users.listUsersWithHttpInfo(token, { activeMode: "all", ...page })
      )
      const { active, deactivated } = emulator.truth().users
      assert.strictEqual(all.length, active + deactivated)
      for (const user of all.slice(0, 5))
        assert.deepStrictEqual(
          yield* asked(() => users.viewUserByIdWithHttpInfo(token, String(user["user_id"]), {})),
          user
        )
    })
  )

  it.live("lists group channels in all four orders, and looks at one with its members and operators", () =>
    Effect.gen(function* () {
      const { emulator, group, token } = yield* connected
      const channels = (options: Fields) =>
        listed("channels", (page) =>
          group.gcListChannelsWithHttpInfo(token, { showEmpty: true, ...options, ...page })
        )
      const all = yield* channels({ showMember: true, showReadReceipt: true })
      assert.strictEqual(all.length, emulator.truth().channels.group)
      for (const options of [
        { order: "chronological" },
        { order: "latest_last_message" },
        { order: "channel_name_alphabetical" },
        { order: "metadata_value_alphabetical", metadataOrderKey: "topic" }
      ])
        assert.sameMembers((yield* channels(options)).map(urlOf), all.map(urlOf))
      for (const channel of all) {
        const url = urlOf(channel)
        const shown = { showMember: true, showReadReceipt: true }
        const one = yield* asked(() => group.gcViewChannelByUrlWithHttpInfo(token, url, shown))
        assert.deepStrictEqual(one, channel)
        const members = yield* listed("members", (page) =>
          group.gcListMembersWithHttpInfo(token, url, { showReadReceipt: true, ...page })
        )
        assert.strictEqual(members.length, channel["member_count"])
        const operators = yield* listed("operators", (page) =>
          group.gcListOperatorsWithHttpInfo(token, url, page)
        )
        assert.deepStrictEqual(operators, channel["operators"])
      }
    })
  )

  it.live("lists open channels, and looks at one with its operators and participants", () =>
    Effect.gen(function* () {
      const { emulator, open, token } = yield* connected
      const all = yield* listed("channels", (page) => open.ocListChannelsWithHttpInfo(token, page))
      assert.strictEqual(all.length, emulator.truth().channels.open)
      for (const channel of all) {
        const url = urlOf(channel)
        assert.deepStrictEqual(yield* asked(() => open.ocViewChannelByUrlWithHttpInfo(token, url)), channel)
        yield* listed("operators", (page) => open.ocListOperatorsWithHttpInfo(token, url, page))
        const participants = yield* listed("participants", (page) =>
          open.ocListParticipantsWithHttpInfo(token, url, page)
        )
        assert.deepStrictEqual(participants, [])
      }
    })
  )

  it.live("lists messages with their reactions, and looks at one", () =>
    Effect.gen(function* () {
      const { emulator, group, messages, open, token } = yield* connected
      const lists = [
        [
          "group_channels",
          yield* listed("channels", (page) =>
            group.gcListChannelsWithHttpInfo(token, { showEmpty: true, ...page })
          )
        ],
        ["open_channels", yield* listed("channels", (page) => open.ocListChannelsWithHttpInfo(token, page))]
      ] as const
      const found: Array<Fields> = []
      for (const [type, channels] of lists)
        for (const channel of channels) {
          const url = urlOf(channel)
          const options = { messageTs: 0, nextLimit: 200, includeReactions: true, includingRemoved: true }
          const body = yield* asked(() => messages.listMessagesWithHttpInfo(token, type, url, options))
          const page = body["messages"] as ReadonlyArray<Fields>
          found.push(...page)
          const one = page.find((message) => message["is_removed"] !== true)
          if (one === undefined) continue
          const id = String(one["message_id"])
          // Numbers beyond 2^53 are not the client's.
          if (!Number.isSafeInteger(one["message_id"])) continue
          const viewed = yield* asked(() => messages.viewMessageByIdWithHttpInfo(token, type, url, id, {}))
          assert.deepStrictEqual(viewed, one)
        }
      const { distinct, messages: counts } = emulator.truth()
      assert.strictEqual(found.length, distinct.message - counts.replies)
      assert.isAbove(
        found.filter(({ reactions }) => Array.isArray(reactions) && reactions.length > 0).length,
        0
      )
    })
  )

  it.live("registers data exports, looks at them until they are done, and lists them", () =>
    Effect.gen(function* () {
      const { emulator, exports, token } = yield* connected
      const week = 7 * 86_400_000
      for (const dataType of ["messages", "channels", "users"]) {
        const start_ts = dataType === "messages" ? emulator.to - week : emulator.from
        const registered = yield* asked(() =>
          exports.registerAndScheduleDataExportWithHttpInfo(token, dataType, {
            registerAndScheduleDataExportData: { start_ts, end_ts: emulator.to, format: "json" }
          })
        )
        const id = String(registered["request_id"])
        let seen: Fields = registered
        while (seen["status"] !== "done") {
          assert.include(["scheduled", "exporting"], seen["status"])
          seen = yield* asked(() => exports.viewDataExportByIdWithHttpInfo(token, dataType, id))
        }
        const { url } = seen["file"] as { readonly url: string }
        const zip = yield* Effect.promise(async () => Buffer.from(await (await fetch(url)).arrayBuffer()))
        assert.strictEqual(zip.toString("latin1", 0, 2), "PK")
        const all = yield* listed("exported_data", (page) =>
          exports.listDataExportsByMessageChannelOrUserWithHttpInfo(token, dataType, page)
        )
        assert.deepStrictEqual(
          all.map((one) => one["request_id"]),
          [id]
        )
      }
      assert.strictEqual(emulator.registrations().length, 3)
    })
  )
})

import { Timestamp } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { isTimezone } from "../../src/internal/random/timezone.ts"
import { app, type App, EVERYTHING, type Selection } from "../../src/internal/sendbird/generator/app.ts"
import { readCsv } from "./readCsv.ts"
import { parse, type ChannelRecord, type ExportDocument, type MessageRecord } from "./readExport.ts"

type RawObject = Readonly<Record<string, unknown>>

const DAY = 86_400_000

const settings = {
  messages: 1200,
  channels: 40,
  users: 60,
  failedWebhooks: 50,
  windows: 4,
  features: { open: 0.2, unlisted: 0.1, bigIds: 0.2, textTimes: 0, replies: 0.3, earlierParents: 0.4 }
}
const small = app(settings)

const textOf = (bytes: Iterable<Uint8Array>) => Buffer.concat(Array.from(bytes))

// All of it within its four weeks.
const brief = app({ ...settings, features: { ...settings.features, recentChannels: 1 } })

type Asked = Partial<Selection> & Pick<Selection, "dataType">

const filesOf = (of: App, asked: Asked) =>
  Array.from(
    of.exportFiles({ ...EVERYTHING, startTs: of.from, endTs: of.to, ...asked }),
    ({ bytes, path }) => ({
      path,
      bytes: textOf(bytes)
    })
  )

const read = (of: App, asked: Asked): ReadonlyArray<ExportDocument> =>
  filesOf(of, asked).map(({ bytes }) => parse(bytes))

const messagesOf = (of: App, asked: Partial<Selection> = {}): ReadonlyArray<MessageRecord> =>
  read(of, { ...asked, dataType: "messages" }).flatMap((document) => document.messages ?? [])

const usersOf = (of: App, asked: Partial<Selection> = {}) =>
  read(of, { ...asked, dataType: "users" }).flatMap(
    (document) => document.active_users ?? document.inactive_users ?? []
  )

const channelsOf = (of: App, asked: Partial<Selection> = {}) =>
  read(of, { ...asked, dataType: "channels" }).flatMap(
    (document) => document.group_channels ?? document.open_channels ?? []
  )

const failuresOf = (of: App, asked: Partial<Selection> = {}) =>
  read(of, { ...asked, dataType: "failed_webhooks" }).flatMap((document) => document.failed_webhooks ?? [])

/** As received over HTTP. */
const overHttp = <A extends object = RawObject>(objects: Iterable<object>): Array<A> => {
  const found: Array<A> = []
  for (const object of objects) found.push(parse(Buffer.from(JSON.stringify(object))) as A)
  return found
}

const apiChannels = (of: App) =>
  overHttp<ChannelRecord & RawObject>([...of.channels("group"), ...of.channels("open")])

const apiMessages = (of: App) =>
  apiChannels(of).flatMap(({ channel_url }) =>
    overHttp<MessageRecord & RawObject>(of.messages(channel_url, 0))
  )

const millisOf = (value: unknown): number => {
  if (typeof value === "number") return value < 1e11 ? value * 1000 : value
  return Timestamp.toMillis(
    Timestamp.fromText(String(value)) ?? Timestamp.Timestamp.make("1970-01-01T00:00:00Z")
  )
}

const ids = (messages: ReadonlyArray<MessageRecord>) =>
  messages.map((message) => String(message.message_id)).toSorted()

/** Windows of this length that cover everything; the first begins earlier by a share of that length. */
function* tiles(of: App, millis: number, phase: number) {
  for (let startTs = of.from - Math.floor(millis * phase); startTs < of.to; startTs += millis)
    yield { startTs, endTs: startTs + millis }
}

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

describe("exports of an application", () => {
  it("are the same whenever they are requested", () => {
    const asked = { dataType: "messages", startTs: small.from + 5.3 * DAY } as const
    const bytes = (of: App) => filesOf(of, asked).map((file) => file.path + file.bytes.toString())
    assert.deepStrictEqual(bytes(small), bytes(app(settings)))
  })

  it.effect.prop(
    "contain everything exactly once, however the period is divided",
    [Schema.Int.check(Schema.isBetween({ minimum: DAY / 2, maximum: 30 * DAY })), Share],
    ([millis, phase]) =>
      Effect.sync(() => {
        const all = ids(messagesOf(brief))
        const found = { messages: [] as Array<MessageRecord>, users: 0, channels: 0, failures: 0 }
        for (const period of tiles(brief, millis, phase)) {
          const messages = messagesOf(brief, period)
          for (const { created_at } of messages)
            assert.isTrue(Number(created_at) >= period.startTs && Number(created_at) < period.endTs)
          found.messages.push(...messages)
          const channels = channelsOf(brief, period)
          for (const { created_at } of channels)
            assert.isTrue(millisOf(created_at) >= period.startTs && millisOf(created_at) < period.endTs)
          found.channels += channels.length
          found.users += usersOf(brief, period).length
          found.failures += failuresOf(brief, period).length
        }
        const { channels, distinct } = brief.exportTruth()
        assert.strictEqual(all.length, distinct.message)
        assert.deepStrictEqual(ids(found.messages), all)
        assert.strictEqual(found.users, distinct.user)
        assert.strictEqual(found.channels, channels.listed)
        assert.strictEqual(found.failures, distinct.failed_webhook)
      }),
    runs(4, 150)
  )

  it("divide a busy week to the millisecond", () => {
    const busy = app({ messages: 5000, channels: 2, windows: 1, features: { textTimes: 0 } })
    const all = messagesOf(busy)
    const times = all.map((message) => Number(message.created_at)).toSorted((a, b) => a - b)
    for (const time of [times[0], times[1234], times[2500], times[4999]]) {
      const startTs = time ?? 0
      const [before, at, after] = [
        messagesOf(busy, { endTs: startTs }),
        messagesOf(busy, { startTs, endTs: startTs + 1 }),
        messagesOf(busy, { startTs: startTs + 1 })
      ]
      assert.isTrue(at.length > 0 && at.every((message) => message.created_at === startTs))
      assert.deepStrictEqual(ids([...before, ...at, ...after]), ids(all))
    }
  })

  it("have no files when there is no data", () => {
    for (const dataType of ["messages", "channels", "users", "failed_webhooks"] as const) {
      assert.strictEqual(filesOf(small, { dataType, startTs: 0, endTs: small.from }).length, 0)
      assert.strictEqual(
        filesOf(small, { dataType, format: "csv", startTs: small.to, endTs: small.to * 2 }).length,
        0
      )
    }
    assert.strictEqual(filesOf(small, { dataType: "messages", senderIds: ["nobody"] }).length, 0)
    assert.strictEqual(filesOf(small, { dataType: "channels", channelUrls: ["nowhere"] }).length, 0)
    assert.strictEqual(filesOf(small, { dataType: "users", userIds: ["nobody"] }).length, 0)
  })

  it("have a file for each channel, and several for a long one", () => {
    const long = app({ messages: 5000, channels: 2, windows: 3, messagesPerFile: 1024 })
    const files = filesOf(long, { dataType: "messages" })
    for (const { bytes } of files) assert.isAtMost(parse(bytes).messages?.length ?? 0, 1024)
    assert.strictEqual(new Set(files.map((file) => file.path)).size, files.length)
    assert.isAbove(files.length, 4)
    assert.strictEqual(new Set(ids(messagesOf(long))).size, 5000)
    const [sender = ""] = messagesOf(long).flatMap((message) => message.user?.user_id ?? [])
    const mine = messagesOf(long).filter((message) => message.user?.user_id === sender)
    assert.deepStrictEqual(ids(messagesOf(long, { senderIds: [sender] })), ids(mine))
  })

  it("spread failed webhooks over the last five months of a long period, in a folder for each day", () => {
    const long = app({ messages: 100, windows: 40, failedWebhooks: 300 })
    assert.strictEqual(failuresOf(long, { endTs: long.to - 150 * DAY }).length, 0)
    const folders = filesOf(long, { dataType: "failed_webhooks" }).map((file) => file.path)
    assert.strictEqual(folders.length, 150)
    assert.match(folders[0] ?? "", /^\d{4}-\d\d-\d\d\/1\.json$/u)
    const [day] = read(long, { dataType: "failed_webhooks", startTs: long.to - DAY })
    assert.strictEqual(day?.failed_webhooks?.length, 2)
    const noon = { startTs: long.to - 3.6 * DAY, endTs: long.to - 1.4 * DAY }
    const some = filesOf(long, { dataType: "failed_webhooks", ...noon })
    assert.strictEqual(some.length, 3)
    for (const { bytes, path } of some) {
      for (const failure of parse(bytes).failed_webhooks ?? []) {
        const { time_millis } = failure as { readonly time_millis: number }
        assert.isTrue(time_millis >= noon.startTs && time_millis < noon.endTs)
        assert.strictEqual(Timestamp.fromMillis(time_millis)?.slice(0, 10), path.slice(0, 10))
      }
    }
  })

  it("have the same records as CSV", () => {
    const startTs = small.plan.start + 3 * DAY
    const rows = filesOf(small, { dataType: "messages", format: "csv", csvDelimiter: ";", startTs })
      .filter(({ path }) => path.startsWith("message/"))
      .flatMap(({ bytes }) => readCsv(bytes.toString(), ";"))
    assert.deepStrictEqual(
      rows.map((row) => row.message_id ?? "").toSorted(),
      ids(messagesOf(small, { startTs }))
    )
  })

  it("contain read receipts and metadata of channels only on request", () => {
    const fields = (asked: Partial<Selection>) => [
      channelsOf(small, asked).some((channel) => channel.read_receipt !== undefined),
      channelsOf(small, asked).some((channel) => (channel as unknown as RawObject).metadata !== undefined)
    ]
    assert.deepStrictEqual(fields({}), [true, false])
    assert.deepStrictEqual(fields({ showReadReceipt: false, showChannelMetadata: true }), [false, true])
  })

  it("write text times in the zone of the request", () => {
    const seen = (timezone: string) =>
      usersOf(small, { timezone }).map((user) => [user.user_id, user.last_seen_at] as const)
    const [utc, seoul] = [seen("UTC"), seen("Asia/Seoul")]
    for (const [i, [id, text]] of seoul.entries()) {
      assert.match(text, /\+0900$/u)
      assert.strictEqual(utc[i]?.[0], id)
      assert.strictEqual(millisOf(text), millisOf(utc[i]?.[1]))
    }
  })

  it("know the existing time zones", () => {
    assert.deepStrictEqual(["UTC", "US/Pacific", "Mars/Olympus", ""].map(isTimezone), [
      true,
      true,
      false,
      false
    ])
  })
})

describe("filters of an export", () => {
  const all = messagesOf(small)
  const senderOf = (message: MessageRecord) => message.user?.user_id
  const [sender = "", other = ""] = Array.from(new Set(all.flatMap((message) => senderOf(message) ?? [])))
  const [location = "", location2 = ""] = Array.from(new Set(all.map((message) => message.channel_url)))

  it.each<[string, Partial<Selection>, (message: MessageRecord) => boolean]>([
    ["these senders", { senderIds: [sender, other] }, (m) => senderOf(m) === sender || senderOf(m) === other],
    ["all but these senders", { excludeSenderIds: [sender] }, (m) => senderOf(m) !== sender],
    [
      "these channels",
      { channelUrls: [location2, location, location] },
      (m) => [location, location2].includes(m.channel_url)
    ],
    ["all but these channels", { excludeChannelUrls: [location] }, (m) => m.channel_url !== location],
    [
      "a sender in a channel",
      { senderIds: [sender], channelUrls: [location] },
      (m) => senderOf(m) === sender && m.channel_url === location
    ],
    [
      "selected senders minus excluded ones",
      { senderIds: [sender], excludeSenderIds: [sender] },
      () => false
    ],
    ["everything when only users are named", { userIds: [sender] }, () => true],
    ["everything when neighbours are requested without a sender", { neighboringMessageLimit: 3 }, () => true]
  ])("select %s", (_, asked, isWanted) => {
    const wanted = all.filter(isWanted)
    assert.deepStrictEqual(ids(messagesOf(small, asked)), ids(wanted))
  })

  it("add messages of others right after those of a sender", () => {
    const found = new Set(ids(messagesOf(small, { senderIds: [sender], neighboringMessageLimit: 2 })))
    const expected = new Set<string>()
    for (const url of new Set(all.map((message) => message.channel_url))) {
      let left = 0
      for (const message of all.filter((one) => one.channel_url === url)) {
        left = senderOf(message) === sender ? 3 : left
        if (left > 0) expected.add(String(message.message_id))
        left--
      }
    }
    assert.isAbove(found.size, all.filter((message) => senderOf(message) === sender).length)
    assert.deepStrictEqual(found, expected)
  })

  it("select users and channels by their own ids, and ignore the others", () => {
    const [user] = usersOf(small)
    const asked = { userIds: [user?.user_id ?? ""], channelUrls: ["nowhere"], senderIds: ["nobody"] }
    assert.deepStrictEqual(usersOf(small, asked), [user])
    const urls = channelsOf(small).map((channel) => channel.channel_url)
    const of = (some: Partial<Selection>) =>
      channelsOf(small, { ...some, userIds: ["nobody"] }).map((channel) => channel.channel_url)
    assert.deepStrictEqual(of({ channelUrls: [urls[3] ?? ""] }), [urls[3]])
    assert.deepStrictEqual(
      of({ excludeChannelUrls: [urls[3] ?? ""] }),
      urls.filter((url) => url !== urls[3])
    )
  })
})

describe("the Platform API of an application", () => {
  it("agrees with exports on users, and adds when they were created", () => {
    const users = new Map(overHttp(small.users()).map((user) => [user.user_id, user]))
    const exported = usersOf(small)
    assert.strictEqual(users.size, exported.length)
    for (const user of exported) {
      const { created_at, last_seen_at, ...shown } = users.get(user.user_id) ?? {}
      const { last_seen_at: text, ...fields } = user
      for (const [name, value] of Object.entries(fields)) assert.deepStrictEqual(shown[name], value, name)
      assert.strictEqual(millisOf(text) === -1000 ? -1 : millisOf(text), last_seen_at)
      const startTs = Number(created_at) * 1000
      const found = usersOf(small, { startTs, endTs: startTs + 1 }).map((one) => one.user_id)
      assert.include(found, user.user_id)
      const before = usersOf(small, { startTs: startTs - 1, endTs: startTs }).map((one) => one.user_id)
      assert.notInclude(before, user.user_id)
    }
  })

  it("agrees with exports on channels, and adds who created them, operators and when members read", () => {
    const channels = new Map(apiChannels(small).map((channel) => [channel.channel_url, channel]))
    const listed = channelsOf(small, { showChannelMetadata: true })
    for (const channel of listed) {
      const shown = channels.get(channel.channel_url)
      const {
        created_at,
        members: _,
        member_count,
        joined_member_count,
        read_receipt,
        ...fields
      } = channel as unknown as RawObject
      for (const [name, value] of Object.entries(fields)) {
        if (name !== "last_message") assert.deepStrictEqual(shown?.[name], value, name)
      }
      assert.strictEqual(millisOf(shown?.created_at), millisOf(created_at))
      assert.isAtMost(Number(member_count ?? 0), Number(shown?.member_count ?? 0))
      assert.isAtMost(Number(joined_member_count ?? 0), Number(shown?.joined_member_count ?? 0))
      assert.isAtMost(shown?.members?.length ?? 0, 10)
      const receipts = shown?.read_receipt as RawObject | undefined
      for (const [user, millis] of Object.entries(read_receipt ?? {}))
        assert.strictEqual(receipts?.[user], millis)
      for (const { read_ts, user_id } of overHttp(small.members(channel.channel_url)))
        assert.strictEqual(receipts?.[String(user_id)], read_ts)
    }
    const groups = overHttp(small.channels("group"))
    assert.isTrue(groups.some((channel) => channel.created_by === null))
    assert.isTrue(groups.some((channel) => channel.created_by !== null))
    const unlisted = messagesOf(small).find(
      ({ channel_url }) => !listed.some((channel) => channel.channel_url === channel_url)
    )
    assert.isTrue(channels.has(unlisted?.channel_url ?? ""))
  })

  it("agrees with exports on members and operators", () => {
    for (const { channel } of read(small, { dataType: "messages" })) {
      const url = channel?.channel_url ?? ""
      const members = overHttp(small.members(url))
      assert.strictEqual(small.kindOf(url), channel?.members === undefined ? "open" : "group")
      assert.strictEqual(members.length, channel?.members?.length ?? 0)
      for (const [i, member] of (channel?.members ?? []).entries()) {
        for (const [name, value] of Object.entries(member))
          if (name !== "name") assert.deepStrictEqual(members[i]?.[name], value, name)
      }
      const operators = overHttp(small.operators(url)).map((user) => user.user_id)
      const expected = channel?.operators ?? channel?.members?.filter(({ role }) => role === "operator") ?? []
      assert.deepStrictEqual(
        operators,
        expected.map((user) => user.user_id)
      )
    }
  })

  it("agrees with exports on messages, and adds their threads", () => {
    const shown = new Map(apiMessages(small).map((message) => [String(message.message_id), message]))
    const exported = messagesOf(small)
    const replies = new Map<string, number>()
    assert.strictEqual(shown.size, exported.length)
    for (const message of exported) {
      const { thread_info, ...fields } = message as unknown as RawObject
      const found = shown.get(String(message.message_id))
      for (const [name, value] of Object.entries(fields)) assert.deepStrictEqual(found?.[name], value, name)
      if (thread_info !== undefined) assert.deepStrictEqual(found?.thread_info, thread_info)
      const parent = message.parent_message_id
      if (parent !== undefined && shown.has(String(parent)))
        replies.set(String(parent), (replies.get(String(parent)) ?? 0) + 1)
    }
    assert.isAbove(replies.size, 10)
    for (const [id, count] of replies)
      assert.strictEqual((shown.get(id)?.thread_info as RawObject | undefined)?.reply_count, count)
  })

  it("gives messages in chronological order from any time on", () => {
    const [url = ""] = messagesOf(small).map((message) => message.channel_url)
    const all = overHttp<MessageRecord>(small.messages(url, 0))
    const times = all.map((message) => Number(message.created_at))
    assert.deepStrictEqual(
      times,
      times.toSorted((a, b) => a - b)
    )
    const middle = times[Math.floor(times.length / 2)] ?? 0
    assert.deepStrictEqual(
      overHttp<MessageRecord>(small.messages(url, middle)),
      all.filter((message) => Number(message.created_at) >= middle)
    )
  })

  it("has no data for a channel that does not exist", () => {
    assert.isUndefined(small.kindOf("nowhere"))
    for (const found of [small.members("nowhere"), small.operators("nowhere"), small.messages("nowhere", 0)])
      assert.strictEqual(Array.from(found).length, 0)
  })

  it("writes times of messages as milliseconds even where exports write text", () => {
    const textual = app({ ...settings, features: { ...settings.features, textTimes: 1 } })
    const shown = new Map(
      apiMessages(textual).map((message) => [String(message.message_id), message.created_at])
    )
    for (const { created_at, message_id } of messagesOf(textual)) {
      const millis = shown.get(String(message_id))
      assert.typeOf(created_at, "string")
      assert.strictEqual(Math.floor(Number(millis) / 1000) * 1000, millisOf(created_at))
    }
    for (const { created_at, message_id } of messagesOf(small))
      assert.strictEqual(shown.get(String(message_id)), created_at)
  })

  it("shows reactions and threads that exports lack, and the truth counts both", () => {
    const features = { ...settings.features, apiOnlyReactions: 0.5, apiOnlyThreads: 0.5 }
    const partly = app({ ...settings, features })
    const [exported, shown] = [messagesOf(partly), apiMessages(partly)]
    const count = (messages: ReadonlyArray<MessageRecord>) => ({
      reactions: messages.flatMap(({ reactions = [] }) => reactions.flatMap((one) => one.user_ids)).length,
      replies: messages.filter((message) => message.parent_message_id !== undefined).length
    })
    const counted = (truth: ReturnType<App["truth"]>) => ({
      reactions: truth.distinct.reaction,
      replies: truth.messages.replies
    })
    assert.deepStrictEqual(count(shown), counted(partly.truth()))
    assert.deepStrictEqual(count(exported), counted(partly.exportTruth()))
    assert.deepStrictEqual(count(shown), count(messagesOf(small)))
    for (const kind of ["reactions", "replies"] as const) {
      assert.isAbove(count(exported)[kind], 0)
      assert.isBelow(count(exported)[kind], count(shown)[kind])
    }
    const none = app({ ...settings, features: { ...features, apiOnlyReactions: 1, apiOnlyThreads: 1 } })
    const bare = messagesOf(none) as unknown as ReadonlyArray<RawObject>
    for (const field of [
      "reactions",
      "parent_message_id",
      "parent_message_info",
      "thread_info",
      "is_reply_to_channel"
    ])
      assert.isFalse(
        bare.some((message) => field in message),
        field
      )
    assert.deepStrictEqual(none.truth().distinct, small.truth().distinct)
  })

  it("shows as many records as the truth counts", () => {
    const { channels, distinct, records } = small.truth()
    const all = apiChannels(small)
    const users = all.flatMap(({ channel_url }) =>
      small.kindOf(channel_url) === "open"
        ? Array.from(small.operators(channel_url))
        : Array.from(small.members(channel_url))
    )
    assert.strictEqual(distinct.user, Array.from(small.users()).length)
    assert.strictEqual(distinct.channel, all.length)
    assert.strictEqual(channels.open, Array.from(small.channels("open")).length)
    assert.strictEqual(distinct.member, users.length)
    assert.strictEqual(distinct.message, apiMessages(small).length)
    assert.strictEqual(records.message, distinct.message)
  })

  it("shows members who joined since the lists of channels were exported", () => {
    const quiet = app({ messages: 10, channels: 300 })
    assert.isBelow(quiet.exportTruth().distinct.member, quiet.truth().distinct.member)
  })

  it("creates channels within the period and before their first message on request", () => {
    const recent = app({ ...settings, start: Date.UTC(2021, 0, 4, 7), features: { recentChannels: 1 } })
    assert.strictEqual(recent.from, Date.UTC(2021, 0, 4))
    assert.strictEqual(recent.to, recent.from + 28 * DAY)
    for (const { channel_url, created_at } of apiChannels(recent)) {
      const [first] = overHttp<MessageRecord>(recent.messages(channel_url, 0))
      assert.isAtLeast(millisOf(created_at), recent.from)
      assert.isAtMost(millisOf(created_at), Number(first?.created_at ?? recent.to))
    }
  })
})

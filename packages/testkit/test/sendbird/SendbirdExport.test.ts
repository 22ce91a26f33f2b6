import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"
import {
  bytesOf,
  parse,
  unzip,
  type ChannelRecord,
  type ExportDocument,
  type MessageRecord
} from "./readExport.ts"

// Every feature often enough to occur in a few thousand messages.
const everything = {
  messages: 4000,
  channels: 150,
  overlap: 0.2,
  features: { oddIds: 0.6, loneSurrogates: 0.01, bigIds: 0.2, open: 0.2, unlisted: 0.1, polls: 0.02 }
}

const documents = (options: SendbirdExport.Options) =>
  Array.from(SendbirdExport.generate(options).files, (file) => {
    const text = bytesOf(file).toString()
    return { archive: file.archive, path: file.path, text, json: parse(bytesOf(file)) }
  })

const participantsOf = (channel: ChannelRecord): Array<string> =>
  Array.from(new Set([...(channel.members ?? []), ...(channel.operators ?? [])].map((user) => user.user_id)))

/** Counts by reading, as the truth is counted by generating. */
const counted = (options: SendbirdExport.Options) => {
  const records = { user: 0, channel: 0, member: 0, message: 0, reaction: 0, failed_webhook: 0 }
  const keys = {
    user: new Set(),
    channel: new Set(),
    member: new Set(),
    message: new Set(),
    reaction: new Set(),
    failed_webhook: new Set()
  }
  const see = (kind: keyof typeof records, key: string) => {
    records[kind]++
    keys[kind].add(key)
  }
  const users = new Set<string>()
  const referred = new Set<string>()
  const latest = new Map<string, MessageRecord>()
  for (const { json } of documents(options)) {
    for (const user of [...(json.active_users ?? []), ...(json.inactive_users ?? [])]) {
      see("user", user.user_id)
      users.add(user.user_id)
    }
    for (const channel of [
      ...(json.group_channels ?? []),
      ...(json.open_channels ?? []),
      ...(json.channel ? [json.channel] : [])
    ]) {
      see("channel", channel.channel_url)
      for (const user of participantsOf(channel)) {
        see("member", `${channel.channel_url} ${user}`)
        referred.add(user)
      }
    }
    for (const message of json.messages ?? []) {
      see("message", String(message.message_id))
      if (!latest.has(String(message.message_id)) || message.updated_at !== 0)
        latest.set(String(message.message_id), message)
      if (message.user) referred.add(message.user.user_id)
      for (const user of message.mentioned_users) referred.add(user.user_id)
      for (const { key, user_ids } of message.reactions ?? []) {
        for (const user of user_ids) {
          see("reaction", `${message.message_id} ${user} ${key}`)
          referred.add(user)
        }
      }
    }
    for (const webhook of json.failed_webhooks ?? []) see("failed_webhook", JSON.stringify(webhook))
  }
  const distinct = Object.fromEntries(Object.entries(keys).map(([kind, found]) => [kind, found.size]))
  const missing = Array.from(referred).filter((user) => !users.has(user)).length
  return { records, distinct, missing, messages: Array.from(latest.values()) }
}

describe("SendbirdExport", () => {
  it("makes the same bytes from the same seed and different ones from another", () => {
    const of = (seed: number) => documents({ seed, messages: 300 }).map(({ path, text }) => path + text)
    assert.deepStrictEqual(of(1), of(1))
    assert.notDeepEqual(of(1), of(2))
  })

  it.each([
    { name: "by default", options: {} },
    { name: "with windows that overlap", options: { messages: 3000, overlap: 0.3, windows: 5 } },
    {
      name: "with one window and long channels",
      options: { messages: 6000, channels: 3, windows: 1, messagesPerFile: 1024, seed: 4 }
    },
    { name: "indented, with every oddity", options: { ...everything, pretty: true, seed: 9 } },
    { name: "without messages", options: { messages: 0 } },
    { name: "with few users", options: { messages: 500, users: 4, seed: 3 } }
  ])("counts what is in its files $name", ({ options }) => {
    const truth = SendbirdExport.generate(options).truth()
    const found = counted(options)
    assert.deepStrictEqual<unknown>(truth.records, found.records)
    assert.deepStrictEqual<unknown>(truth.distinct, found.distinct)
    assert.strictEqual(truth.users.missing, found.missing)
    const share = (test: (message: MessageRecord) => boolean) =>
      found.messages.filter((message) => test(message)).length
    assert.strictEqual(
      truth.messages.removed,
      share((message) => message.is_removed)
    )
    assert.strictEqual(
      truth.messages.edited,
      share((message) => message.updated_at !== 0)
    )
    assert.strictEqual(
      truth.messages.system,
      share((message) => message.type === "ADMM")
    )
    assert.strictEqual(
      truth.messages.replies,
      share((message) => message.parent_message_id !== undefined)
    )
    assert.strictEqual(
      truth.messages.polls,
      share((message) => message.poll !== undefined)
    )
    assert.strictEqual(
      truth.messages.textTimes,
      share((message) => typeof message.created_at === "string")
    )
  })

  it("makes the requested number of distinct messages, with a few large channels", () => {
    const { messages } = counted({ messages: 5000 })
    assert.strictEqual(messages.length, 5000)
    const sizes = new Map<string, number>()
    for (const { channel_url } of messages) sizes.set(channel_url, (sizes.get(channel_url) ?? 0) + 1)
    const [largest = 0, second = 0] = Array.from(sizes.values()).toSorted((a, b) => b - a)
    assert.isAbove(largest + second, 500)
  })

  it("replies only to earlier messages of the same channel that are not replies, or that do not exist", () => {
    const { messages } = counted({
      ...everything,
      features: { ...everything.features, replies: 0.3, textTimes: 0 }
    })
    const byId = new Map(messages.map((message) => [String(message.message_id), message]))
    const orphans = messages.filter((message) => {
      if (message.parent_message_id === undefined) return false
      const parent = byId.get(String(message.parent_message_id))
      if (parent === undefined) return true
      assert.strictEqual(parent.channel_url, message.channel_url)
      assert.isAtMost(Number(parent.created_at), Number(message.created_at))
      assert.isUndefined(parent.parent_message_id)
      return false
    })
    const truth = SendbirdExport.generate({
      ...everything,
      features: { ...everything.features, replies: 0.3, textTimes: 0 }
    }).truth()
    assert.strictEqual(orphans.length, truth.messages.orphanReplies)
    assert.isAbove(truth.messages.repliesToEarlierWindow, 0)
  })

  it("repeats a message in two windows only where they overlap, in its version before it was edited", () => {
    const shown = (overlap: number) => {
      const times = new Map<string, Array<MessageRecord>>()
      for (const { json } of documents({ messages: 3000, overlap })) {
        for (const message of json.messages ?? []) {
          times.set(String(message.message_id), [...(times.get(String(message.message_id)) ?? []), message])
        }
      }
      return Array.from(times.values()).filter((found) => found.length > 1)
    }
    assert.strictEqual(shown(0).length, 0)
    const twice = shown(0.5)
    assert.isAbove(twice.length, 100)
    const edited = twice.filter(([, later]) => later?.updated_at !== 0)
    assert.isAbove(edited.length, 0)
    assert.isTrue(
      edited.every(
        ([before, later]) => before?.updated_at === 0 && later?.message === `${before.message} (edited)`
      )
    )
  })

  describe("has every oddity of real exports", () => {
    const all = documents(everything)
    const gather = <A>(of: (json: ExportDocument) => ReadonlyArray<A> | undefined) =>
      all.flatMap(({ json }) => of(json) ?? [])
    const messages = gather((json) => json.messages)
    const inactive = gather((json) => json.inactive_users)
    const users = [...gather((json) => json.active_users), ...inactive]
    const openChannels = gather((json) => json.open_channels)
    const listed = [...gather((json) => json.group_channels), ...openChannels]
    const embedded = gather((json) => (json.channel === undefined ? [] : [json.channel]))
    const url = (channel: ChannelRecord): string => channel.channel_url
    const distinctPairs = embedded.filter((channel) => channel.is_distinct && channel.members?.length === 2)

    it.each<[string, ReadonlyArray<unknown>]>([
      ["open channels", openChannels],
      ["file messages", messages.filter(({ file, type }) => type === "FILE" && file.url)],
      ["several files in one message", messages.filter(({ files }) => (files?.length ?? 0) > 1)],
      ["voice messages", messages.filter(({ file }) => file.type?.includes("sbu_type=voice"))],
      ["thumbnails", messages.filter(({ thumbnails }) => (thumbnails?.length ?? 0) > 0)],
      [
        "messages without a sender",
        messages.filter(({ type, user }) => type === "ADMM" && user === undefined)
      ],
      [
        "messages with a sender that is null",
        messages.filter(({ type, user }) => type === "ADMM" && user === null)
      ],
      ["replies shown in the channel", messages.filter((message) => message.is_reply_to_channel)],
      ["mentions of users", messages.filter((message) => message.mentioned_users.length > 0)],
      ["mentions of the channel", messages.filter((message) => message.mention_type === "channel")],
      ["meta arrays", messages.filter((message) => message.sorted_metaarray)],
      ["link previews", messages.filter((message) => message.og_tag)],
      ["polls", messages.filter(({ poll }) => poll)],
      ["translations", messages.filter(({ translations }) => Object.keys(translations).length > 0)],
      [
        "times as text with an offset",
        messages.filter(({ created_at }) =>
          /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4}$/u.test(String(created_at))
        )
      ],
      ["ids above 2^53", messages.filter(({ message_id }) => typeof message_id === "string")],
      [
        "removed messages that keep their text",
        messages.filter((message) => message.is_removed && message.message !== "")
      ],
      ["extra data that is JSON", messages.filter(({ data }) => data.startsWith('{"'))],
      ["extra data that is not JSON", messages.filter(({ data }) => data.startsWith("{'"))],
      ["halves of emoji", messages.filter(({ message }) => message.endsWith("\ud83d"))],
      [
        "reactions by users who are not in any file",
        messages.filter(({ reactions = [] }) =>
          reactions.some((reaction) =>
            reaction.user_ids.some((id: string) => !users.some(({ user_id }) => user_id === id))
          )
        )
      ],
      [
        "senders who are not in any users file",
        messages.filter(({ user }) => user && !users.some(({ user_id }) => user_id === user.user_id))
      ],
      ["senders who looked different", messages.filter(({ user }) => user?.nickname.endsWith("(old)"))],
      ["users who were deactivated", inactive],
      ["users never seen", users.filter((user) => user.last_seen_at === "1969-12-31 23:59:59+0000")],
      [
        "users seen at zero in another zone",
        users.filter((user) => user.last_seen_at === "1970-01-01 01:00:00+0100")
      ],
      ["e-mail addresses as ids", users.filter((user) => user.user_id.includes("@"))],
      ["ids with dots", users.filter((user) => user.user_id.startsWith("kim."))],
      ["ids with spaces", users.filter((user) => user.user_id.startsWith("kim "))],
      ["ids in other scripts", users.filter((user) => /[^\u0020-\u007e]/u.test(user.user_id))],
      ["ids of 80 characters", users.filter((user) => user.user_id.length === 80)],
      ["access tokens", users.filter((user) => user.access_token.includes(SendbirdExport.secret))],
      ["session tokens", users.filter((user) => user.session_tokens.length > 0)],
      ["URLs of 73 characters", listed.filter((channel) => url(channel).length === 73)],
      ["URLs of 100 characters", listed.filter((channel) => url(channel).length === 100)],
      [
        "URLs that differ only in their prefix",
        listed.filter((a) => listed.some((b) => url(a) === `sendbird_group_channel_${url(b)}`))
      ],
      ["channels created in seconds", listed.filter((channel) => Number(channel.created_at) < 1e11)],
      [
        "channels created in milliseconds or text",
        listed.filter((channel) => !(Number(channel.created_at) < 1e11))
      ],
      ["members by name and image", listed.filter((channel) => channel.members?.[0]?.image !== undefined)],
      [
        "members by nickname and state",
        embedded.filter((channel) => channel.members?.[0]?.state !== undefined)
      ],
      [
        "invited members",
        embedded.filter(({ members = [] }) => members.some(({ state }) => state === "invited"))
      ],
      [
        "operators by role",
        embedded.filter(({ members = [] }) => members.some(({ role }) => role === "operator"))
      ],
      ["operators of open channels", embedded.filter(({ operators = [] }) => operators.length > 0)],
      ["freeze as text", embedded.filter(({ freeze }) => freeze === "false")],
      ["freeze as a boolean", embedded.filter(({ freeze }) => freeze === false)],
      ["read receipts", listed.filter(({ read_receipt = {} }) => Object.keys(read_receipt).length > 0)],
      [
        "channels that are not in any list",
        embedded.filter((channel) => !listed.some((other) => url(other) === url(channel)))
      ],
      [
        "channels without messages",
        listed.filter((channel) => !embedded.some((other) => url(other) === url(channel)))
      ],
      [
        "two distinct channels with the same two members",
        distinctPairs.filter((a) =>
          distinctPairs.some(
            (b) => url(a) !== url(b) && participantsOf(a).join() === participantsOf(b).join()
          )
        )
      ],
      ["failed webhooks", gather((json) => json.failed_webhooks)],
      ["channels before messages", all.filter(({ text }) => text.startsWith('{"channel"'))],
      ["messages before channels", all.filter(({ text }) => text.startsWith('{"messages"'))],
      ["escaped slashes", all.filter(({ text }) => text.includes("\\/"))],
      [
        "escaped emoji",
        all.filter(({ text }) => /^[\n -\u007e]*$/u.test(text) && text.includes("\\ud83d\\ude"))
      ],
      ["unescaped emoji", all.filter(({ text }) => /\p{Emoji_Presentation}/u.test(text))]
    ])("%s", (_, found) => {
      assert.isAbove(found.length, 0)
    })
  })

  it("leaves out what is turned off", () => {
    const { messages, users } = SendbirdExport.generate({
      messages: 500,
      features: { removed: 0, reactions: 0, secrets: 0, files: 1, admin: 0 }
    }).truth()
    assert.deepStrictEqual(
      [messages.removed, messages.withReactions, users.withSecrets, messages.withFiles],
      [0, 0, 0, 500]
    )
  })

  it("gives the first bytes of ten million messages without generating the others", () => {
    const found = SendbirdExport.generate({ messages: 10_000_000, channels: 20_000, users: 50_000 }).files
    for (const file of found) {
      if (!file.archive.startsWith("messages")) continue
      const [chunk] = [...take(file.bytes)]
      assert.isAbove(chunk?.length ?? 0, 1000)
      break
    }
  })

  it.live("writes byte-identical zips with the same content as the folders", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const root = yield* fs.makeTempDirectoryScoped()
      const options = { messages: 2500, overlap: 0.1, seed: 5, messagesPerFile: 1024, channels: 4 }
      const a = yield* SendbirdExport.writeZips(path.join(root, "a"), options)
      const b = yield* SendbirdExport.writeZips(path.join(root, "b"), options)
      const folders = yield* SendbirdExport.writeFolders(path.join(root, "c"), options)
      assert.strictEqual(a.archives.length, 6)
      assert.deepStrictEqual(a.truth, SendbirdExport.generate(options).truth())
      assert.deepStrictEqual([a.truth, a.files, a.bytes], [folders.truth, folders.files, folders.bytes])
      let files = 0
      for (const [i, archive] of a.archives.entries()) {
        const zip = Buffer.from(yield* fs.readFile(archive))
        assert.isTrue(zip.equals(yield* fs.readFile(b.archives[i] ?? "")))
        for (const entry of unzip(zip)) {
          files++
          assert.isTrue(
            entry.bytes.equals(yield* fs.readFile(path.join(folders.archives[i] ?? "", entry.path)))
          )
        }
      }
      assert.strictEqual(files, a.files)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

function* take<A>(values: Iterable<A>): Generator<A> {
  for (const value of values) {
    yield value
    return
  }
}

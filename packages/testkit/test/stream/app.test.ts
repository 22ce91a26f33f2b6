import { createHash } from "node:crypto"
import { gunzipSync } from "node:zlib"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as StreamExport from "../../src/stream/StreamExport.ts"

type RawObject = Readonly<Record<string, unknown>>
interface Exported {
  readonly channel: RawObject
  readonly messages: ReadonlyArray<RawObject>
  readonly members: ReadonlyArray<RawObject>
  readonly read?: ReadonlyArray<RawObject>
  readonly users?: ReadonlyArray<RawObject>
}

const options: StreamExport.Options = {
  messages: 3000,
  channels: 60,
  users: 90,
  features: {
    truncated: 0.2,
    deletedChannels: 0.1,
    ephemeral: 0.02,
    errors: 0.02,
    pins: 0.05,
    polls: 0.02,
    restricted: 0.02,
    changedMembers: 0.4
  }
}
const app = StreamExport.generate(options)
const everything = { includesTruncated: true, includesDeleted: true } as const

const textOf = (bytes: Iterable<Uint8Array>) => Buffer.concat(Array.from(bytes)).toString()
const readArray = (selection?: StreamExport.Selection, layout?: StreamExport.Layout) =>
  JSON.parse(textOf(app.channels(selection, layout))) as ReadonlyArray<Exported>
const readLines = (bytes: Iterable<Uint8Array>) =>
  textOf(bytes)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RawObject)
const list = (record: RawObject, field: string) => (record[field] ?? []) as ReadonlyArray<RawObject>
const isStored = ({ type }: RawObject) => type !== "ephemeral" && type !== "error"
const idsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value === "object" && value !== null && "id" in value ? [String(value.id)] : []

const usersIn = (message: RawObject): ReadonlyArray<string> =>
  [
    message["user"],
    message["pinned_by"],
    ...list(message, "mentioned_users"),
    ...list(message, "latest_reactions").map((reaction) => reaction["user"])
  ].flatMap(idsIn)

/** All users in an export, by the definition of its truth. */
const usersShown = (all: ReadonlyArray<Exported>, lines: ReadonlyArray<RawObject> = []) =>
  new Set([
    ...all.flatMap(({ channel, members, messages }) => [
      ...idsIn(channel["created_by"]),
      ...idsIn(channel["truncated_by"]),
      ...members.flatMap((member) => idsIn(member["user"])),
      ...messages.filter(isStored).flatMap(usersIn)
    ]),
    ...lines.flatMap((reaction) => idsIn(reaction["user"]))
  ])

const hashOf = (ids: ReadonlyArray<string>) =>
  `!members-${createHash("sha512-256").update(ids.toSorted().join(",")).digest("base64url")}`

const nanosOf = (text: string) => {
  const [, seconds = "", digits = ""] = /^(.{19})(?:\.(\d+))?Z$/u.exec(text) ?? []
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(digits.padEnd(9, "0"))
}

describe("a generated Stream app", () => {
  it("gives the same bytes for the same options, and different ones for another seed", () => {
    const again = textOf(StreamExport.generate(options).channels(everything))
    assert.strictEqual(textOf(app.channels(everything)), again)
    assert.notStrictEqual(textOf(StreamExport.generate({ ...options, seed: 2 }).channels(everything)), again)
  })

  it.each([everything, {}])("exports in version 1 what its truth counts, with %j", (selection) => {
    const found = readArray(selection)
    const truth = app.truth(selection)
    const messages = found.flatMap((one) => one.messages)
    const stored = messages.filter(isStored)
    const members = found.flatMap((one) => one.members)
    assert.deepStrictEqual(truth.distinct, {
      user: usersShown(found).size,
      channel: new Set(found.map(({ channel }) => channel["cid"])).size,
      member: members.length,
      message: new Set(stored.map(({ id }) => id)).size,
      reaction: stored.flatMap((message) => list(message, "latest_reactions")).length
    })
    const count = (is: (message: RawObject) => unknown) =>
      stored.filter((message) => is(message) === true).length
    const ids = new Set(messages.map(({ id }) => id))
    assert.deepStrictEqual(truth.messages, {
      regular: count(({ type }) => type === "regular" || type === "reply"),
      system: count(({ type }) => type === "system"),
      deleted: count((message) => message["type"] === "deleted" && message["deleted_at"] !== undefined),
      ephemeral: messages.filter(({ type }) => type === "ephemeral").length,
      errors: messages.filter(({ type }) => type === "error").length,
      replies: count((message) => message["parent_id"] !== undefined),
      orphanReplies: count((message) => String(message["parent_id"]).startsWith("gone-")),
      shownInChannel: count((message) => message["show_in_channel"]),
      quotes: count((message) => message["quoted_message_id"] !== undefined),
      pinned: count((message) => message["pinned"]),
      withMentions: count((message) => list(message, "mentioned_users").length > 0),
      channelMentions: count((message) => message["mentioned_channel"]),
      hereMentions: count((message) => message["mentioned_here"]),
      roleMentions: count((message) => message["mentioned_roles"] !== undefined),
      withAttachments: count((message) => list(message, "attachments").length > 0),
      attachments: stored.flatMap((message) => list(message, "attachments")).length,
      translated: count((message) => message["i18n"] !== undefined),
      polls: count((message) => message["poll"] !== undefined),
      silent: count((message) => message["silent"]),
      restricted: count((message) => list(message, "restricted_visibility").length > 0),
      shadowed: count((message) => message["shadowed"]),
      withReactions: count((message) => list(message, "latest_reactions").length > 0)
    })
    const sumOf = (message: RawObject) =>
      Object.values(message["reaction_counts"] as Record<string, number>).reduce((a, b) => a + b, 0)
    assert.strictEqual(
      truth.reactions.all,
      stored.reduce((sum, message) => sum + sumOf(message), 0)
    )
    assert.strictEqual(truth.channels.deleted, found.filter(({ channel }) => channel["deleted_at"]).length)
    const muted = members.filter((member) => member["notifications_muted"] === true).length
    assert.strictEqual(truth.members.channelMuted, muted)
    assert.strictEqual(truth.members.invited, members.filter(({ invited }) => invited === true).length)
    for (const part of Object.values(truth.messages)) assert.isAbove(part, 0)
    if ("includesTruncated" in selection) {
      const missing = stored.filter((message) => {
        const parent = message["parent_id"]
        return parent !== undefined && !ids.has(parent)
      })
      assert.strictEqual(missing.length, truth.messages.orphanReplies)
    }
  })

  it("shows the latest ten reactions and counts them all", () => {
    const many = readArray(everything)
      .flatMap((one) => one.messages)
      .filter((message) => list(message, "latest_reactions").length === 10)
    const { all, latest } = app.truth(everything).reactions
    assert.isAbove(many.length, 5)
    assert.isAbove(all, latest)
    for (const message of many) {
      const times = list(message, "latest_reactions").map((one) => nanosOf(String(one["created_at"])))
      assert.deepStrictEqual(
        times,
        times.toSorted((a, b) => (a > b ? -1 : 1))
      )
    }
  })

  it("has each reaction of a user to a message once, from their team if there is one", () => {
    const crowded = StreamExport.generate({
      ...options,
      features: { teams: 1, distinct: 0, reactions: 1, manyReactions: 1 }
    })
    const lines = readLines(crowded.channels({ version: "v2" }, { envelope: "single-key" }))
    const found = lines.flatMap((line) => ("reaction" in line ? [line["reaction"] as RawObject] : []))
    const keys = found.map((one) => JSON.stringify([one["message_id"], one["type"], one["user_id"]]))
    assert.isAbove(found.length, 10_000)
    assert.strictEqual(new Set(keys).size, keys.length)
    const teams = new Map(
      lines.flatMap((line): ReadonlyArray<[string, unknown]> => {
        const user = (line["member"] as RawObject | undefined)?.["user"] as RawObject | undefined
        return user === undefined ? [] : [[String(user["id"]), user["teams"]]]
      })
    )
    let team: unknown
    for (const line of lines) {
      if ("channel" in line) team = (line["channel"] as RawObject)["team"]
      const known =
        "reaction" in line ? teams.get(String((line["reaction"] as RawObject)["user_id"])) : undefined
      if (known !== undefined) assert.deepStrictEqual(known, [team])
    }
  })

  it("names distinct channels by the hash of their members, unless they changed", () => {
    const found = readArray(everything).filter(({ channel }) => String(channel["id"]).startsWith("!members-"))
    const kept = found.filter(
      ({ channel, members }) => channel["id"] === hashOf(members.map((member) => String(member["user_id"])))
    )
    const { changedMembers, distinct } = app.truth(everything).channels
    assert.strictEqual(found.length, distinct)
    assert.strictEqual(found.length - kept.length, changedMembers)
    assert.isAbove(changedMembers, 0)
    assert.isAbove(kept.length, 0)
  })

  it("uses only ids and teams that Stream allows", () => {
    const users = app.userIds()
    assert.strictEqual(new Set(users).size, 90)
    for (const id of users) assert.match(id, /^[@\w-]{1,255}$/u)
    for (const { channel, members, messages } of readArray(everything)) {
      assert.match(String(channel["id"]), /^!?[\w-]{1,64}$/u)
      if (channel["team"] === undefined) continue
      for (const { user } of [...members, ...messages] as unknown as ReadonlyArray<{
        readonly user: RawObject
      }>)
        assert.include(list(user, "teams") as ReadonlyArray<unknown>, channel["team"])
    }
  })

  it("has one message per time, in order, with five to nine digits", () => {
    const all = readArray(everything)
    const times = all.flatMap(({ messages }) => messages.map((message) => String(message["created_at"])))
    const digits = new Set(times.map((time) => (time.split(".")[1] ?? "Z").length - 1))
    for (const length of [5, 6, 9]) assert.isTrue(digits.has(length))
    for (const { messages } of all) {
      const of = messages.map((message) => nanosOf(String(message["created_at"])))
      assert.deepStrictEqual(
        of,
        of.toSorted((a, b) => (a < b ? -1 : 1))
      )
    }
  })

  it("leaves out truncated messages and deleted channels by default", () => {
    const few = readArray()
    const all = readArray(everything)
    assert.isFalse(few.some(({ channel }) => channel["deleted_at"] !== undefined))
    let left = 0
    for (const { channel, messages } of all) {
      const truncated = channel["truncated_at"]
      const shown = few.find((one) => one.channel["cid"] === channel["cid"])
      if (typeof truncated !== "string" || shown === undefined) continue
      const kept = messages.filter((message) => nanosOf(String(message["created_at"])) > nanosOf(truncated))
      left += messages.length - kept.length
      assert.deepStrictEqual(shown.messages, kept)
    }
    assert.isAbove(left, 0)
  })

  it("exports the messages between two times, and excludes those at exactly these times", () => {
    const long = readArray(everything).find((one) => one.messages.length > 300)
    const { channel, messages } = long as Exported
    const cid = String(channel["cid"])
    const micros = (index: number) => Number(nanosOf(String(messages[index]?.["created_at"])) / 1000n)
    const [since, until] = [micros(40), micros(290)]
    const found = readArray({ ...everything, channels: [{ cid, since, until }] })
    assert.deepStrictEqual(
      found.flatMap((one) => one.messages),
      messages.slice(41, 290)
    )
  })

  it("clears the text of deleted messages on request", () => {
    const deletedOf = (all: ReadonlyArray<Exported>) =>
      all.flatMap(({ messages }) => messages.filter(({ type }) => type === "deleted"))
    const kept = deletedOf(readArray(everything))
    const cleared = deletedOf(readArray({ ...everything, clearsDeletedText: true }))
    assert.strictEqual(kept.length, cleared.length)
    assert.isTrue(kept.some(({ text }) => text !== ""))
    for (const { html, text } of cleared) assert.deepStrictEqual([text, html], ["", ""])
  })

  it("writes version 1 as an array, one object, an object with a list, and concatenated objects", () => {
    const expected = readArray()
    const [cid = ""] = app.cids()
    assert.deepStrictEqual(
      (JSON.parse(textOf(app.channels({}, { documents: "channels" }))) as { readonly channels: unknown })
        .channels,
      expected
    )
    assert.deepStrictEqual(readLines(app.channels({}, { documents: "concatenated" })), expected as never)
    assert.deepStrictEqual(
      JSON.parse(textOf(app.channels({ channels: [{ cid }] }, { documents: "object" }))),
      expected[0]
    )
    assert.deepStrictEqual(readArray({}, { documents: "object" }), expected)
    const full = readArray({ exportsUsers: true }, { reads: true })
    for (const [i, one] of full.entries()) {
      const listed = (one.users ?? []).map((user) => String(user["id"]))
      assert.includeMembers(listed, Array.from(usersShown([one])))
      assert.strictEqual(one.read?.length, expected[i]?.members.length)
    }
  })

  it.each(["type-data", "type-item", "type-name", "single-key", "bare"] as const)(
    "writes version 2 with lines as %s, with all reactions",
    (envelope) => {
      const selection = { ...everything, version: "v2", exportsUsers: true } as const
      const lines = readLines(app.channels(selection, { envelope }))
      const inner = lines.map((line): readonly [string, RawObject] => {
        const [[key, value] = ["", undefined]] = Object.entries(line)
        switch (envelope) {
          case "bare":
            return [kindOf(line), line]
          case "single-key":
            assert.lengthOf(Object.keys(line), 1)
            return [key, value as RawObject]
          case "type-name":
            return [String(value), line[String(value)] as RawObject]
          default:
            return [String(value), line[envelope === "type-data" ? "data" : "item"] as RawObject]
        }
      })
      const truth = app.truth(selection)
      const of = (kind: string) => inner.flatMap(([name, record]) => (name === kind ? [record] : []))
      assert.deepStrictEqual(
        [of("channel").length, of("member").length, of("message").filter(isStored).length],
        [truth.distinct.channel, truth.distinct.member, truth.distinct.message]
      )
      assert.strictEqual(of("reaction").length, truth.reactions.all)
      assert.strictEqual(truth.distinct.reaction, truth.reactions.all)
      // The authors of messages that are not stored are among the users, too.
      assert.isAtLeast(of("user").length, truth.distinct.user)
    }
  )

  it("writes custom fields nested and times in nanoseconds with all digits", () => {
    const layout = { custom: "nested", times: "nanoseconds" } as const
    const selection = { ...everything, version: "v2" } as const
    const flat = textOf(app.channels(selection)).split("\n")
    const nested = textOf(app.channels(selection, layout)).split("\n")
    assert.strictEqual(flat.length, nested.length)
    let customs = 0
    for (const [i, line] of flat.entries()) {
      if (line === "") continue
      const one = (JSON.parse(line) as { readonly data: RawObject }).data
      const other = (JSON.parse(nested[i] ?? "") as { readonly data: RawObject }).data
      for (const field of Object.keys(other["custom"] as RawObject)) {
        customs++
        assert.isTrue(field in one)
        assert.isFalse(field in other)
      }
      const [, digits = ""] = /"created_at":(\d{19})[,}]/u.exec(nested[i] ?? "") ?? []
      const [, text = ""] = /"created_at":"([^"]+)"/u.exec(line) ?? []
      assert.strictEqual(BigInt(digits), nanosOf(text))
    }
    assert.isAbove(customs, 100)
  })

  it("exports users with all their messages and reactions", () => {
    const chosen = app.userIds().slice(3, 6)
    const lines = readLines(app.users(chosen, { envelope: "single-key" }))
    const of = (kind: string) => lines.flatMap((line) => (kind in line ? [line[kind] as RawObject] : []))
    assert.deepStrictEqual(
      of("user").map(({ id }) => id),
      chosen
    )
    const all = readLines(app.channels({ ...everything, version: "v2" }, { envelope: "single-key" }))
    const expected = (kind: string, by: (record: RawObject) => unknown) =>
      all
        .flatMap((line) => (kind in line ? [line[kind] as RawObject] : []))
        .filter((record) => isStored(record) && chosen.includes(String(by(record))))
    assert.deepStrictEqual(
      of("message"),
      expected("message", ({ user }) => (user as RawObject)["id"])
    )
    const reactions = new Set(of("reaction").map((one) => JSON.stringify(one)))
    assert.deepStrictEqual(
      reactions,
      new Set(expected("reaction", (one) => one["user_id"]).map((one) => JSON.stringify(one)))
    )
  })

  it("gives bans from future channels next to an export, in any envelope", () => {
    const bans = readLines(app.futureBans()).map(({ data, type }) => {
      assert.strictEqual(type, "future_channel_ban")
      return data as RawObject
    })
    const targets = bans.map((ban) => String(ban["target_id"]))
    assert.isAbove(bans.length, 1)
    assert.strictEqual(new Set(targets).size, bans.length)
    for (const { created_by, target_id } of bans) {
      assert.notStrictEqual(created_by, target_id)
      assert.includeMembers(app.userIds() as Array<unknown>, [created_by, target_id])
    }
    assert.strictEqual(textOf(app.futureBans({ envelope: "bare" })), textOf(app.futureBans()))
    assert.deepStrictEqual(
      readLines(app.futureBans({ envelope: "single-key" })).map(
        (line) => line["future_channel_ban"] as RawObject
      ),
      bans
    )
  })

  it("has users who muted channels, temporarily and permanently", () => {
    const many = StreamExport.generate({ ...options, messages: 300, features: { channelMutes: 0.3 } })
    const lines = readLines(many.channels({ ...everything, version: "v2", exportsUsers: true }))
    const mutes = lines
      .filter(({ type }) => type === "user")
      .flatMap(({ data }) => list(data as RawObject, "channel_mutes"))
    const cids = mutes.map(({ channel }) => (channel as RawObject)["cid"])
    assert.includeMembers(many.cids() as Array<unknown>, cids)
    assert.sameMembers(Array.from(new Set(mutes.map((mute) => "expires" in mute))), [true, false])
  })

  it("names responses to invitations in either way, without other changes", () => {
    const text = textOf(app.channels(everything, { invites: "invited" }))
    assert.include(text, '"invited_accepted_at":"')
    assert.include(text, '"status":"invited"')
    assert.notInclude(text, '"invite_')
    assert.strictEqual(
      text.replaceAll('"invited_', '"invite_').replaceAll('"status":"invited"', '"status":"pending"'),
      textOf(app.channels(everything))
    )
  })

  it("logs an event for each record of an export, except for banned members", () => {
    const selection = { ...everything, version: "v2" } as const
    const records = readLines(app.channels(selection)).map(({ data, type }): [string, RawObject] => [
      String(type),
      data as RawObject
    ])
    const events = readLines(app.events(selection))
    assert.deepStrictEqual(
      events.map((event): [string, RawObject] => {
        const [kind = "", verb] = String(event["type"]).split(".")
        assert.strictEqual(verb, "updated")
        return [kind, event[kind] as RawObject]
      }),
      records.filter(([, { banned }]) => banned !== true)
    )
    assert.isBelow(events.length, records.length)
    let cid: unknown
    for (const event of events) {
      if (event["type"] === "channel.updated") cid = event["cid"]
      if (event["type"] !== "reaction.updated") assert.strictEqual(event["cid"], cid)
    }
  })

  it("exports one user synchronously, without users in messages and reactions", () => {
    const [id = ""] = app.userIds()
    const found = JSON.parse(app.user(id)) as {
      readonly user: RawObject
      readonly messages: ReadonlyArray<RawObject>
      readonly reactions: ReadonlyArray<RawObject>
    }
    assert.strictEqual(found.user["id"], id)
    assert.isAbove(found.messages.length, 0)
    for (const { user } of [...found.messages, ...found.reactions]) assert.isNull(user)
    for (const one of found.reactions) assert.strictEqual(one["user_id"], id)
  })

  it("rejects a user that does not exist", () => {
    assert.throws(() => app.user("nobody"), RangeError)
  })

  it.effect("writes files, compressed if their name says so", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* StreamExport.writeFile(`${directory}/a.json`, app.channels())
      yield* StreamExport.writeFile(`${directory}/a.json.gz`, app.channels())
      const plain = yield* fs.readFileString(`${directory}/a.json`)
      assert.strictEqual(plain, textOf(app.channels()))
      assert.strictEqual(gunzipSync(yield* fs.readFile(`${directory}/a.json.gz`)).toString(), plain)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it("makes empty and tiny apps", () => {
    for (const tiny of [
      { messages: 0 },
      { messages: 5, channels: 1, users: 4 },
      { channels: 300, users: 4 }
    ]) {
      const of = StreamExport.generate(tiny)
      assert.strictEqual(new Set(of.cids()).size, tiny.channels ?? 4)
      const found = JSON.parse(textOf(of.channels(everything))) as ReadonlyArray<Exported>
      const all = found.flatMap(({ messages }) => messages)
      assert.strictEqual(all.length, tiny.messages ?? 1000)
    }
  })
})

const kindOf = (record: RawObject): string => {
  if ("config" in record) return "channel"
  if ("message_id" in record) return "reaction"
  if ("channel_role" in record) return "member"
  return "text" in record ? "message" : "user"
}

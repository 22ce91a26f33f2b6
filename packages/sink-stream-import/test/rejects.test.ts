/** What the sink sets aside is the entity that it was given. */
import { DatabaseSync } from "node:sqlite"
import { Entity, Ids, RejectedLine, Transform } from "@chatferry/core"
import { EntityGenerator } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { base, message, reaction, user } from "./entities.ts"
import { type Config, dialects, makeRun, openRun, type Result, stateOf, write } from "./harness.ts"
import { writeThrough } from "./through.ts"

type Fields = Readonly<Record<string, unknown>>
type Choices = Readonly<Record<string, ReadonlyArray<unknown>>>

const time = "2024-05-01T12:00:00.000Z"
const times = [time, "2024-05-01T12:00:00Z", "2024-05-01T12:00:00.5Z", "2024-05-01T12:00:00.123456789Z"]
const users = ["ada", "ada lovelace", "u".repeat(300), "キム", "overridden"]
const ids = [[], ["ada"], ["ada lovelace", "キム"], ["ada", "ada"], ["ada", "half \ud800"], users]
const urls = [
  "https://files.example.com/a.png?b=1#c",
  "http://files.example.com/a.png",
  "https://files.example.com/ä b.png",
  "HTTPS://FILES.EXAMPLE.COM",
  "ftp://files.example.com/a",
  "nothing"
]
const providers = [
  {},
  { sendbird: {} },
  { sendbird: { a: null, huge: 2 ** 60, large: 1e21, small: 1e-9, "": [] } },
  { sendbird: { a: 1 }, other: { b: { c: [] } } },
  { stream: { mood: "good", seen: { by: ["ada"] } } },
  { stream: { seen: { by: ["ada"] } } },
  { stream: { type: "x", user: 1, id: 2, chatferry: { silent: true } } },
  { stream: { stream: 1, sendbird: { a: 1 } } },
  { stream: { mood: "good" }, sendbird: { a: 1 } },
  { stream: {} },
  { chatferry: { silent: true } },
  { message: { a: 1 }, text: { b: 2 }, text_custom: { c: 3 } },
  JSON.parse('{ "__proto__": { "a": 1 }, "x": { "__proto__": { "b": 2 } } }'),
  JSON.parse('{ "stream": { "__proto__": { "b": 2 }, "mood": "good" } }'),
  { sendbird: { long: "y".repeat(6000), short: 1 }, other: { long: "é".repeat(3000) } },
  { stream: { long: "y".repeat(6000), mood: "good" } }
]

const attachmentFields: Choices = {
  url: urls,
  thumbnailUrl: urls,
  name: ["", "a.png"],
  text: ["", "preview"],
  mimeType: ["image/png"],
  sizeBytes: [0, 12, 1.5, -1],
  durationSeconds: [0, 1.5],
  isAuthRequired: [true, false],
  custom: providers
}
const messageFields: Choices = {
  userId: users,
  userSnapshot: [{}, { name: "Ada" }, { imageUrl: "http://x" }, { name: "", imageUrl: "" }],
  text: ["", "hello", "half \ud800 \0", "x".repeat(25_000), "😀".repeat(3000), 'a,b{}"\\\n'],
  html: ["", "<p>"],
  parentId: ["parent", "parent of 1%"],
  isShownInChannel: [true, false],
  quotedMessageId: ["quoted", "quoted, 1"],
  mentionedUserIds: ids,
  isChannelMentioned: [true, false],
  isHereMentioned: [true, false],
  mentionedRoles: [[], ["admin"], ["admin", "admin"], ["a", ""]],
  isSilent: [true, false],
  visibleToUserIds: ids,
  pinnedAt: times,
  pinnedById: users,
  pinExpiresAt: times,
  updatedAt: times,
  observedAt: times,
  isDeleted: [true, false],
  deletedAt: times,
  custom: providers
}
const reactionFields: Choices = {
  score: [0, 1, 2, -1, 0.5],
  createdAt: times,
  updatedAt: times,
  custom: providers
}

/** A generator of numbers below a bound, the same for a seed. */
const below = (seed: number) => {
  let state = seed >>> 0
  return (bound: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
type Below = ReturnType<typeof below>

const pick = <A>(next: Below, from: ReadonlyArray<A>): A => from[next(from.length)] as A

/** Some of the fields: few, so that what one does alone is met, or many. */
const some = (next: Below, choices: Choices): Fields => {
  const share = pick(next, [1, 2, 6])
  return Object.fromEntries(
    Object.entries(choices)
      .filter(() => next(10) < share)
      .map(([name, values]) => [name, pick(next, values)])
  )
}

const attachment = (next: Below) => ({
  type: pick(next, ["image", "video", "audio", "voice", "file", "link", "other"]),
  ...some(next, attachmentFields)
})

const hostileMessage = (next: Below, n: number): Entity.Entity =>
  ({
    _tag: "message",
    id: pick(next, ["", "%", "long ".repeat(60)]) + n,
    channelId: pick(next, ["nowhere", "nowhere else"]),
    type: pick(next, ["regular", "regular", "system"]),
    createdAt: pick(next, times),
    ...some(next, messageFields),
    ...(next(3) === 0 && {
      attachments: Array.from({ length: pick(next, [0, 1, 1, 2, 35]) }, () => attachment(next))
    })
  }) as never

const hostileReaction = (next: Below, messageId: string): Entity.Entity =>
  ({
    _tag: "reaction",
    messageId,
    ...(next(2) === 0 && { channelId: "nowhere" }),
    userId: pick(next, users),
    type: pick(next, ["like", "👍", "thumbs up", "x".repeat(300), "chosen"]),
    ...some(next, reactionFields)
  }) as never

/** Without a channel, a reaction whose message is not there is left out and not rejected. */
const withChannel = (one: Entity.Entity): Entity.Entity =>
  one._tag === "reaction" ? { ...one, channelId: Ids.ChannelId.make("nowhere") } : one

const soup = (seed: number): ReadonlyArray<Entity.Entity> => {
  const next = below(seed)
  const messages = Array.from({ length: 150 }, (_, n) => hostileMessage(next, n))
  const reactions = messages.map((one) => hostileReaction(next, (one as Entity.Entity<"message">).id))
  const generated = EntityGenerator.make({
    seed,
    records: 300,
    kinds: ["message", "reaction"],
    duplicates: 0,
    oddIds: 0.5,
    extremes: 0.1
  })
  return [...messages, ...reactions, ...generated.map(withChannel)]
}

/** Each line alone, as it is in the file. */
const readAll = ({ rejected }: Result) =>
  Effect.forEach(rejected, (one) =>
    RejectedLine.entity(JSON.stringify({ stage: "sink", sink: "stream-import", ...one }))
  )

const byKey = (entities: ReadonlyArray<Entity.Entity>) =>
  new Map(entities.map((entity) => [`${entity._tag} ${Entity.key(entity)}`, entity]))

/** Fields that are not the same, shortened. */
const differences = (found: Entity.Entity | undefined, expected: Entity.Entity) => {
  const [was, is] = [expected, found ?? {}] as ReadonlyArray<Fields>
  return Array.from(new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]))
    .filter((name) => JSON.stringify(is?.[name]) !== JSON.stringify(was?.[name]))
    .map(
      (name) =>
        `${name}: ${JSON.stringify(is?.[name])?.slice(0, 300)} of ${JSON.stringify(was?.[name])?.slice(0, 300)}`
    )
    .join("\n")
}

const policies: ReadonlyArray<Partial<Config>> = [
  {},
  { deletedContent: "keep", httpUrls: "custom", maxMessageLength: 100, migrateResources: true },
  { userIds: { overridden: "chosen-id" }, reactionTypes: { chosen: "like" }, adminUserId: "ada" }
]

describe("what StreamImportSink rejects", () => {
  for (const dialect of dialects) {
    for (const [index, policy] of policies.entries()) {
      it.live.prop(
        `are the messages and reactions that it was given, in ${dialect} (policies ${index})`,
        [Schema.Int],
        ([seed]) =>
          Effect.gen(function* () {
            // A key that is there twice is one record, and not a reject.
            const expected = byKey(soup(seed))
            const result = yield* write({ dialect, unknownChannel: "reject", ...policy }, [
              ...expected.values()
            ])
            const found = byKey(yield* readAll(result))
            assert.strictEqual(found.size, result.rejected.length)
            assert.deepStrictEqual([...found.keys()].toSorted(), [...expected.keys()].toSorted())
            for (const [key, entity] of expected) {
              const is = found.get(key)
              assert.deepStrictEqual(is, entity, differences(is, entity))
            }
          }),
        { arbitrary: { runs: 4 } }
      )
    }
  }

  it.live("are read as what they are, of all kinds and for whatever reason", () =>
    Effect.gen(function* () {
      const entities = byKey(
        EntityGenerator.make({
          seed: 8,
          records: 1500,
          duplicates: 0,
          dangling: 0.3,
          oddIds: 0.5,
          extremes: 0.05
        })
      )
      const codes = new Set<string>()
      for (const dialect of dialects) {
        const result = yield* write({ dialect, missingUser: "reject", unknownChannel: "reject" }, [
          ...entities.values()
        ])
        for (const [key, entity] of byKey(yield* readAll(result)))
          assert.deepStrictEqual(entity, entities.get(key), key)
        for (const { code, kind } of result.rejected) codes.add(`${kind} ${code}`)
      }
      for (const one of [
        "channel unknown_user",
        "member unknown_channel",
        "member rejected_channel",
        "member unknown_user",
        "message unknown_channel",
        "message rejected_channel",
        "message unknown_user",
        "reaction unknown_channel",
        "reaction rejected_channel",
        "reaction unknown_message",
        "reaction unknown_user",
        "reaction rejected_message"
      ])
        assert.include([...codes], one)
    })
  )

  it.live("have what was left out of them together with a user", () =>
    Effect.gen(function* () {
      const entities = [
        ...base,
        user("bot", { isBot: true }),
        message("1", {
          channelId: "nowhere",
          mentionedUserIds: ["bot", "ada"],
          pinnedAt: time,
          pinnedById: "bot"
        })
      ]
      const noBots = Transform.users("no-bots", ({ isBot }) => isBot !== true, { mentions: "drop" })
      const result = yield* writeThrough({ dialect: "jsonl", unknownChannel: "reject" }, noBots, entities)
      assert.deepStrictEqual(yield* readAll(result), entities.slice(-1))
    })
  )

  it.live("are stored once more in the stage only where their rows do not tell them", () =>
    Effect.gen(function* () {
      const file = { type: "image", url: "https://files.example.com/a.png", name: "a", sizeBytes: 1 }
      const ordinary = [
        message("1", {
          userSnapshot: { name: "Ada" },
          updatedAt: time,
          observedAt: time,
          mentionedUserIds: ["ada lovelace", "ada"],
          attachments: [{ ...file, custom: { sendbird: { width: 1 } } }],
          custom: { sendbird: { data: "{}", sorted_metaarray: [] } }
        }),
        message("2", { parentId: "1", isShownInChannel: true, quotedMessageId: "1", isSilent: true }),
        message("3", { userId: undefined, type: "system" }),
        message("4", { text: undefined, isDeleted: true, updatedAt: time, deletedAt: time }),
        message("5", { text: undefined, isDeleted: true }),
        message("6", {
          pinnedAt: time,
          pinnedById: "ada",
          visibleToUserIds: ["ada"],
          custom: { stream: { mood: "good", seen: { by: [] }, i18n: { en: "x" } } }
        }),
        reaction("1", "👍", { createdAt: time, updatedAt: time, score: 1, custom: { stream: { mood: 1 } } }),
        reaction("1", "like", { score: 3 })
      ]
      const odd = [message("7", { isSilent: false }), reaction("2", "like", { custom: {} })]
      for (const dialect of dialects) {
        const run = yield* makeRun({ dialect })
        const writer = yield* openRun(run)
        yield* writer.write([...base, ...ordinary, ...odd])
        yield* writer.flush
        const database = new DatabaseSync(`${stateOf(run)}/stage.db`, { readOnly: true })
        const rows = database.prepare("SELECT record FROM originals ORDER BY row").all()
        database.close()
        assert.deepStrictEqual(
          rows.map(({ record }) => JSON.parse(String(record)) as unknown),
          odd
        )
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

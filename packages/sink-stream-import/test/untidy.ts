/** Messages and reactions with all values that a stage of import items might not restore. */
import { type Entity, Ids } from "@chatferry/core"
import { EntityGenerator } from "@chatferry/testkit"

export type Fields = Readonly<Record<string, unknown>>
type Choices = Readonly<Record<string, ReadonlyArray<unknown>>>

export const time = "2024-05-01T12:00:00.000Z"
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
  editedById: users,
  reactionCounts: [{}, { like: 3 }],
  textFormat: ["plain", "other"],
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

/** A generator of numbers below a bound, which is deterministic for a seed. */
const below = (seed: number) => {
  let state = seed >>> 0
  return (bound: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
type Below = ReturnType<typeof below>

const pick = <A>(next: Below, from: ReadonlyArray<A>): A => from[next(from.length)] as A

/** Chooses some of the fields: few, so that single fields are tested, or many. */
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

/** A reaction without a channel is dropped instead of rejected if its message does not exist. */
const withChannel = (one: Entity.Entity): Entity.Entity =>
  one._tag === "reaction" ? { ...one, channelId: Ids.ChannelId.make("nowhere") } : one

export const untidy = (seed: number): ReadonlyArray<Entity.Entity> => {
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

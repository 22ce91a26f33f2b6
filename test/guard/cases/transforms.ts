/** Every transform, alone and combined. Each function has a version, so that formatting it changes nothing. */
import { Ids, Transform } from "@chatferry/core"
import { Effect, Redacted } from "effect"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sources from "../sources.ts"

const version = "1"

/** Without the location in the code, which the error of a run contains. */
const thrown = (message: string) => Object.assign(new Error(message), { stack: "" })

/** Selects half of all ids. */
const isOdd = (id: string) => (id.codePointAt(id.length - 1) ?? 0) % 2 === 1

const hashed = Transform.hashIds({ key: Redacted.make("a key that everybody may know") })

/** All user ids of the examples' transforms, and more kinds of changes. */
export const many: ReadonlyArray<Transform.Transform> = [
  Transform.messages("few-messages", (message, { since }) => message.createdAt >= since, {
    version,
    settings: { since: "2024-03-08" }
  }),
  Transform.filter("failed-webhooks", (entity) => entity._tag !== "failed_webhook", { version }),
  Transform.reject(
    "nameless-channels",
    (entity) =>
      entity._tag === "channel" && entity.name === undefined ? "a channel needs a name" : undefined,
    { version }
  ),
  Transform.mapKind(
    "message",
    "shorten",
    (message, { length }) =>
      message.text === undefined || message.text.length <= length
        ? message
        : { ...message, text: Array.from(message.text).slice(0, length).join("") },
    { version, settings: { length: 30 } }
  ),
  Transform.redact({
    user: ["name", "imageUrl", "custom"],
    channel: ["custom"],
    member: ["userSnapshot", "custom"],
    message: ["userSnapshot", "custom", "attachments.custom"]
  }),
  hashed
]

const alone: Readonly<Record<string, ReadonlyArray<Transform.Transform>>> = {
  "everything of the example": many,
  channels: [Transform.channels("half", (channel) => isOdd(channel.id), { version })],
  users: [Transform.users("half", (user) => isOdd(user.id), { version })],
  "users whose messages stay": [
    Transform.users("half", (user) => isOdd(user.id), { version, messages: "keep", mentions: "keep" })
  ],
  "users whose memberships and reactions stay": [
    Transform.users("half", (user) => isOdd(user.id), { version, members: "keep", reactions: "keep" })
  ],
  messages: [Transform.messages("half", (message) => isOdd(message.id), { version })],
  "channels, users and messages": [
    Transform.channels("channels", (channel) => isOdd(channel.id), { version }),
    Transform.users("users", (user) => !isOdd(user.id), { version, messages: "keep" }),
    Transform.messages("messages", (message) => message.type === "regular", { version })
  ],
  "a function of ids": [
    Transform.renameIds(
      {
        user: (id, { prefix }) => `${prefix}-user-${id}`,
        channel: (id, { prefix }) => `${prefix}-${id}`,
        message: (id) => `m${id}`
      },
      { version, settings: { prefix: "new" } }
    )
  ],
  "hashed ids": [hashed],
  "exclusions before new ids": [
    Transform.channels("half", (channel) => isOdd(channel.id), { version }),
    hashed,
    Transform.renameIds({ channel: (id) => `renamed-${id}` }, { version, name: "channels" })
  ],
  redactions: [
    Transform.redact({
      user: ["name", "lastSeenAt"],
      message: ["text", "attachments.url", "mentionedUserIds", "custom.sendbird"]
    })
  ],
  "a change of each entity": [
    Transform.map(
      "mark",
      (entity) => ({ ...entity, custom: { ...entity.custom, guard: { seen: true, kind: entity._tag } } }),
      { version }
    )
  ],
  "a change by an effect": [
    Transform.mapEffect(
      "ask",
      (entity) =>
        Effect.map(Effect.yieldNow, () => (entity._tag === "user" ? { ...entity, language: "en" } : entity)),
      { version, concurrency: 4 }
    )
  ],
  "a batch": [
    Transform.make(
      "batch",
      (records) => {
        const kept = records.filter((record) => record._tag !== "reaction")
        const added = records.flatMap((record) =>
          record._tag === "channel"
            ? [{ _tag: "user" as const, id: Ids.UserId.make(`bot of ${record.id}`), isBot: true }]
            : []
        )
        return Effect.succeed({
          ...Transform.kept([...kept, ...added]),
          dropped: records.flatMap((record) =>
            record._tag === "reaction" ? [{ kind: record._tag, reason: "batch" }] : []
          ),
          synthesised: added.map((record) => ({ kind: record._tag, reason: "bot" }))
        })
      },
      { version }
    )
  ],
  "a function that throws, record by record": [
    Transform.map(
      "throws",
      (entity) => {
        if (entity._tag === "message" && isOdd(entity.id)) throw thrown("odd")
        return entity
      },
      { version, onThrow: "reject" }
    )
  ],
  "a function that throws": [
    Transform.map(
      "throws",
      (entity) => {
        if (entity._tag === "reaction") throw thrown("a reaction")
        return entity
      },
      { version }
    )
  ],
  "two ids that become one": [Transform.renameIds({ user: () => "everybody" }, { version })],
  "everything left out": [Transform.filter("all", () => false, { version })]
}

const inputs: ReadonlyArray<readonly [name: string, input: Inputs.Input]> = [
  [
    "folders",
    Inputs.sendbird({ seed: 71, messages: 400, overlap: 0.1, features: { mentions: 0.3, reactions: 0.4 } })
  ],
  ["tables", Inputs.sendbird({ seed: 72, messages: 250, format: "csv" }, "zips")]
]

const joined = Inputs.entities(() => {
  const time = "2024-03-04T00:00:00Z"
  const user = (id: string, name: string) => ({ _tag: "user", id, name, createdAt: time })
  const message = (id: string, userId: string) => ({
    _tag: "message",
    id,
    channelId: "c",
    userId,
    type: "regular",
    text: id,
    createdAt: time
  })
  return [
    user("ada", "Ada"),
    user("ada-2", "Ada again"),
    user("bob", "Bob"),
    { _tag: "channel", id: "c", form: "group", createdById: "ada-2" },
    message("1", "ada"),
    message("2", "ada-2"),
    message("3", "bob")
  ] as never
})

export const transformCases: ReadonlyArray<Case> = [
  ...inputs.flatMap(([form, input]) =>
    Object.entries(alone).map(([name, transforms]) =>
      ofFiles(`transforms: ${name}, ${form}`, input, { source: Sources.sendbird(), transforms })
    )
  ),
  ofFiles("transforms: a table that joins people", joined, {
    source: Sources.ndjson(),
    transforms: [Transform.renameIds({ user: { "ada-2": "ada", nobody: "somebody" }, channel: { c: "d" } })]
  })
]

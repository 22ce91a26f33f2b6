import { type Entity, Exclusion, Ledger, Transform } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { base, channel, member, message, reaction, user } from "../../../test/entities.ts"
import { property, runs } from "../../../test/runs.ts"
import { dialects, type Result, write } from "./harness.ts"
import { cases, dropped, isOdd, published, shuffled, soup, without, writeThrough } from "./through.ts"

const noSupport = Transform.channels("no-support", ({ type }) => type !== "support")
const noBots = (policy: Partial<Exclusion.UserPolicy> = {}) =>
  Transform.users("no-bots", ({ isBot }) => isBot !== true, policy)

const support: ReadonlyArray<Entity.Entity> = [
  channel("help", { type: "support", createdById: "ada" }),
  member("help", "ada"),
  message("h1", { channelId: "help", userId: "ghost" }),
  reaction("h1", "like", { channelId: "help" }),
  reaction("h1", "wow", { channelId: undefined })
]
const rest: ReadonlyArray<Entity.Entity> = [
  ...base,
  member("general", "ada"),
  message("m1"),
  message("lost", { channelId: "nowhere" }),
  member("nowhere", "ada"),
  reaction("m1", "like"),
  reaction("unknown", "like")
]

/** A reject is the original record, with its references to users. */
const withoutOriginals = (result: Result) => ({
  ...published(result),
  rejected: result.rejected.map(({ original: _original, ...rest }) => rest)
})
/** The same source without some channels, if only the records of a channel decide about it. */
const withoutChannels = (entities: ReadonlyArray<Entity.Entity>, isGone: (id: string) => boolean) => {
  const gone = new Set(
    entities.flatMap((one): Array<string> => (one._tag === "channel" && isGone(one.id) ? [one.id] : []))
  )
  const messages = new Set<string>()
  for (const one of entities) if (one._tag === "message" && gone.has(one.channelId)) messages.add(one.id)
  return entities.filter((one) => {
    if (one._tag === "channel") return !gone.has(one.id)
    if (one._tag === "member" || one._tag === "message") return !gone.has(one.channelId)
    return one._tag !== "reaction" || !(gone.has(one.channelId ?? "") || messages.has(one.messageId))
  })
}

describe("channels that a transform leaves out of a Stream import", () => {
  for (const dialect of dialects) {
    it.live(`are left out only with their records, which are counted as dropped (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* writeThrough({ dialect }, noSupport, [...support, ...rest])
        const lacking = yield* write({ dialect }, rest)
        assert.deepStrictEqual(published(result), published(lacking))
        assert.deepStrictEqual(result.rejected.map(({ code }) => code).toSorted(), [
          "unknown_channel",
          "unknown_channel",
          "unknown_message"
        ])
        assert.deepStrictEqual(dropped(result, "no-support"), { member: 1, message: 1, reaction: 2 })
        assert.deepStrictEqual(without(result.ledger, "no-support"), without(lacking.ledger, ""))
        assert.deepStrictEqual(Ledger.imbalance(result.ledger), [])
      })
    )
  }

  for (const { dialect, index, policy } of cases) {
    it.live.prop(
      `leave the same bytes, rejects and counts as a source without them (${dialect}, policies ${index})`,
      [Schema.Int],
      ([seed]) =>
        Effect.gen(function* () {
          const entities = soup(seed)
          const transform = Transform.channels("odd", ({ id }) => !isOdd(id))
          const expected = yield* write({ dialect, ...policy }, withoutChannels(entities, isOdd))
          const actual = yield* writeThrough({ dialect, ...policy }, transform, entities)
          assert.deepStrictEqual(actual.problems, [])
          assert.deepStrictEqual(published(actual), published(expected))
          assert.deepStrictEqual(without(actual.ledger, "odd"), without(expected.ledger, "odd"))
          const [turn, batch] = [Math.abs(seed) % 97, 1 + (Math.abs(seed) % 200)]
          const again = yield* writeThrough(
            { dialect, ...policy },
            transform,
            shuffled(entities, turn),
            batch
          )
          assert.deepStrictEqual(published(again), published(actual))
          assert.deepStrictEqual(again.ledger, actual.ledger)
        }),
      runs(2, 60)
    )
  }

  it.live("are left out or kept by their newest record, in any order", () =>
    Effect.gen(function* () {
      const older = channel("c", { type: "support", updatedAt: "2024-01-01T00:00:00Z" })
      const newer = channel("c", { type: "team", updatedAt: "2024-01-01T00:00:00.5Z" })
      const oldest = channel("c", { type: "team", updatedAt: "2023-01-01T00:00:00Z" })
      const inside = [...base, message("m", { channelId: "c" })]
      for (const records of [
        [oldest, older, newer, ...inside],
        [...inside, newer, older, oldest]
      ]) {
        const kept = yield* writeThrough({ dialect: "jsonl" }, noSupport, records, 1)
        assert.deepStrictEqual(
          kept.of("message").map(({ id }) => id),
          ["m"]
        )
        const gone = yield* writeThrough(
          { dialect: "jsonl" },
          Transform.channels("only-support", ({ type }) => type === "support"),
          [...records, channel("other", { type: "support" })],
          1
        )
        assert.deepStrictEqual(gone.of("message"), [])
        assert.deepStrictEqual(dropped(gone, "only-support"), { channel: 1, message: 1 })
        assert.deepStrictEqual(gone.rejected, [])
      }
    })
  )

  it.live("get no placeholder, and do not reserve an id that another channel needs", () =>
    Effect.gen(function* () {
      const result = yield* writeThrough({ dialect: "jsonl", unknownChannel: "synthesise" }, noSupport, [
        ...base,
        channel("sendbird_group_channel_7", { type: "support" }),
        channel("sendbird_open_channel_7", { form: "open" }),
        message("s", { channelId: "sendbird_group_channel_7" })
      ])
      assert.deepStrictEqual(
        result.of("channel").map(({ id }) => id),
        ["general", "7"]
      )
    })
  )
})

/** In a source without them, excluded users are unknown. */
const asUnknown = ({ kinds, notes }: Ledger.Ledger): Ledger.Ledger => {
  const { left_out_placeholder: leftOut = 0, placeholder = 0, ...synthesised } = kinds.user.synthesised
  const unknown = leftOut + placeholder
  return {
    notes,
    kinds: {
      ...kinds,
      user: {
        ...kinds.user,
        synthesised: { ...synthesised, ...(unknown > 0 && { placeholder: unknown }) }
      }
    }
  }
}

/** Leaves out users in each record, as a sink without `exclude` receives them. */
/** A ban stays, and needs a creator. */
const withoutMakers = (one: Entity.Entity<"user">, gone: ReadonlySet<string>): Entity.Entity<"user"> => {
  if (one.futureChannelBans === undefined) return one
  const bans = one.futureChannelBans.map((ban) =>
    gone.has(ban.byId) ? Object.assign({}, ban, { byId: "data-migration-admin" }) : ban
  )
  return { ...one, futureChannelBans: bans }
}

const withoutUsers = (
  entities: ReadonlyArray<Entity.Entity>,
  isGone: (id: string) => boolean,
  policy: Exclusion.UserPolicy
) => {
  const gone = new Set(
    entities.flatMap((one): Array<string> => (one._tag === "user" && isGone(one.id) ? [one.id] : []))
  )
  const policyOf = (id: string) => (gone.has(id) ? policy : undefined)
  const isLeftOut = (one: Entity.Entity<"message">) =>
    (policy.messages === "drop" && gone.has(one.userId ?? "")) ||
    (policy.mentions === "drop" &&
      (one.visibleToUserIds?.length ?? 0) > 0 &&
      one.visibleToUserIds?.every((id) => gone.has(id)) === true)
  const byId = new Map<string, boolean>()
  for (const one of entities)
    if (one._tag === "message") byId.set(one.id, (byId.get(one.id) ?? true) && isLeftOut(one))
  return entities
    .filter((one) => {
      if (one._tag === "user") return !gone.has(one.id)
      if (one._tag === "member") return policy.members === "keep" || !gone.has(one.userId)
      if (one._tag === "message") return !isLeftOut(one)
      if (one._tag !== "reaction") return true
      return !((policy.reactions === "drop" && gone.has(one.userId)) || byId.get(one.messageId) === true)
    })
    .map((one) => Exclusion.withoutReferences(one, policyOf))
    .map((one) => (one._tag === "user" ? withoutMakers(one, gone) : one))
}

const bot = user("bot", { isBot: true, devices: [{ id: "d", provider: "apn" }] })
const withBot: ReadonlyArray<Entity.Entity> = [
  user("ada", { blockedUserIds: ["bot"], mutedUserIds: ["bot", "ada"] }),
  bot,
  channel("general", { createdById: "bot", bannedUserIds: ["bot"] }),
  member("general", "ada"),
  member("general", "bot", { role: "moderator" }),
  message("of-bot", { userId: "bot" }),
  message("to-bot", { mentionedUserIds: ["bot", "ada"] }),
  message("for-bot", { visibleToUserIds: ["bot"] }),
  message("for-both", { visibleToUserIds: ["bot", "ada"] }),
  message("pinned", { pinnedAt: "2024-02-01T00:00:00Z", pinnedById: "bot" }),
  message("reply", { parentId: "of-bot" }),
  reaction("of-bot", "like", { channelId: undefined }),
  reaction("to-bot", "like", { userId: "bot" }),
  reaction("to-bot", "wow")
]

describe("users whom a transform leaves out of a Stream import", () => {
  for (const dialect of dialects) {
    it.live(`are left out completely by default (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* writeThrough({ dialect }, noBots(), withBot)
        assert.deepStrictEqual(result.problems, [])
        assert.notInclude(result.file.replaceAll(/"(?:of|to|for)-bot"/gu, ""), '"bot"')
        assert.deepStrictEqual(dropped(result, "no-bots"), { member: 1, message: 2, reaction: 2 })
        assert.deepStrictEqual(
          result.of("user").map(({ id }) => id),
          ["ada", "data-migration-admin"]
        )
        assert.sameMembers(
          result.of("message").map(({ id }) => id),
          ["for-both", "pinned", "reply", "to-bot"]
        )
        assert.deepStrictEqual(result.rejected, [])
      })
    )

    it.live(
      `become placeholders for records that the policy keeps, even if unknown users are rejected (${dialect})`,
      () =>
        Effect.gen(function* () {
          for (const what of ["messages", "reactions", "members", "mentions"] as const) {
            for (const missingUser of ["placeholder", "reject"] as const) {
              const result = yield* writeThrough(
                { dialect, missingUser },
                noBots({ [what]: "keep" }),
                withBot
              )
              assert.deepStrictEqual(result.problems, [], what)
              assert.deepStrictEqual(result.rejected, [], what)
              assert.deepStrictEqual(
                result.of("user").map(({ id }) => id),
                ["ada", "bot", "data-migration-admin"],
                what
              )
              assert.deepStrictEqual(result.ledger.kinds.user.synthesised, {
                admin: 1,
                left_out_placeholder: 1
              })
            }
          }
        })
    )
  }

  for (const { dialect, index, policy } of cases) {
    for (const keep of ["nothing", "messages", "reactions", "members", "mentions"] as const) {
      it.live(
        `leave the same output as a source without them (${dialect}, policies ${index}, keeping ${keep})`,
        () =>
          Effect.gen(function* () {
            const entities = soup(11 + index)
            const whole = { ...Exclusion.dropAll, ...(keep === "nothing" ? {} : { [keep]: "keep" as const }) }
            const transform = Transform.users("odd", ({ id }) => !isOdd(id), whole)
            const actual = yield* writeThrough({ dialect, ...policy }, transform, entities)
            assert.deepStrictEqual(actual.problems, [])
            assert.deepStrictEqual(Ledger.imbalance(actual.ledger), [])
            const again = yield* writeThrough({ dialect, ...policy }, transform, shuffled(entities, 3), 7)
            assert.deepStrictEqual(published(again), published(actual))
            assert.deepStrictEqual(again.ledger, actual.ledger)
            // With other policies, a kept reference is one to an unknown user, and with sets of members, members matter.
            if (index !== 0) return
            const expected = yield* write({ dialect, ...policy }, withoutUsers(entities, isOdd, whole))
            assert.deepStrictEqual(withoutOriginals(actual), withoutOriginals(expected))
            const { left_out_placeholder: leftOut = 0 } = actual.ledger.kinds.user.synthesised
            assert.strictEqual(leftOut > 0, keep !== "nothing")
            assert.deepStrictEqual(without(asUnknown(actual.ledger), "odd"), without(expected.ledger, "odd"))
          }),
        property
      )
    }
  }

  it.live("turn a channel that is identified by its members into one with an id", () =>
    Effect.gen(function* () {
      for (const fields of [{ distinctMemberIds: ["ada", "bot"] }, {}]) {
        const entities = [
          user("ada"),
          bot,
          channel("pair", { isDistinct: true, ...fields }),
          member("pair", "ada"),
          member("pair", "bot")
        ]
        const config = { dialect: "jsonl", distinctChannels: "member_ids" } as const
        const left = yield* writeThrough(config, noBots(), entities)
        assert.deepStrictEqual(
          left.of("channel").map(({ id, member_ids }) => [id, member_ids]),
          [["pair", undefined]]
        )
        const kept = yield* writeThrough(config, noBots({ members: "keep" }), entities)
        assert.deepStrictEqual(
          kept.of("channel").map(({ id, member_ids }) => [id, member_ids]),
          [[undefined, ["ada", "bot"]]]
        )
      }
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { base, channel, member, user } from "../../../test/entities.ts"
import { type Config, dialects, write } from "./harness.ts"
import { byId, type Items } from "./policyTable.ts"

const OLD = "2023-01-01T00:00:00Z"
const NEW = "2024-01-01T00:00:00Z"

const muted = (channelId: string, userId: string, fields: object = {}) =>
  member(channelId, userId, { isChannelMuted: true, ...fields })

describe("channels that a member has muted", () => {
  const of = (entities: Items, userId: string, config: Partial<Config> = {}) =>
    Effect.forEach(dialects, (dialect) =>
      Effect.map(write({ dialect, ...config }, [...base, ...entities]), (result) => {
        assert.deepStrictEqual(result.problems, [])
        return byId(result, "user", userId)
      })
    )
  const cases: ReadonlyArray<{
    readonly name: string
    readonly entities: Items
    readonly user: string
    readonly mutes: ReadonlyArray<string> | undefined
  }> = [
    {
      name: "are muted by the user, together with the user's own list",
      entities: [
        channel("hall", { createdById: "ada" }),
        user("bob", { mutedChannelIds: ["hall"] }),
        muted("general", "bob"),
        member("hall", "bob")
      ],
      user: "bob",
      mutes: ["messaging:hall", "messaging:general"]
    },
    {
      name: "are muted by a user whom the source does not give",
      entities: [muted("general", "cleo")],
      user: "cleo",
      mutes: ["messaging:general"]
    },
    {
      name: "are not muted if a newer record says so",
      entities: [
        user("bob"),
        muted("general", "bob", { updatedAt: OLD }),
        member("general", "bob", { isChannelMuted: false, updatedAt: NEW })
      ],
      user: "bob",
      mutes: undefined
    },
    {
      name: "stay muted if a newer record says nothing",
      entities: [
        user("bob"),
        muted("general", "bob", { updatedAt: OLD }),
        member("general", "bob", { updatedAt: NEW })
      ],
      user: "bob",
      mutes: ["messaging:general"]
    },
    {
      name: "are not muted by a member who has left",
      entities: [
        user("bob"),
        muted("general", "bob", { updatedAt: OLD }),
        member("general", "bob", { removedAt: NEW })
      ],
      user: "bob",
      mutes: undefined
    },
    {
      name: "are not muted if the channel does not exist",
      entities: [user("bob"), muted("nowhere", "bob")],
      user: "bob",
      mutes: undefined
    }
  ]

  it.live.each(cases)("$name", ({ entities, mutes, user: id }) =>
    Effect.gen(function* () {
      for (const item of yield* of(entities, id)) assert.deepStrictEqual(item["channel_mutes"], mutes)
    })
  )

  it.live("are kept as custom data of the user if the channel has no id", () =>
    Effect.gen(function* () {
      const entities = [
        channel("pair", { createdById: "ada", isDistinct: true }),
        user("bob"),
        member("pair", "ada"),
        muted("pair", "bob")
      ]
      for (const item of yield* of(entities, "bob", { distinctChannels: "member_ids" }))
        assert.deepStrictEqual(item["chatferry"], { muted_channel_ids: ["pair"] })
    })
  )
})

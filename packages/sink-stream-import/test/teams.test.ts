import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { channel, member, user } from "../../../test/entities.ts"
import { type Config, dialects, type Result, write } from "./harness.ts"
import { byId, type Items, only } from "./policyTable.ts"

const entities = [
  user("ada", { teams: ["red"] }),
  user("bob", { teams: ["blue"] }),
  channel("general", { createdById: "ada", team: "red", isDistinct: true }),
  ...["ada", "bob", "cleo"].map((id) => member("general", id))
]
const apart = [
  ...entities,
  channel("lobby", { createdById: "ada", isDistinct: true }),
  ...["ada", "cleo"].map((id) => member("lobby", id))
]

const members = (result: Result, channelId = "general") =>
  result.of("member").flatMap((item) => (item["channel_id"] === channelId ? [item["user_id"]] : []))

describe("teams", () => {
  for (const dialect of dialects) {
    const writeTeams = (of: Items, config: Partial<Config> = {}) =>
      Effect.map(write({ dialect, ...config }, of), (result) => {
        assert.deepStrictEqual(result.problems, [])
        return result
      })

    it.live(`keep out who is not in them (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* writeTeams(entities, { distinctChannels: "member_ids" })
        assert.deepStrictEqual(members(result), ["ada"])
        assert.deepStrictEqual(result.ledger.kinds.member.rejected, { team_mismatch: 2 })
        assert.strictEqual(only(result, "channel")["id"], "general")
      })
    )

    it.live(`keep their people out of channels that are in none (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* writeTeams(apart, { distinctChannels: "member_ids" })
        assert.deepStrictEqual(members(result, "lobby"), ["cleo"])
        assert.deepStrictEqual(result.ledger.kinds.member.rejected, {
          channel_without_team: 1,
          team_mismatch: 2
        })
        assert.strictEqual(byId(result, "channel", "lobby")["member_ids"], undefined)
      })
    )

    it.live(
      `get whom they lack when asked, which keeps those out of channels that are in none (${dialect})`,
      () =>
        Effect.gen(function* () {
          const result = yield* writeTeams(apart, { teamMismatch: "add" })
          assert.deepStrictEqual(members(result), ["ada", "bob", "cleo"])
          assert.deepStrictEqual(members(result, "lobby"), [])
          assert.deepStrictEqual(byId(result, "user", "bob")["teams"], ["blue", "red"])
          assert.deepStrictEqual(byId(result, "user", "cleo")["teams"], ["red"])
          assert.strictEqual(result.ledger.notes["team_added"], 2)
          assert.deepStrictEqual(result.ledger.kinds.member.rejected, { channel_without_team: 2 })
        })
    )

    it.live(`are not looked at when asked (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* writeTeams(apart, { teamMismatch: "keep" })
        assert.deepStrictEqual(members(result), ["ada", "bob", "cleo"])
        assert.deepStrictEqual(members(result, "lobby"), ["ada", "cleo"])
      })
    )
  }
})

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

    it.live(`reject members who are not in them (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* writeTeams(entities, { distinctChannels: "member_ids" })
        assert.deepStrictEqual(members(result), ["ada"])
        assert.deepStrictEqual(result.ledger.kinds.member.rejected, { team_mismatch: 2 })
        assert.strictEqual(only(result, "channel")["id"], "general")
      })
    )

    it.live(`reject their users in channels without a team (${dialect})`, () =>
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
      `are added to members if teamMismatch is add, who are rejected in channels without a team (${dialect})`,
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

    it.live(`are not checked if teamMismatch is keep (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* writeTeams(apart, { teamMismatch: "keep" })
        assert.deepStrictEqual(members(result), ["ada", "bob", "cleo"])
        assert.deepStrictEqual(members(result, "lobby"), ["ada", "cleo"])
      })
    )
  }
})

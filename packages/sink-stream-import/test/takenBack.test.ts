import { assert, describe } from "@effect/vitest"
import { base, channel, member, message, user } from "../../../test/entities.ts"
import type { Result } from "./harness.ts"
import { byId, only, table } from "./policyTable.ts"

const [EARLY, THEN, LATER] = ["2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z"]

describe("a value that a newer record removes", () => {
  table([
    {
      name: "is gone: for empty lists, and for the time of a flag that is off",
      entities: [
        user("bob"),
        user("ada", {
          updatedAt: EARLY,
          isDeactivated: true,
          deactivatedAt: EARLY,
          teams: ["red"],
          mutedUserIds: ["bob"],
          blockedUserIds: ["bob"]
        }),
        user("ada", {
          updatedAt: LATER,
          isDeactivated: false,
          teams: [],
          mutedUserIds: [],
          blockedUserIds: []
        })
      ],
      expect: (result) => {
        const ada = byId(result, "user", "ada")
        for (const name of ["deactivated_at", "teams", "user_mutes", "blocked_user_ids"])
          assert.notProperty(ada, name)
      }
    },
    {
      name: "stays if the newer record only lacks it, which is counted",
      entities: [
        ...base,
        user("zoe", { updatedAt: EARLY, deletedAt: EARLY }),
        user("zoe", { updatedAt: LATER }),
        member("general", "ada", { updatedAt: EARLY, custom: { source: { level: 3 } } }),
        member("general", "ada", { updatedAt: LATER, custom: { source: {} } })
      ],
      expect: (result) => {
        assert.strictEqual(byId(result, "user", "zoe")["deleted_at"], EARLY)
        assert.strictEqual(result.ledger.notes["filled_from_older.user"], 1)
        assert.strictEqual(result.ledger.notes["filled_from_older.member"], 1)
      }
    },
    {
      name: "is not counted if the newer record lacks nothing",
      entities: [...base, user("zoe", { updatedAt: EARLY }), user("zoe", { updatedAt: LATER, name: "Zoe" })],
      expect: (result) => assert.notProperty(result.ledger.notes, "filled_from_older.user")
    },
    {
      name: "may be the deletion of a channel that was created again, whose messages were deleted with it",
      entities: [
        user("ada"),
        channel("general", { createdById: "ada", createdAt: EARLY, updatedAt: THEN, deletedAt: THEN }),
        channel("general", { createdById: "ada", createdAt: LATER, updatedAt: LATER })
      ],
      expect: (result) => {
        const general = only(result, "channel")
        assert.notProperty(general, "disabled")
        assert.strictEqual(general["created_at"], LATER)
        assert.strictEqual(general["truncated_at"], THEN)
        assert.notProperty(result.ledger.notes, "deleted_channel_disabled")
      }
    },
    ...[
      { name: "may be the deletion of a message before the last change", updatedAt: LATER, type: "regular" },
      { name: "is not the deletion of a message at the same time", updatedAt: THEN, type: "deleted" },
      { name: "is not the deletion of a message after the change", updatedAt: EARLY, type: "deleted" }
    ].map(({ name, type, updatedAt }) => ({
      name,
      entities: [
        ...base,
        message("1", { updatedAt: EARLY, isDeleted: true, deletedAt: THEN }),
        message("1", { updatedAt, text: "again" })
      ],
      expect: (result: Result) => assert.strictEqual(only(result, "message")["type"], type)
    }))
  ])
})

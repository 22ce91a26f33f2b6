// Switches that an app acted on and that the model lacks are kept, and counted as changed.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { textMessage } from "./exportFiles.ts"
import { readFiles } from "./reading.ts"

const channels = (fields: object) => ({ group_channels: [{ channel_url: "c", ...fields }] })
const members = (fields: object) => channels({ members: [{ user_id: "u", ...fields }] })
const users = (fields: object) => ({ active_users: [{ user_id: "u", ...fields }] })
const messages = (fields: object) => ({ messages: [{ ...textMessage, ...fields }] })

describe("a switch that the model does not have", () => {
  it.live.each<{ file: object; code: string; kept: object }>([
    { file: channels({ is_broadcast: true }), code: "channel.is_broadcast", kept: { is_broadcast: true } },
    { file: channels({ is_exclusive: "true" }), code: "channel.is_exclusive", kept: { is_exclusive: true } },
    { file: channels({ is_ephemeral: 1 }), code: "channel.is_ephemeral", kept: { is_ephemeral: true } },
    {
      file: channels({ is_access_code_required: true }),
      code: "channel.is_access_code_required",
      kept: { is_access_code_required: true }
    },
    {
      file: channels({ message_survival_seconds: 60 }),
      code: "channel.message_survival_seconds",
      kept: { message_survival_seconds: 60 }
    },
    {
      file: channels({
        disappearing_message: { message_survival_seconds: 60, is_triggered_by_message_read: true }
      }),
      code: "channel.disappearing_message",
      kept: { disappearing_message: { message_survival_seconds: 60, is_triggered_by_message_read: true } }
    },
    {
      file: members({ is_muted: true, muted_end_at: 1736855618000 }),
      code: "member.muted_end_at",
      kept: { muted_end_at: 1736855618000 }
    },
    {
      file: members({ hidden_state: "hidden_prevent_auto_unhide" }),
      code: "member.hidden_state",
      kept: { hidden_state: "hidden_prevent_auto_unhide" }
    },
    {
      file: members({ do_not_disturb: true }),
      code: "member.do_not_disturb",
      kept: { do_not_disturb: true }
    },
    {
      file: members({ restriction_info: { restriction_type: "banned", end_at: 1 } }),
      code: "member.restriction_info",
      kept: { restriction_info: { restriction_type: "banned", end_at: 1 } }
    },
    {
      file: users({ is_shadow_blocked: true }),
      code: "user.is_shadow_blocked",
      kept: { is_shadow_blocked: true }
    },
    { file: users({ do_not_disturb: true }), code: "user.do_not_disturb", kept: { do_not_disturb: true } },
    {
      file: messages({ message_survival_seconds: 60 }),
      code: "message.message_survival_seconds",
      kept: { message_survival_seconds: 60 }
    }
  ])("is kept and counted when it is on: $code", ({ code, file, kept }) =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({ "f.json": file })
      assert.deepStrictEqual<unknown>(records.at(-1)?.custom, { sendbird: kept })
      assert.strictEqual(notes[`switch_kept.${code}`], 1)
    })
  )

  it.live.each([
    channels({
      is_broadcast: false,
      is_exclusive: false,
      is_ephemeral: false,
      is_access_code_required: null,
      message_survival_seconds: -1,
      disappearing_message: { message_survival_seconds: -1, is_triggered_by_message_read: false }
    }),
    members({ is_muted: true, muted_end_at: -1, hidden_state: "unhidden", do_not_disturb: false }),
    users({ is_shadow_blocked: false }),
    messages({ message_survival_seconds: -1 })
  ])("is not counted when it is off: %j", (file) =>
    Effect.gen(function* () {
      const { notes } = yield* readFiles({ "f.json": file })
      assert.deepStrictEqual(
        Object.keys(notes).filter((code) => code.startsWith("switch_kept")),
        []
      )
    })
  )
})

describe("a setting of one user for a channel", () => {
  it.live.each<{ field: string; value: unknown; usual: unknown }>([
    { field: "hidden_state", value: "hidden_allow_auto_unhide", usual: "unhidden" },
    { field: "is_hidden", value: true, usual: false },
    { field: "is_muted", value: "muted", usual: "unmuted" },
    { field: "my_muted_state", value: "muted", usual: "unmuted" },
    { field: "is_push_enabled", value: false, usual: true },
    { field: "push_trigger_option", value: "off", usual: "default" },
    { field: "my_push_trigger_option", value: "mention_only", usual: "all" }
  ])("is not a state of the channel, and is counted as lost: $field", ({ field, usual, value }) =>
    Effect.gen(function* () {
      const set = yield* readFiles({ "f.json": channels({ [field]: value }) })
      assert.isUndefined(set.records[0]?.custom)
      assert.strictEqual(set.notes[`viewer_state.${field}`], 1)
      const unset = yield* readFiles({ "f.json": channels({ [field]: usual }) })
      assert.deepStrictEqual(unset.notes, {})
    })
  )
})

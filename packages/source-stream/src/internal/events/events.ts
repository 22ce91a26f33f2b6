// Applies Stream's events: all types of its clients (stream-chat 9.53) and of its webhooks (node-sdk 0.7.64).
import { ArchiveReader } from "@chatferry/connector"
import { Consequence } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { passOver } from "../reading/ignored.ts"
import { type Context, contextOf, separate, stream } from "../records/context.ts"
import type { RawObject } from "../records/raw.ts"
import * as FurtherChanges from "./furtherChanges.ts"
import * as Parts from "./parts.ts"

/** True if the type identifies an event. */
export const isEvent = (raw: RawObject): boolean =>
  typeof raw["type"] === "string" && roleOf(raw["type"], raw) !== undefined

/** True if an event gives records. */
export const changes = (raw: RawObject): boolean =>
  typeof raw["type"] === "string" && APPLIED.has(raw["type"])

/** Applies an event, or counts or rejects it by its type. */
export const event = (raw: RawObject, context: Context): void => {
  const type = raw["type"] as string
  const { out } = context
  separate(context)
  switch (roleOf(type, raw)) {
    case "applied":
    case "not applied":
      fields.read(raw, context)
      Parts.nestedRecords(raw, context)
      if (APPLIED.get(type)?.(raw, context) !== true)
        out.note(Consequence.codeOf(declared.eventNotApplied, type))
      else if (FurtherChanges.has(type, raw)) out.note(Consequence.codeOf(declared.eventAppliedInPart, type))
      break
    case "passed over":
      out.note(Consequence.codeOf(declared.eventPassedOver, type))
      break
    default: {
      const problem = `an event of the type ${ArchiveReader.shownName(type)} is not known`
      out.reject("unknown", declared.unknownEvent.code, problem, raw, "", contextOf(context, "any"))
    }
  }
  separate(context)
}

// internal

const at =
  (field: string) =>
  (of: RawObject): RawObject => ({ [field]: of["created_at"] })

const APPLIED: ReadonlyMap<string, Parts.Apply> = new Map<string, Parts.Apply>([
  ["message.new", Parts.applyMessage],
  ["message.updated", Parts.applyMessage],
  ["message.undeleted", Parts.applyMessage],
  ["message.unblocked", Parts.applyMessage],
  ["message.flagged", Parts.applyMessage],
  ["message.deleted", Parts.applyDeletedMessage],
  ["message.read", Parts.applyRead],
  ["message.delivered", Parts.applyDelivered],
  ["notification.message_new", Parts.applyMessage],
  ["notification.thread_message_new", Parts.applyMessage],
  ["notification.mark_read", Parts.applyRead],
  ["reaction.new", Parts.applyReaction],
  ["reaction.updated", Parts.applyReaction],
  ["reaction.deleted", Parts.applyRemovedReaction],
  ["member.added", Parts.applyMember],
  ["member.updated", Parts.applyMember],
  ["member.removed", Parts.applyRemovedMember],
  ["notification.added_to_channel", Parts.applyMember],
  ["notification.invited", Parts.applyMember],
  ["notification.invite_accepted", Parts.applyMember],
  ["notification.invite_rejected", Parts.applyMember],
  ["notification.removed_from_channel", Parts.applyRemovedMember],
  ["channel.kicked", Parts.applyRemovedMember],
  ["channel.created", Parts.applyChannel()],
  ["channel.updated", Parts.applyChannel()],
  ["channel.deleted", Parts.applyChannel(at("deleted_at"))],
  ["channel.truncated", Parts.applyChannel(at("truncated_at"))],
  ["channel.frozen", Parts.applyChannel(() => ({ frozen: true }))],
  ["channel.unfrozen", Parts.applyChannel(() => ({ frozen: false }))],
  ["notification.channel_deleted", Parts.applyChannel(at("deleted_at"))],
  ["notification.channel_truncated", Parts.applyChannel(at("truncated_at"))],
  ["channel.hidden", Parts.applyHidden(true)],
  ["channel.visible", Parts.applyHidden(false)],
  ["channel.muted", Parts.applyChannelMute],
  ["user.updated", Parts.applyUser()],
  ["user.deleted", Parts.applyUser(at("deleted_at"))],
  ["user.deactivated", Parts.applyUser(at("deactivated_at"))],
  ["user.reactivated", Parts.applyUser(() => ({ deactivated_at: null }))],
  ["notification.mutes_updated", Parts.applyUser()],
  ["notification.channel_mutes_updated", Parts.applyUser()],
  ["user.banned", Parts.applyBan],
  ["user.muted", Parts.applyMute]
])

const words = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/u)
const names = (text: string): ReadonlySet<string> => new Set(words(text))

/** Their changes have no record: an entry is removed from a list, or the model lacks the changed thing. */
const NOT_APPLIED = names(`
  channel.unmuted draft.deleted draft.updated notification.mark_unread poll.closed poll.deleted poll.updated
  poll.vote_casted poll.vote_changed poll.vote_removed reminder.created reminder.deleted reminder.updated thread.updated
  user.messages.deleted user.unbanned user.unmuted user_group.created user_group.deleted user_group.member_added
  user_group.member_removed user_group.updated`)

/** They report temporary states, local actions of a client, or actions of moderators and tasks. */
const PASSED_OVER = names(`
  ai_indicator.clear ai_indicator.stop ai_indicator.update appeal.accepted appeal.created appeal.rejected
  campaign.completed campaign.started capabilities.changed channel.max_streak_changed channel_batch_update.completed
  channel_batch_update.started channels.queried connection.changed connection.recovered flag.updated health.check
  live_location_sharing.started live_location_sharing.stopped message.pending message.read_locally
  moderation.analysis.failed moderation.custom_action moderation.flagged moderation.image_analysis.complete
  moderation.mark_reviewed moderation.text_analysis.complete moderation_check.completed moderation_rule.triggered
  notification.reminder_due offline_reactions.queried review_queue_item.new review_queue_item.updated transport.changed
  typing.start typing.stop user.flagged user.presence.changed user.unread_message_reminder user.watching.start
  user.watching.stop`)

/** Events of Stream's other products, and of exports. */
const OTHERS = /^(?:call|feeds|ingress|export)\.[\w.]+$/u

const roleOfType = (type: string): "applied" | "not applied" | "passed over" | undefined => {
  if (APPLIED.has(type)) return "applied"
  if (NOT_APPLIED.has(type)) return "not applied"
  return PASSED_OVER.has(type) || OTHERS.test(type) ? "passed over" : undefined
}

const DOTTED = /^[a-z][a-z_\d]*(?:\.[a-z_\d]+)+$/u

const roleOf = (
  type: string,
  raw: RawObject
): "applied" | "not applied" | "passed over" | "unknown" | undefined => {
  // A reaction can have any type.
  const isReaction = raw["message_id"] !== undefined && raw["updated_at"] !== undefined
  if (type.includes(".")) {
    const known = roleOfType(type)
    return known ?? (DOTTED.test(type) && !isReaction ? "unknown" : undefined)
  }
  // A custom event of an app can have any type.
  const isSent =
    raw["created_at"] !== undefined && raw["cid"] !== undefined && raw["channel_id"] !== undefined
  return isSent && raw["id"] === undefined && !isReaction ? "unknown" : undefined
}

/** The fields of an event besides its records. */
const fields = stream.part<object>("event").table(
  {},
  {
    elsewhere: words(`
      channel channel_custom channel_id channel_type cid clear_history created_at created_by delete_conversation
      delete_conversation_channels delete_messages delete_user deleted_for_me expiration hard_delete last_delivered_at
      last_delivered_message_id last_read_message_id mark_messages_deleted me member members message message_id mute
      mutes reaction shadow target_user target_users team thread thread_participants type user user_id`),
    dropped: words(`
      ban_duration channel_last_message_at channel_member_count channel_message_count connection_id
      details draft first_unread_message_id
      flag grouped_unread_channels last_read_at live_location message_update online
      own_capabilities parent_author parent_id poll poll_vote reason received_at reminder review_queue_item_id
      thread_id total_bans total_flags total_unread_count unread_channels unread_count unread_messages
      unread_thread_messages unread_threads watcher_count`),
    secrets: ["request_info"],
    unknown: (x, of) => {
      for (const name of of) passOver(name, x.raw[name], x.context)
    }
  }
)

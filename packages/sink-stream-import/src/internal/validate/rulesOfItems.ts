import { rule } from "./rule.ts"

/** Rules about fields that depend on each other or on the app. */
export const ofItems = {
  channel_identity_both: rule({
    severity: "error",
    problem: "the channel has both an id and member_ids",
    server: "Validation error: either channel.id or channel.member_ids should be provided, but not both",
    hint: "Keep the id, or member_ids for a channel that is defined by its members."
  }),
  channel_identity_missing: rule({
    severity: "error",
    problem: "the channel has neither an id nor member_ids",
    server: "Validation error: channel.id or channel.member_ids required, but not both",
    hint: "Give an id, or member_ids for a channel that is defined by its members."
  }),
  channel_id_distinct: rule({
    severity: "error",
    problem: "{type}.{field} is an id that Stream computed from members",
    server: 'validation error: {type}.{field} invalid ("^[\\w-]*$" allowed)',
    hint: "Give the members instead: member_ids in the channel, channel_member_ids elsewhere."
  }),
  channel_reference_both: rule({
    severity: "error",
    problem: "the {type} identifies its channel by id and by members",
    server: "validation error: either {type}.channel_id or {type}.channel_member_ids required",
    hint: "Keep the one that the channel itself has."
  }),
  channel_reference_missing: rule({
    severity: "error",
    problem: "the {type} does not say which channel it is in",
    server: "validation error: either {type}.channel_id or {type}.channel_member_ids required",
    hint: "Give channel_id, or channel_member_ids for a channel that is defined by its members."
  }),
  invite_date_without_invite: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "member.{field} is set, but the member is not invited",
    hint: "Set invited to true, or leave the time out."
  }),
  reply_without_parent: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "the message has the type reply, but no parent_id",
    server: 'Validation error: "parent_id" required',
    hint: "Give parent_id, or make it a regular message."
  }),
  parent_without_reply_type: rule({
    severity: "warning",
    dialect: "jsonl",
    problem: "the message has a parent, but not the type reply",
    hint: 'Set the type to "reply".'
  }),
  show_in_channel_without_parent: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "show_in_channel is set, but the message is not a reply",
    hint: "Leave show_in_channel out, even when it is false."
  }),
  deleted_without_time: rule({
    severity: "error",
    problem: "the message is deleted, but has no deleted_at",
    server: 'validation error: message.type "deleted" while message.deleted_at is null',
    hint: "Give deleted_at."
  }),
  deleted_time_without_type: rule({
    severity: "error",
    problem: "the message has deleted_at, but not the type deleted",
    server: 'validation error: message.deleted_at while message.type is "{value}"',
    hint: 'Set the type to "deleted", or leave deleted_at out.'
  }),
  pin_incomplete: rule({
    severity: "error",
    problem: "only one of pinned_at and pinned_by_id is set",
    server: "validation error: message.pinned_at while pinned_by_id is null",
    hint: "Give both, or neither."
  }),
  pin_expires_without_pin: rule({
    severity: "error",
    problem: "pin_expires is set, but the message is not pinned",
    server: "validation error: message.pin_expires while pinned_at/pinned_by_id is null",
    hint: "Give pinned_at and pinned_by_id, or leave pin_expires out."
  }),
  role_unknown: rule({
    severity: "error",
    problem: "{type}.{field} is a role that the app does not have",
    server: 'reference error: user.role "{value}" doesn\'t exist',
    hint: "Create the role in the app first, or use another."
  }),
  channel_role_of_users: rule({
    severity: "error",
    problem: "member.{field} is a role of users, not of members",
    hint: "Use channel_member, channel_moderator or a channel role of the app."
  }),
  channel_type_unknown: rule({
    severity: "error",
    problem: "{type}.{field} is a channel type that the app does not have",
    server: 'reference error: channel.type "{value}" doesn\'t exist',
    hint: "Create the channel type in the app first, or use another."
  }),
  app_setting_unchecked: rule({
    severity: "warning",
    problem: "{type}.{field} is not built into Stream, and the app's settings were not given",
    hint: "Make sure that the app has it, or give the app's settings to this check."
  })
} as const

/** Rules about references between items. */
export const ofReferences = {
  user_unknown: rule({
    severity: "error",
    problem: "{type}.{field} refers to a user who is not in the file",
    server:
      'Validation error: {field} user "{key}" doesn\'t exist ({type} "{owner}"). please include all users as separate user entries',
    hint: "Write an item for each user."
  }),
  channel_unknown: rule({
    severity: "error",
    problem: "the {type} is in a channel that is not in the file",
    server: 'reference error: channel "{key}" doesn\'t exist',
    hint: "Write an item for the channel, with the same type and the same id or members."
  }),
  muted_user_unknown: rule({
    severity: "error",
    problem: "the user mutes a user who is not in the file",
    server: 'reference error: muted user "{key}" by user "{owner}" doesn\'t exist',
    hint: "Leave that user out of user_mutes, or write an item for that user."
  }),
  muted_channel_unknown: rule({
    severity: "error",
    problem: "the user mutes a channel that is not in the file",
    server: 'reference error: muted channel "{key}" by user "{owner}" doesn\'t exist',
    hint: "Leave it out of channel_mutes, or write an item for the channel."
  }),
  message_unknown: rule({
    severity: "error",
    problem: "the reaction is to a message that is not in the file",
    server: 'reference error: message_id "{key}" doesn\'t exist',
    hint: "Write an item for the message, or leave the reaction out."
  }),
  parent_unknown: rule({
    severity: "error",
    problem: "the message is a reply to a message that is not in the file",
    server: 'reference error: message parent_id "{key}" doesn\'t exist',
    hint: "Write an item for the parent, or leave parent_id out."
  }),
  parent_is_reply: rule({
    severity: "error",
    problem: "the message is a reply to a reply",
    server: "reference error: only one level thread is supported",
    hint: "Use the parent of that reply as parent_id."
  }),
  parent_in_other_channel: rule({
    severity: "error",
    problem: "the message is a reply to a message in another channel",
    hint: "Leave parent_id out, or quote the other message."
  }),
  quoted_message_unknown: rule({
    severity: "warning",
    problem: "the message quotes a message that is not in the file",
    hint: "Leave quoted_message_id out: Stream's validator did not check it, and no quote would be shown."
  }),
  reference_assumed: rule({
    severity: "warning",
    dialect: "jsonl",
    problem: "{type}.{field} refers to an object that is not in the file, so it must already be in the app",
    hint: "Make sure that the app has it."
  }),
  member_not_in_set: rule({
    severity: "error",
    problem: "the member is not among the members that define the channel",
    server:
      'reference error: user "{key}" specified as channel member but not present in channel_members_ids',
    hint: "Give the channel an id, or list the same members everywhere."
  }),
  members_missing: rule({
    severity: "error",
    problem: "{count} of the members that define the channel have no member item",
    server:
      "validation error: distinct channel is missing members: {key}. Please include all members as separate member entries",
    hint: "Write a member item for each id in member_ids."
  }),
  team_mismatch: rule({
    severity: "error",
    problem: "the user and the channel have no team in common, although one of them is in a team",
    server: 'reference error: user "{key}" cannot be a member of channel {owner} with team "{value}"',
    hint: "Add the channel's team to the user, give the user's team to a channel without one, or set app.teams to false if the app has no teams."
  })
} as const

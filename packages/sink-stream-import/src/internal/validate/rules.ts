/** How sure it is that Stream refuses the file: an error is documented, a warning is what only some source says. */
export type Severity = "error" | "warning"

export interface Rule {
  readonly severity: Severity
  /** What is wrong, with `{names}` that a finding fills in. */
  readonly problem: string
  /** The words of Stream's server, or of the validator it had, where they are known. */
  readonly server?: string
  /** How to mend it. */
  readonly hint: string
  /** The dialect it holds in, when it does not hold in both. */
  readonly dialect?: "jsonl" | "json-array"
}

const rule = <const R extends Rule>(one: R): R => one

const file = {
  file_empty: rule({
    severity: "error",
    problem: "the file has no items",
    server: "Parse error: unexpected end of JSON input",
    hint: "Leave the file out of the import, or write at least one item."
  }),
  file_too_large: rule({
    severity: "error",
    problem: "the file has {bytes} bytes, and Stream takes {limit}",
    hint: "Split the import into several files."
  }),
  file_compressed: rule({
    severity: "error",
    problem: "the file is compressed, and Stream takes plain JSON only",
    server: "Parse error: invalid character '\\x1f' looking for beginning of value",
    hint: "Unpack the file before it is uploaded."
  }),
  byte_order_mark: rule({
    severity: "error",
    problem: "the file begins with a byte order mark",
    server: "Parse error: invalid character 'ï' looking for beginning of value",
    hint: "Write the file as UTF-8 without a byte order mark."
  }),
  utf8_invalid: rule({
    severity: "error",
    problem: "there are bytes that are not valid UTF-8",
    hint: "Write the file as UTF-8."
  }),
  json_invalid: rule({
    severity: "error",
    problem: "not valid JSON at byte {at}: {fault}",
    server: "Parse error: {fault}",
    hint: "Write items with a JSON library; look for missing or superfluous commas and for unescaped quotes."
  }),
  array_expected: rule({
    severity: "error",
    dialect: "json-array",
    problem: "the file is not a JSON array",
    server: "parse error: invalid format",
    hint: "Put all items into one array, or validate the file in the other dialect."
  }),
  array_truncated: rule({
    severity: "error",
    dialect: "json-array",
    problem: "the array ends too early",
    server: "Parse error: unexpected end of JSON input",
    hint: "Write the file again; what comes after the last whole item is lost."
  }),
  trailing_content: rule({
    severity: "error",
    dialect: "json-array",
    problem: "there is something after the end of the array",
    server: "Parse error: invalid character after top-level value",
    hint: "End the file with the array's bracket; put all items into one array."
  }),
  item_too_large: rule({
    severity: "error",
    problem: "an item is larger than {limit} bytes; it was not read",
    hint: "No object of Stream is that large; look for a missing bracket or line feed."
  }),
  nested_too_deeply: rule({
    severity: "warning",
    problem: "values are nested more than {limit} deep, too much for their size to be measured",
    server: "Parse error: exceeded max depth",
    hint: "Keep custom data flat, or write it as text."
  }),
  key_repeated: rule({
    severity: "error",
    problem: "a key stands twice in one object",
    hint: "Keep one of them: which of the two counts is not defined."
  }),
  blank_line: rule({
    severity: "warning",
    dialect: "jsonl",
    problem: "there is a blank line",
    hint: "Remove it: an item on each line is what is documented."
  })
} as const

const envelope = {
  envelope_not_object: rule({
    severity: "error",
    problem: "an item is not an object",
    hint: 'Write {"type","data"} in JSON Lines and {"type","item"} in an array.'
  }),
  envelope_key_required: rule({
    severity: "error",
    problem: 'the key "{key}" is missing beside the item\'s type',
    server: "parse error: unexpected end of JSON input",
    hint: 'Write {"type","data"} in JSON Lines and {"type","item"} in an array.'
  }),
  envelope_key_unknown: rule({
    severity: "error",
    problem: "there is a key beside type and {key}",
    hint: "Put fields inside the item."
  }),
  item_not_object: rule({
    severity: "error",
    problem: "what should hold the fields is not an object",
    hint: "Give the fields as one JSON object."
  }),
  item_type_unknown: rule({
    severity: "error",
    problem: "the item has a type that Stream does not import",
    server: 'Parse error: invalid item type "{value}"',
    hint: "Use user, device, future_channel_ban, channel, member, message or reaction."
  }),
  item_type_doubtful: rule({
    severity: "warning",
    problem: "only some of Stream's pages know the item type {value}",
    hint: "Name it in the setting itemTypes once Stream has taken a file with it."
  }),
  item_order: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "items of the type {value} come before those of this type",
    hint: "Order items: user, device, future_channel_ban, channel, member, message, reaction."
  }),
  item_duplicated: rule({
    severity: "error",
    problem: "the same {type} is in the file already",
    server: 'Validation error: duplicated item "{key}"',
    hint: "Write each object once; join what the two say."
  })
} as const

const field = {
  field_required: rule({
    severity: "error",
    problem: "{type}.{field} is missing or empty",
    server: 'Validation error: "{field}" required',
    hint: "Give the field."
  }),
  field_required_by_some: rule({
    severity: "warning",
    problem: "{type}.{field} is missing, and only some of Stream's pages call it optional",
    hint: "Give the field."
  }),
  field_null: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "{type}.{field} is null",
    server: "{field} must be {expected}",
    hint: "Leave the field out."
  }),
  field_type: rule({
    severity: "error",
    problem: "{type}.{field} is not {expected}",
    server: "{field} must be {expected}",
    hint: "Write the value in the JSON type that is expected."
  }),
  field_too_long: rule({
    severity: "error",
    problem: "{type}.{field} is longer than {limit} {unit}",
    server: "Validation error: max {label} length exceeded ({limit})",
    hint: "Shorten it, in all places where it is used."
  }),
  field_reserved: rule({
    severity: "error",
    problem: "{type}.{field} is a name that Stream keeps for itself",
    server: 'Validation error: "{field}" is a reserved field',
    hint: "Leave it out, or keep it under another name."
  }),
  field_not_allowed: rule({
    severity: "error",
    problem: "{type}.{field} is not a field, and custom data is not taken here",
    server: "Validation error: '{field}' is not a valid field",
    hint: "Leave it out."
  }),
  field_doubtful: rule({
    severity: "warning",
    problem:
      "{type}.{field} means something in Stream's API, and what an import makes of it is not documented",
    hint: "Leave it out, or keep it under another name."
  }),
  field_of_other_dialect: rule({
    severity: "warning",
    problem: "{type}.{field} is a field of the other dialect only, and becomes custom data in this one",
    hint: "Leave it out, or write the file in the other dialect."
  }),
  id_invalid: rule({
    severity: "error",
    problem: "{type}.{field} holds characters that Stream does not allow",
    server: 'validation error: {type}.{field} invalid ("{pattern}" allowed)',
    hint: "Map such ids to others, the same way everywhere."
  }),
  cid_invalid: rule({
    severity: "error",
    problem: "{type}.{field} does not name a channel",
    server: 'reference error: channel should have the following format "type:id"',
    hint: "Write the channel's type, a colon and its id."
  }),
  time_invalid: rule({
    severity: "error",
    problem: "{type}.{field} is not a time as of RFC 3339",
    server: 'parse error: parsing time as "2006-01-02T15:04:05Z07:00"',
    hint: "Write times like 1985-04-12T23:20:50.52Z."
  }),
  value_not_allowed: rule({
    severity: "error",
    problem: "{type}.{field} is none of {allowed}",
    server: "validation error: {type}.{field} invalid ({allowed} allowed)",
    hint: "Use one of the values that are allowed."
  }),
  value_doubtful: rule({
    severity: "warning",
    problem: "only some of Stream's pages allow this value of {type}.{field}",
    hint: "Use one of {allowed}."
  }),
  list_empty: rule({
    severity: "error",
    problem: "{type}.{field} is empty",
    hint: "Give at least one, or leave the field out."
  }),
  list_repeats: rule({
    severity: "warning",
    problem: "{type}.{field} names the same user twice",
    hint: "Name each user once."
  }),
  list_over_api_limit: rule({
    severity: "warning",
    problem: "{type}.{field} has more than {limit} entries, and Stream's API takes no more",
    hint: "Keep the most important ones."
  }),
  url_invalid: rule({
    severity: "error",
    problem: "{type}.{field} is not an https URL",
    server: '{field} must match pattern "^https://"',
    hint: "Host the file under https and encode the URL, or keep it as custom data."
  }),
  attachments_too_many: rule({
    severity: "error",
    problem: "the message has {count} attachments, and Stream takes {limit}",
    hint: "Spread the attachments over several messages."
  }),
  attachments_over_api_limit: rule({
    severity: "warning",
    problem: "the attachments have more than {limit} bytes, and Stream's API takes no more",
    hint: "Leave out what can be had elsewhere, such as texts of previews."
  }),
  text_too_long: rule({
    severity: "error",
    problem: "the text has more than {limit} characters",
    server: "validation error: message.text max length exceeded ({limit})",
    hint: "Shorten the text, or raise max_message_length of the channel type (at most 20,000)."
  }),
  text_over_default: rule({
    severity: "warning",
    problem:
      "the text has more than {limit} characters, which channel types take only when they are set up so",
    server: "validation error: message.text max length exceeded ({limit})",
    hint: "Set max_message_length of the channel type, and give the app's settings to this check."
  }),
  custom_too_large: rule({
    severity: "error",
    problem: "custom data of {bytes} bytes, and Stream takes {limit}",
    hint: "Keep the largest fields elsewhere and refer to them."
  }),
  custom_size_doubtful: rule({
    severity: "warning",
    problem:
      "custom data of {bytes} bytes: more than {limit}, and Stream does not say how large its 5 KB are",
    hint: "Stay under 5,000 bytes."
  })
} as const

const conditions = {
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
    problem: "the {type} names its channel by id and by members",
    server: "validation error: either {type}.channel_id or {type}.channel_member_ids required",
    hint: "Keep the one that the channel itself has."
  }),
  channel_reference_missing: rule({
    severity: "error",
    problem: "the {type} does not say in which channel it is",
    server: "validation error: either {type}.channel_id or {type}.channel_member_ids required",
    hint: "Give channel_id, or channel_member_ids for a channel that is defined by its members."
  }),
  invite_date_without_invite: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "member.{field} is given for a member who is not invited",
    hint: "Set invited to true, or leave the time out."
  }),
  reply_without_parent: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "a message of the type reply has no parent_id",
    server: 'Validation error: "parent_id" required',
    hint: "Give parent_id, or make it a regular message."
  }),
  parent_without_reply_type: rule({
    severity: "warning",
    dialect: "jsonl",
    problem: "a message has a parent and not the type reply",
    hint: 'Set the type to "reply".'
  }),
  show_in_channel_without_parent: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "show_in_channel is given for a message that is no reply",
    hint: "Leave show_in_channel out, even when it is false."
  }),
  deleted_without_time: rule({
    severity: "error",
    problem: "a message is deleted and has no deleted_at",
    server: 'validation error: message.type "deleted" while message.deleted_at is null',
    hint: "Give deleted_at."
  }),
  deleted_time_without_type: rule({
    severity: "error",
    problem: "a message has deleted_at and another type than deleted",
    server: 'validation error: message.deleted_at while message.type is "{value}"',
    hint: 'Set the type to "deleted", or leave deleted_at out.'
  }),
  pin_incomplete: rule({
    severity: "error",
    problem: "pinned_at and pinned_by_id are not both there",
    server: "validation error: message.pinned_at while pinned_by_id is null",
    hint: "Give both, or neither."
  }),
  pin_expires_without_pin: rule({
    severity: "error",
    problem: "pin_expires is given for a message that is not pinned",
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
    problem: "{type}.{field} is not built in, and the app's settings were not given",
    hint: "Make sure that the app has it, or give the app's settings to this check."
  })
} as const

const references = {
  user_unknown: rule({
    severity: "error",
    problem: "{type}.{field} names a user who is not in the file",
    server:
      'Validation error: {field} user "{key}" doesn\'t exist ({type} "{owner}"). please include all users as separate user entries',
    hint: "Write all users as items of their own."
  }),
  channel_unknown: rule({
    severity: "error",
    problem: "the {type} is in a channel that is not in the file",
    server: 'reference error: channel "{key}" doesn\'t exist',
    hint: "Write the channel as an item, with the same type and the same id or members."
  }),
  muted_channel_unknown: rule({
    severity: "error",
    problem: "the user mutes a channel that is not in the file",
    server: 'reference error: muted channel "{key}" by user "{owner}" doesn\'t exist',
    hint: "Leave it out of channel_mutes, or write the channel as an item."
  }),
  message_unknown: rule({
    severity: "error",
    problem: "the reaction is to a message that is not in the file",
    server: 'reference error: message_id "{key}" doesn\'t exist',
    hint: "Write the message as an item, or leave the reaction out."
  }),
  parent_unknown: rule({
    severity: "error",
    problem: "the message answers one that is not in the file",
    server: 'reference error: message parent_id "{key}" doesn\'t exist',
    hint: "Write the parent as an item, or leave parent_id out."
  }),
  parent_is_reply: rule({
    severity: "error",
    problem: "the message answers a reply",
    server: "reference error: only one level thread is supported",
    hint: "Use the parent of that reply as parent_id."
  }),
  parent_in_other_channel: rule({
    severity: "error",
    problem: "the message answers one in another channel",
    hint: "Leave parent_id out, or quote that message."
  }),
  quoted_message_unknown: rule({
    severity: "warning",
    problem: "the message quotes one that is not in the file",
    hint: "Leave quoted_message_id out: Stream's validator did not look, and nothing would be shown."
  }),
  reference_assumed: rule({
    severity: "warning",
    dialect: "jsonl",
    problem: "{type}.{field} names what is not in the file and must be in the app already",
    hint: "Make sure that the app has it."
  }),
  member_not_in_set: rule({
    severity: "error",
    problem: "the member is not among the members that define the channel",
    server:
      'reference error: user "{key}" specified as channel member but not present in channel_members_ids',
    hint: "Give the channel an id, or name the same members everywhere."
  }),
  members_missing: rule({
    severity: "error",
    problem: "{count} of the members that define the channel have no item of their own",
    server:
      "validation error: distinct channel is missing members: {key}. Please include all members as separate member entries",
    hint: "Write an item of the type member for each of member_ids."
  }),
  team_mismatch: rule({
    severity: "error",
    problem: "the user is not in the team of the channel",
    server: 'reference error: user "{key}" cannot be a member of channel {owner} with team "{value}"',
    hint: "Add the team to the user, or say in the settings that the app has no teams."
  })
} as const

/** Every rule, by the code that findings have. */
export const rules = {
  ...file,
  ...envelope,
  ...field,
  ...conditions,
  ...references
} as const satisfies Record<string, Rule>

export type Code = keyof typeof rules

/** What the `{names}` of a rule's texts are in one finding. */
export type Params = Readonly<Record<string, string | number>>

/** Fills a text of a rule in. A name that is not known stays out. */
export const fill = (text: string, params: Params): string =>
  text.replace(/\{(\w+)\}/gu, (_, name: string) => String(params[name] ?? ""))

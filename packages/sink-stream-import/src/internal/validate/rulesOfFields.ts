import { rule } from "./rule.ts"

/** Rules about single fields of items. */
export const ofFields = {
  field_required: rule({
    severity: "error",
    problem: "{type}.{field} is missing or empty",
    server: 'Validation error: "{field}" required',
    hint: "Give the field."
  }),
  field_required_by_some: rule({
    severity: "warning",
    problem: "{type}.{field} is missing, but only some of Stream's pages say that it is optional",
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
    hint: "Write the value as the expected JSON type."
  }),
  field_too_long: rule({
    severity: "error",
    problem: "{type}.{field} is longer than {limit} {unit}",
    server: "Validation error: max {label} length exceeded ({limit})",
    hint: "Shorten it everywhere it is used."
  }),
  field_reserved: rule({
    severity: "error",
    problem: "{type}.{field} is a name that Stream reserves",
    server: 'Validation error: "{field}" is a reserved field',
    hint: "Leave it out, or rename it."
  }),
  field_ignored: rule({
    severity: "warning",
    dialect: "json-array",
    problem: "{type}.{field} is not a field, and items of this type have no custom data",
    hint: "Leave it out."
  }),
  field_not_allowed: rule({
    severity: "error",
    problem: "{type}.{field} is not a field, and custom data is not allowed here",
    server: "Validation error: '{field}' is not a valid field",
    hint: "Leave it out."
  }),
  field_ambiguous: rule({
    severity: "warning",
    problem: "{type}.{field} has a meaning in Stream's API, but its effect in an import is not documented",
    hint: "Leave it out, or rename it."
  }),
  field_of_other_dialect: rule({
    severity: "warning",
    problem: "{type}.{field} is only a field in the other dialect; in this one, it becomes custom data",
    hint: "Leave it out, or write the file in the other dialect."
  }),
  id_empty: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "{type}.{field} is empty, although members identify the channel",
    server: "Validation error: either channel.id or channel.member_ids should be provided, but not both",
    hint: "Leave the empty field out."
  }),
  id_invalid: rule({
    severity: "error",
    problem: "{type}.{field} contains characters that Stream does not allow",
    server: 'validation error: {type}.{field} invalid ("{pattern}" allowed)',
    hint: "Replace such ids, in the same way everywhere."
  }),
  cid_invalid: rule({
    severity: "error",
    problem: "{type}.{field} is not the id of a channel",
    server: 'reference error: channel should have the following format "type:id"',
    hint: "Write the channel's type, a colon and its id."
  }),
  time_invalid: rule({
    severity: "error",
    problem: "{type}.{field} is not an RFC 3339 time",
    server: 'parse error: parsing time as "2006-01-02T15:04:05Z07:00"',
    hint: "Write times like 1985-04-12T23:20:50.52Z."
  }),
  time_zero: rule({
    severity: "warning",
    problem: "{type}.{field} is 0001-01-01, which means no time in Stream's server",
    hint: "Leave the field out."
  }),
  value_not_allowed: rule({
    severity: "error",
    problem: "{type}.{field} is not one of {allowed}",
    server: "validation error: {type}.{field} invalid ({allowed} allowed)",
    hint: "Use one of the allowed values."
  }),
  value_ambiguous: rule({
    severity: "warning",
    problem: "only some of Stream's pages allow this value of {type}.{field}",
    hint: "Use one of {allowed}."
  }),
  list_empty: rule({
    severity: "error",
    dialect: "jsonl",
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
    problem: "{type}.{field} has more than {limit} entries, the limit of Stream's API",
    hint: "Keep the most important ones."
  }),
  url_invalid: rule({
    severity: "error",
    problem: "{type}.{field} is not an https URL",
    server: '{field} must match pattern "^https://"',
    hint: "Serve the file over https and encode the URL, or keep the URL as custom data."
  }),
  character_ambiguous: rule({
    severity: "warning",
    problem: "{type}.{field} contains U+0000 or half a surrogate pair, which databases do not store",
    hint: "Replace such characters, for example with U+FFFD."
  }),
  attachments_too_many: rule({
    severity: "error",
    problem: "the message has {count} attachments, but Stream accepts {limit}",
    hint: "Spread the attachments over several messages."
  }),
  attachments_over_api_limit: rule({
    severity: "warning",
    problem: "the attachments have more than {limit} bytes, the limit of Stream's API",
    hint: "Leave out data that is available elsewhere, such as texts of previews."
  }),
  text_too_long: rule({
    severity: "error",
    problem: "the text has more than {limit} characters",
    server: "validation error: message.text max length exceeded ({limit})",
    hint: "Shorten the text, or raise max_message_length of the channel type (at most 20,000)."
  }),
  text_over_default: rule({
    severity: "warning",
    problem: "the text has more than {limit} characters, which channel types do not accept by default",
    server: "validation error: message.text max length exceeded ({limit})",
    hint: "Set max_message_length of the channel type, and give the app's settings to this check."
  }),
  custom_too_large: rule({
    severity: "error",
    problem: "custom data of {bytes} bytes, but Stream accepts {limit}",
    hint: "Keep the largest fields elsewhere and refer to them."
  }),
  custom_size_ambiguous: rule({
    severity: "warning",
    problem:
      "custom data of {bytes} bytes: more than {limit}, and Stream does not define its limit of 5 KB in bytes",
    hint: "Stay under 5,000 bytes."
  })
} as const

import { rule } from "./rule.ts"

/** Syntax of files and what is around items. */
export const ofFiles = {
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
    problem:
      "an item has more than {limit} bytes, or values that would take more than three times as many in memory; it was not read",
    hint: "No object of Stream is that large; look for a missing bracket or line feed."
  }),
  item_nested_too_deeply: rule({
    severity: "error",
    problem: "an item is nested too deeply; it was not read",
    server: "Parse error: exceeded max depth",
    hint: "Keep custom data flat, or write it as text."
  }),
  nested_too_deeply: rule({
    severity: "warning",
    problem: "values are nested more than {limit} deep, too much for their size to be measured",
    server: "Parse error: exceeded max depth",
    hint: "Keep custom data flat, or write it as text."
  }),
  key_repeated: rule({
    severity: "error",
    problem: "a key appears twice in one object",
    hint: "Keep one of them: which of the two counts is not defined."
  }),
  blank_line: rule({
    severity: "warning",
    dialect: "jsonl",
    problem: "there is a blank line",
    hint: "Remove it: an item on each line is the documented form."
  })
} as const

export const ofEnvelopes = {
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
    problem: "the value that should hold the fields is not an object",
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
    hint: "Name it in the setting itemTypes once Stream has accepted a file with it."
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
    hint: "Write each object once; merge the two."
  })
} as const

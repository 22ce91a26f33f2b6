import { rule } from "./rule.ts"

/** Rules about the syntax of files. */
export const ofFiles = {
  file_empty: rule({
    severity: "error",
    problem: "the file has no items",
    server: "Parse error: unexpected end of JSON input",
    hint: "Leave the file out of the import, or write at least one item."
  }),
  file_too_large: rule({
    severity: "error",
    problem: "the file has {bytes} bytes, but Stream accepts {limit}",
    hint: "Split the import into several files."
  }),
  file_compressed: rule({
    severity: "error",
    problem: "the file is compressed, but Stream only accepts plain JSON",
    server: "Parse error: invalid character '\\x1f' looking for beginning of value",
    hint: "Decompress the file before you upload it."
  }),
  byte_order_mark: rule({
    severity: "error",
    problem: "the file begins with a byte order mark",
    server: "Parse error: invalid character 'ï' looking for beginning of value",
    hint: "Write the file as UTF-8 without a byte order mark."
  }),
  utf8_invalid: rule({
    severity: "error",
    problem: "the file has bytes that are not valid UTF-8",
    hint: "Write the file as UTF-8."
  }),
  json_invalid: rule({
    severity: "error",
    problem: "not valid JSON at byte {at}: {fault}",
    server: "Parse error: {fault}",
    hint: "Write items with a JSON library. Look for missing or extra commas and for unescaped quotes."
  }),
  array_expected: rule({
    severity: "error",
    dialect: "json-array",
    problem: "the file is not a JSON array",
    server: "parse error: invalid format",
    hint: "Put all items into one array, or check the file as the other dialect."
  }),
  array_truncated: rule({
    severity: "error",
    dialect: "json-array",
    problem: "the array ends too early",
    server: "Parse error: unexpected end of JSON input",
    hint: "Write the file again: everything after the last complete item is missing."
  }),
  trailing_content: rule({
    severity: "error",
    dialect: "json-array",
    problem: "the file has content after the end of the array",
    server: "Parse error: invalid character after top-level value",
    hint: "Put all items into one array, and end the file with its bracket."
  }),
  item_too_large: rule({
    severity: "error",
    problem:
      "an item has more than {limit} bytes, or would need more than three times as many in memory; it was not read",
    hint: "No object in Stream is that large. Look for a missing bracket or line feed."
  }),
  item_nested_too_deeply: rule({
    severity: "error",
    problem: "an item is nested too deeply; it was not read",
    server: "Parse error: exceeded max depth",
    hint: "Keep custom data flat, or write it as text."
  }),
  nested_too_deeply: rule({
    severity: "warning",
    problem: "values are nested more than {limit} levels deep, too deep to measure their size",
    server: "Parse error: exceeded max depth",
    hint: "Keep custom data flat, or write it as text."
  }),
  key_repeated: rule({
    severity: "error",
    problem: "an object has the same key twice",
    hint: "Keep one of them: it is not defined which one counts."
  }),
  blank_line: rule({
    severity: "warning",
    dialect: "jsonl",
    problem: "the file has a blank line",
    hint: "Remove it: the documentation says that each line is an item."
  })
} as const

/** Rules about the envelopes of items, and about items as a whole. */
export const ofEnvelopes = {
  envelope_not_object: rule({
    severity: "error",
    problem: "an item is not an object",
    hint: 'Write {"type","data"} in JSON Lines and {"type","item"} in an array.'
  }),
  envelope_key_required: rule({
    severity: "error",
    problem: 'the key "{key}" is missing next to the item\'s type',
    server: "parse error: unexpected end of JSON input",
    hint: 'Write {"type","data"} in JSON Lines and {"type","item"} in an array.'
  }),
  envelope_key_unknown: rule({
    severity: "error",
    problem: "the item has a key other than type and {key}",
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
  item_type_ambiguous: rule({
    severity: "warning",
    problem: "only some of Stream's pages know the item type {value}",
    hint: "Add it to the setting itemTypes once Stream has accepted a file with this type."
  }),
  item_order: rule({
    severity: "error",
    dialect: "jsonl",
    problem: "items of the type {value} must come after items of this type",
    hint: "Order items: user, device, future_channel_ban, channel, member, message, reaction."
  }),
  item_duplicated: rule({
    severity: "error",
    problem: "the file already has the same {type}",
    server: 'Validation error: duplicated item "{key}"',
    hint: "Write each object once, and merge the two items."
  })
} as const

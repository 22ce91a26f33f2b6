import { HostileJson } from "@chatferry/testkit"
import {
  array,
  ban,
  channel,
  device,
  lines,
  member,
  memberOf,
  message,
  reaction,
  set,
  user
} from "./files.ts"
import { inLines, withUsers, type Pairs } from "./pair.ts"

const bytes = (...parts: ReadonlyArray<string | ReadonlyArray<number>>) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))))

const nested = (depth: number, inner = "1") =>
  `{"type":"user","data":{"id":"a","x":${HostileJson.nested(depth, "arrays", inner)}}}\n`

const LONG = `"${"x".repeat(1 << 20)}"`

/** Pairs for the rules of files and envelopes. */
export const ofFiles: Pairs = {
  file_empty: [
    { bad: "", good: lines(user()) },
    { bad: "[]", good: array(user()) },
    { bad: " ", good: array(user()), dialect: "json-array" }
  ],
  file_too_large: [
    { bad: `${lines(user())}\n`, good: lines(user()), settings: { fileBytes: 36 }, besides: ["blank_line"] }
  ],
  file_compressed: [
    { bad: bytes([0x1f, 0x8b, 8, 0]), good: lines(user()) },
    { bad: bytes("PK\u0003\u0004"), good: array(user()) }
  ],
  byte_order_mark: [
    { bad: bytes([0xef, 0xbb, 0xbf], lines(user())), good: lines(user()) },
    { bad: bytes([0xef, 0xbb, 0xbf], array(user())), good: array(user()) }
  ],
  utf8_invalid: [
    {
      bad: bytes('{"type":"user","data":{"id":"a","name":"', [0xc3, 0x28], '"}}'),
      good: bytes('{"type":"user","data":{"id":"a","name":"', [0xc3, 0xa9], '"}}')
    },
    {
      bad: bytes('[{"type":"user","item":{"id":"a","name":"', [0xff], '"}}]'),
      good: bytes('[{"type":"user","item":{"id":"a","name":"é"}}]')
    },
    { bad: bytes([0xff, 0xfe], "[\0]\0"), good: lines(user()) }
  ],
  json_invalid: [
    { bad: `{"type":"user",}\n${lines(user())}`, good: lines(user()) },
    { bad: '[{"type":"user" "item":{"id":"a"}}]', good: '[{"type":"user", "item":{"id":"a"}}]' },
    { bad: '[{"type":"user","item":{"id":"a"}},]', good: '[{"type":"user","item":{"id":"a"}}]' }
  ],
  array_expected: [
    { bad: '{"users":[]}', good: array(user()), dialect: "json-array" },
    { bad: "null", good: array(user()), dialect: "json-array" }
  ],
  array_truncated: [
    { bad: '[{"type":"user","item":{"id":"a"}}', good: '[{"type":"user","item":{"id":"a"}}]' },
    { bad: '[{"type":"user","item":{"id":"a"}},{"ty', good: array(user()) }
  ],
  trailing_content: [{ bad: `${array(user())}]`, good: `${array(user())}  \n` }],
  item_too_large: [
    {
      bad: inLines(message("m1", { text: "x".repeat(300) })),
      good: inLines(message()),
      settings: { itemBytes: 200 }
    },
    {
      bad: array(user("ada", { name: "x".repeat(200_000) })),
      good: array(user()),
      settings: { itemBytes: 200 }
    },
    { bad: nested(1_000_000), good: nested(20) }
  ],
  item_nested_too_deeply: [{ bad: nested(200_000, LONG), good: nested(20) }],
  nested_too_deeply: [{ bad: nested(1100), good: nested(20) }],
  key_repeated: [
    {
      bad: '{"type":"user","data":{"id":"a","i\\u0064":"b"}}',
      good: '{"type":"user","data":{"id":"a","x":{"id":"a"},"y":[{"id":1},{"id":2}]}}',
      settings: { repeatedKeys: "find" }
    }
  ],
  blank_line: [{ bad: `\n${lines(user())}`, good: lines(user()) }],

  envelope_not_object: [
    { bad: `${lines(user())}[1]\n`, good: lines(user()) },
    { bad: "[null]", good: array(user()) }
  ],
  envelope_key_required: [
    { bad: '{"data":{"id":"a"}}', good: lines(user()) },
    { bad: '{"type":"user"}', good: lines(user()) }
  ],
  envelope_key_unknown: [
    { bad: '{"type":"user","data":{"id":"a"},"more":1}', good: lines(user("a", { more: 1 })), at: "/more" },
    { bad: '[{"type":"user","data":{"id":"a"}}]', good: array(user()), besides: ["envelope_key_required"] }
  ],
  item_not_object: [
    { bad: '{"type":"user","data":[]}', good: lines(user()), at: "/data" },
    { bad: '[{"type":"user","item":null}]', good: array(user()), at: "/item" }
  ],
  item_type_unknown: [
    { bad: lines(["foobar", {}]), good: lines(user()), at: "/type" },
    { bad: array(user(), ban()), good: array(user()), at: "/type" },
    { bad: array(user(), ["poll", {}]), good: array(user()), at: "/type" }
  ],
  item_type_ambiguous: [
    { bad: lines(user(), ["poll", { id: "p" }]), good: lines(user()) },
    { bad: array(user(), device()), good: lines(user(), device()) },
    {
      bad: inLines(["channel_member", { channel_type: "messaging", channel_id: "hall", user_id: "ada" }]),
      good: inLines(member())
    }
  ],
  item_order: [{ bad: lines(user(), channel(), user("bob")), good: lines(user(), user("bob"), channel()) }],
  item_duplicated: [
    { bad: lines(user(), user()), good: lines(user(), user("bob")) },
    { bad: inLines(channel()), good: inLines(channel("hall2")) },
    { bad: inLines(channel("hall")), good: inLines(channel("hall", { type: "team" })) },
    {
      bad: withUsers(
        set(["ada", "bob"]),
        set(["bob", "ada"]),
        memberOf(["ada", "bob"], "ada"),
        memberOf(["ada", "bob"], "bob")
      ),
      good: withUsers(set(["ada", "bob"]), memberOf(["bob", "ada"], "ada"), memberOf(["ada", "bob"], "bob"))
    },
    { bad: inLines(member(), member()), good: inLines(member()) },
    { bad: inLines(message(), message()), good: inLines(message(), message("m2")) },
    {
      bad: inLines(message(), reaction(), reaction()),
      good: inLines(message(), reaction(), reaction({ type: "sad" }))
    },
    { bad: lines(user(), device(), device()), good: lines(user(), device(), device({ id: "d2" })) },
    { bad: lines(user(), ban(), ban()), good: lines(user(), user("bob"), ban(), ban({ target_id: "bob" })) }
  ]
}

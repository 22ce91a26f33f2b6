// Records of Stream's exports: lines of version 2, and objects of version 1.
import * as Raw from "../../packages/source-stream/test/rawRecords.ts"
import { anyObject, CONTENT, joined, LARGE, type Make, nested, raw, SECRET, without } from "./cases.ts"

const person = (id: string) =>
  Raw.user(id, { devices: [{ id: SECRET, push_provider: "apn" }], big: "@12345678901234567890@" })

const message = (n: string, cid: string | undefined = `messaging:${n}`) => {
  const of = Raw.message(`m-${n}`, {
    user: person(`u-${n}`),
    mentioned_users: [person(`v-${n}`)],
    latest_reactions: [Raw.reaction(`m-${n}`, `r-${n}`), Raw.reaction(`m-${n}`, `s-${n}`, { type: "wow" })],
    attachments: [{ type: "image", image_url: `https://files.example/${n}.png` }],
    cid
  })
  return cid === undefined ? without(of, "cid") : of
}
const channel = (n: string) =>
  Raw.channel(n, { created_by: person(`o-${n}`), members: [Raw.member(`p-${n}`)] })
const member = (n: string) => Raw.member(`u-${n}`, { user: person(`u-${n}`) })
const read = (n: string) => ({ user: person(`u-${n}`), last_read: "2021-03-03T00:00:00.123456Z" })
const reaction = (n: string) => Raw.reaction(`m-${n}`, `u-${n}`, { user: person(`u-${n}`) })
const user = (n: string) => person(`u-${n}`)

type Way = readonly [code: string, damage: (value: object) => string | Buffer]

interface Kind {
  readonly type: string
  readonly list: string
  readonly kind: string
  readonly of: (n: string) => object
  readonly ways: ReadonlyArray<Way>
}

const set =
  (fields: object) =>
  (value: object): string =>
    raw({ ...value, ...fields })
const lacking =
  (...fields: ReadonlyArray<string>) =>
  (value: object): string =>
    raw(without(value, ...fields))

const MESSAGE: ReadonlyArray<Way> = [
  ["missing_id", lacking("id")],
  ["invalid_time", set({ created_at: CONTENT })],
  ["invalid_time", set({ created_at: "@1e400@" })]
]

const kinds: ReadonlyArray<Kind> = [
  { type: "message", list: "messages", kind: "message", of: (n) => message(n), ways: MESSAGE },
  {
    type: "message",
    list: "pinned_messages",
    kind: "message",
    of: (n) => message(n, undefined),
    ways: MESSAGE
  },
  {
    type: "member",
    list: "members",
    kind: "member",
    of: member,
    ways: [["missing_id", lacking("user", "user_id")]]
  },
  { type: "read", list: "read", kind: "member", of: read, ways: [["missing_id", lacking("user")]] },
  {
    type: "reaction",
    list: "reactions",
    kind: "reaction",
    of: reaction,
    ways: [
      ["missing_message", lacking("message_id")],
      ["missing_id", lacking("user", "user_id")],
      ["missing_type", lacking("type")]
    ]
  },
  { type: "user", list: "users", kind: "user", of: user, ways: [["missing_id", lacking("id")]] },
  { type: "channel", list: "", kind: "channel", of: channel, ways: [["missing_id", lacking("id", "cid")]] }
]

const damages = (ways: ReadonlyArray<Way>): ReadonlyArray<Way> => [
  ...anyObject.map(([code, damage]): Way => [code, (value) => damage(raw(value))]),
  ...ways
]

const correction = (json: string, i: number) => (i % 2 === 0 ? json : JSON.stringify({ text: json }))

/** A line, after one that names its channel. */
const linesOf = (n: string, value: string | Buffer) => {
  const before = [
    { type: "user", data: Raw.user(`z-${n}`) },
    { type: "channel", data: Raw.channel(n, { created_by: null }) }
  ]
  return joined(`${before.map(raw).join("\n")}\n`, value, "\n")
}

const enveloped = kinds.flatMap(({ kind, of, type, ways }) =>
  damages(ways).map(([code, damage]): Make => (n, i) => {
    const clean = raw({ type, data: of(n) })
    const inner = damage(of(n))
    // Invalid JSON inside an envelope makes the whole line invalid, and a line that is too large has no kind.
    const isLine = code === "invalid_json" || code === "too_large"
    return {
      ending: "jsonl",
      clean: linesOf(n, clean),
      damaged: linesOf(n, joined(`{"type":"${type}","data":`, inner, "}")),
      corrected: correction(clean, i),
      kind: isLine ? "unknown" : kind,
      code
    }
  })
)

const bare =
  (kind: string, code: string, of: (n: string) => object, damage: Way[1]): Make =>
  (n, i) => ({
    ending: "jsonl",
    clean: linesOf(n, raw(of(n))),
    damaged: linesOf(n, damage(of(n))),
    corrected: correction(raw(of(n)), i),
    kind,
    code
  })

const bareLines: ReadonlyArray<Make> = [
  bare(
    "unknown",
    "unrecognised_record",
    (n) => message(n),
    () => `{"text":"${CONTENT}"}`
  ),
  bare(
    "unknown",
    "unrecognised_record",
    (n) => message(n),
    () => `{"from":1,"to":2}`
  ),
  bare("unknown", "unrecognised_record", member, () => `{"of":{"id":"${SECRET}","push_provider":"apn"}}`),
  bare(
    "unknown",
    "not_an_object",
    (n) => message(n),
    () => `"${CONTENT}"`
  ),
  bare(
    "unknown",
    "not_an_object",
    (n) => message(n),
    () => "null"
  ),
  bare("message", "invalid_time", (n) => message(n), set({ created_at: CONTENT })),
  bare(
    "message",
    "too_deep",
    (n) => message(n),
    (value) => `{"x":${nested(3000)},${raw(value).slice(1)}`
  ),
  bare("member", "too_deep", member, (value) => `{"x":${nested(300)},${raw(value).slice(1)}`)
]

/** Without a channel before it. */
const lost: ReadonlyArray<Make> = [
  ["message", (n: string) => message(n), lacking("cid")] as const,
  ["member", (n: string) => ({ ...member(n), cid: `messaging:${n}` }), lacking("cid")] as const
].map(([type, of, damage]): Make => (n) => {
  const before = `${raw({ type: "user", data: Raw.user(`z-${n}`) })}\n`
  const clean = raw({ type, data: of(n) })
  return {
    ending: "jsonl",
    clean: `${before}${clean}`,
    damaged: `${before}${raw({ type, data: JSON.parse(damage(of(n))) as object })}`,
    corrected: clean,
    kind: type,
    code: "missing_channel"
  }
})

const objectOf = (n: string, list: string, element: string | Buffer) => {
  const home =
    list === "reactions"
      ? `"user":${raw(Raw.user(`y-${n}`))}`
      : `"channel":${raw(Raw.channel(n, { created_by: null }))}`
  return joined(`[{${home},"messages":[],"${list}":[`, element, "]}]")
}

const objects = kinds.slice(0, 6).flatMap(({ kind, list, of, ways }) =>
  // In the export of a user, reactions are by that user unless the reaction says otherwise.
  damages(list === "reactions" ? ways.filter(([code]) => code !== "missing_id") : ways).map(
    ([code, damage]): Make =>
      (n, i) => ({
        ending: "json",
        clean: objectOf(n, list, raw(of(n))),
        damaged: objectOf(n, list, damage(of(n))),
        corrected: correction(raw(of(n)), i),
        kind,
        code
      })
  )
)

const wholes: ReadonlyArray<Make> = [
  ...(
    [
      ["invalid_json", "tru"],
      ["missing_id", `{"name":"${CONTENT}"}`],
      ["too_deep", `{"cid":"a:b","deep":${nested(3000)}}`],
      ["too_large", `{"x":"${LARGE}"}`]
    ] as const
  ).map(([code, damaged]): Make => (n) => ({
    ending: "json",
    clean: `[{"channel":${raw(channel(n))},"messages":[]}]`,
    damaged: `[{"channel":${damaged},"messages":[]}]`,
    corrected: raw(channel(n)),
    kind: "channel",
    code
  })),
  ...(["messages", "members"] as const).map((list): Make => (n) => {
    const value = raw(list === "messages" ? message(n) : member(n))
    const home = `"channel":${raw(Raw.channel(n, { created_by: null }))},"users":[]`
    return {
      ending: "json",
      clean: `[{${home},"${list}":[${value}]}]`,
      damaged: `[{${home},"${list}":{"a":${value}}}]`,
      corrected: `[${value}]`,
      kind: list === "messages" ? "message" : "member",
      code: "not_a_list"
    }
  }),
  (n) => {
    const state = raw({ channel: channel(n), messages: [message(n)], members: [member(n)] })
    const around = (element: string) => linesOf(n, `{"messages":[],"channels":[${element}]}`)
    return {
      ending: "jsonl",
      clean: around(state),
      damaged: around("null"),
      corrected: state,
      kind: "channel",
      code: "not_an_object"
    }
  },
  (n) => ({
    ending: "json",
    clean: raw([message(n), message(n)]),
    damaged: `[${raw(message(n))},12]`,
    corrected: raw(message(n)),
    kind: "unknown",
    code: "not_an_object"
  })
]

const inMessage: ReadonlyArray<Make> = (
  [
    ["not_an_object", () => "12"],
    ["missing_id", lacking("user", "user_id")],
    ["missing_type", lacking("type")],
    ["too_deep", (value: object) => `{"x":${nested(2000)},${raw(value).slice(1)}`]
  ] as const
).map(([code, damage]): Make => (n) => {
  const [first, second] = (message(n) as { readonly latest_reactions: ReadonlyArray<object> })
    .latest_reactions
  const around = (one: string) =>
    objectOf(
      n,
      "messages",
      raw({ ...message(n), latest_reactions: [second, "ONE"] }).replace('"ONE"', () => one)
    )
  return {
    ending: "json",
    clean: around(raw(first)),
    damaged: around(damage(first as object)),
    corrected: raw(first),
    kind: "reaction",
    code
  }
})

const files: ReadonlyArray<Make> = [
  () => ({
    ending: "json",
    clean: "[]",
    damaged: "nonsense",
    corrected: undefined,
    kind: "unknown",
    code: "unrecognised_file"
  })
]

export const streamRecords: ReadonlyArray<Make> = [
  ...enveloped,
  ...bareLines,
  ...lost,
  ...objects,
  ...wholes,
  ...inMessage,
  ...files
]

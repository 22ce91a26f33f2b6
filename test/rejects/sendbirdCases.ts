// Records of Sendbird's JSON exports.
import { anyObject, CONTENT, joined, LARGE, type Make, nested, raw, SECRET, without } from "./cases.ts"

const member = (id: string, fields: object = {}) => ({
  user_id: id,
  nickname: `Name of ${id}`,
  joined_ts: 1_736_855_000,
  access_token: SECRET,
  ...fields
})

const message = (n: string, i: number, fields: object = {}) => ({
  type: "MESG",
  message_id: `@${9_007_199_254_740_993n + BigInt(2 * i)}@`,
  message: `Hello ${n}`,
  user: member(`u-${n}`),
  created_at: 1_736_855_618_748 + i,
  updated_at: 1_736_855_618_999 + i,
  custom_type: "plain",
  data: '{"a":1}',
  big: "@12345678901234567890@",
  file: { url: `https://files.example/${n}.png?auth=abc`, name: "a.png", type: "image/png", size: 12 },
  reactions: [
    { key: "like", user_ids: [`u-${n}`, `v-${n}`], updated_at: 1_736_855_700_000, kept: "x" },
    { key: "wow", user_ids: [`w-${n}`] }
  ],
  ...fields
})

const groupChannel = (n: string) => ({
  channel_url: `sendbird_group_channel_${n}`,
  name: `Channel ${n}`,
  created_at: 1_736_850_000,
  created_by: member(`a-${n}`),
  last_message: { created_at: 1_736_856_000_000 },
  members: [member(`a-${n}`, { role: "operator" }), member(`b-${n}`), member(`c-${n}`)],
  operators: [`a-${n}`, { user_id: `d-${n}` }],
  read_receipt: { [`a-${n}`]: 1_736_855_618_748, [`b-${n}`]: 0, [`c-${n}`]: 1_736_855_618_000 }
})

const openChannel = (n: string) => ({
  channel_url: `sendbird_open_channel_${n}`,
  name: `Channel ${n}`,
  created_at: 1_736_850_000,
  participant_count: 3,
  operators: [member(`a-${n}`), member(`b-${n}`)]
})

const user = (n: string) => ({
  user_id: `u-${n}`,
  nickname: `Name of ${n}`,
  created_at: 1_736_850_000,
  last_seen_at: 1_736_850_000_123,
  metadata: { a: "b" },
  session_tokens: [SECRET],
  big: "@-12345678901234567890@"
})

const webhook = (n: string) => ({
  webhook_url: `https://hooks.example/${n}`,
  status_code: 500,
  request_body: `{"category":"x","n":"${n}"}`,
  time_millis: 1_736_855_618_748
})

interface Kind {
  readonly list: string
  readonly kind: string
  readonly of: (n: string, i: number) => object
  /** The text around the list. */
  readonly around: (n: string) => readonly [before: string, after: string]
  readonly ways: ReadonlyArray<readonly [code: string, damage: (value: object) => string]>
}

const list = (name: string) => [`{"${name}":[`, "]}"] as const
const with_ = (fields: object) => (value: object) => raw({ ...value, ...fields })
const lacking = (field: string) => (value: object) => raw(without(value, field))

const messageWays = [
  ["missing_id", lacking("message_id")],
  ["missing_id", with_({ message_id: "@1e400@" })],
  ["missing_id", with_({ message_id: { is: CONTENT } })],
  ["invalid_time", with_({ created_at: CONTENT })],
  ["invalid_time", with_({ created_at: "@1e400@" })],
  ["invalid_time", with_({ created_at: "@-0@" })]
] as const

const kinds: ReadonlyArray<Kind> = [
  {
    list: "messages",
    kind: "message",
    of: (n, i) => message(n, i, { channel_url: `c-${n}` }),
    around: () => list("messages"),
    ways: [...messageWays, ["missing_channel", lacking("channel_url")]]
  },
  {
    list: "messages",
    kind: "message",
    of: message,
    around: (n) => ['{"messages":[', `],"channel":{"channel_url":"sendbird_group_channel_${n}"}}`],
    ways: messageWays
  },
  {
    list: "messages",
    kind: "message",
    of: message,
    around: (n) => [`{"channel":{"channel_url":"sendbird_open_channel_${n}"},"messages":[`, "]}"],
    ways: messageWays
  },
  ...(["group_channels", "open_channels"] as const).map((name) => ({
    list: name,
    kind: "channel",
    of: name === "group_channels" ? groupChannel : openChannel,
    around: () => list(name),
    ways: [["missing_id", with_({ channel_url: "" })]] as const
  })),
  ...["active_users", "inactive_users", "deactivated_users"].map((name) => ({
    list: name,
    kind: "user",
    of: user,
    around: () => list(name),
    ways: [["missing_id", with_({ user_id: null })]] as const
  })),
  {
    list: "failed_webhooks",
    kind: "failed_webhook",
    of: webhook,
    around: () => list("failed_webhooks"),
    ways: [
      ["missing_url", with_({ webhook_url: { is: CONTENT } })],
      ["missing_body", with_({ request_body: 12 })]
    ]
  }
]

const elements: ReadonlyArray<Make> = kinds.flatMap(({ around, kind, of, ways }) => {
  const all: ReadonlyArray<readonly [string, (value: object) => string | Buffer]> = [
    ...anyObject.map(([code, damage]) => [code, (value: object) => damage(raw(value))] as const),
    ...ways
  ]
  return all.map(([code, damage]): Make => (n, i) => {
    const [before, after] = around(n)
    const value = of(n, i)
    return {
      ending: "json",
      clean: `${before}${raw(value)}${after}`,
      damaged: joined(before, damage(value), after),
      corrected: i % 2 === 0 ? raw(value) : JSON.stringify({ text: raw(value) }),
      kind,
      code
    }
  })
})

/** A whole member of a document. */
const members: ReadonlyArray<Make> = [
  ...(
    [
      ["invalid_json", "tru"],
      ["invalid_json", '{"a":tru}'],
      ["not_an_object", "[]"],
      ["not_an_object", "12"],
      ["missing_id", '{"name":"x"}'],
      ["too_deep", `{"channel_url":"x","deep":${nested(3000)}}`],
      ["too_large", `{"x":"${LARGE}"}`]
    ] as const
  ).map(([code, damaged]): Make => (n) => {
    const value = raw(groupChannel(n))
    return {
      ending: "json",
      clean: `{"messages":[],"channel":${value}}`,
      damaged: `{"messages":[],"channel":${damaged}}`,
      corrected: value,
      kind: "channel",
      code
    }
  }),
  ...kinds.slice(3).flatMap(({ kind, list: name, of }) =>
    (
      [
        ["not_a_list", (value: object) => raw({ a: value })],
        ["not_a_list", () => `"${CONTENT}"`],
        ["invalid_json", () => "fals"],
        ["too_large", () => `"${LARGE}"`]
      ] as const
    ).map(([code, damage]): Make => (n, i) => ({
      ending: "json",
      clean: `{"${name}":[${raw(of(n, i))}]}`,
      damaged: `{"${name}":${damage(of(n, i))}}`,
      corrected: `[${raw(of(n, i))}]`,
      kind,
      code
    }))
  )
]

/** A part of a record: `at` gives the record with a changed part. */
const part =
  (
    kind: string,
    code: string,
    of: (n: string, i: number) => object,
    at: (value: never, broken: unknown) => unknown,
    broken: (clean: unknown) => unknown
  ): Make =>
  (n, i) => {
    let clean: unknown
    at(of(n, i) as never, (found: unknown) => {
      clean = found
      return found
    })
    const change = (found: unknown) => broken(found)
    const name =
      kind === "member"
        ? raw(of(n, i)).includes("open_channel")
          ? "open_channels"
          : "group_channels"
        : "messages"
    return {
      ending: "json",
      clean: `{"${name}":[${raw(of(n, i))}]}`,
      damaged: `{"${name}":[${raw(at(of(n, i) as never, change)).replaceAll('"DEEP"', nested(2000))}]}`,
      corrected: raw(clean),
      kind,
      code
    }
  }

type Change = (found: unknown) => unknown
type Group = ReturnType<typeof groupChannel>
type Message = ReturnType<typeof message>

const inMembers = (value: Group, change: Change) => ({
  ...value,
  members: value.members.map((one, i) => (i === 1 ? change(one) : one))
})
const inOperators = (value: ReturnType<typeof openChannel>, change: Change) => ({
  ...value,
  operators: value.operators.map((one, i) => (i === 1 ? change(one) : one))
})
const inReactions = (value: Message, change: Change) => ({
  ...value,
  reactions: value.reactions.map((one, i) => (i === 0 ? change(one) : one))
})
const inReactors = (value: Message, change: Change) =>
  inReactions(value, (one) => {
    const of = one as Message["reactions"][number]
    return { ...of, user_ids: of.user_ids.map((id, i) => (i === 1 ? change(id) : id)) }
  })
const messageIn = (n: string, i: number) => message(n, i, { channel_url: `c-${n}` })
const set = (fields: object) => (found: unknown) => ({ ...(found as object), ...fields })

const parts: ReadonlyArray<Make> = [
  part("member", "missing_id", groupChannel, inMembers as never, set({ user_id: "" })),
  part("member", "missing_id", groupChannel, inMembers as never, () => null),
  part("member", "too_deep", groupChannel, inMembers as never, set({ x: "DEEP" })),
  part("member", "missing_id", openChannel, inOperators as never, set({ user_id: { is: CONTENT } })),
  part("reaction", "missing_key", messageIn, inReactions as never, set({ key: "" })),
  part("reaction", "missing_key", messageIn, inReactions as never, () => null),
  part("reaction", "too_deep", messageIn, inReactions as never, set({ x: "DEEP" })),
  part("reaction", "not_a_list", messageIn, inReactions as never, set({ user_ids: { is: CONTENT } })),
  part("reaction", "missing_id", messageIn, inReactors as never, () => null),
  part("reaction", "missing_id", messageIn, inReactors as never, () => ({ is: CONTENT }))
]

const files: ReadonlyArray<Make> = [
  () => ({
    ending: "json",
    clean: "{}",
    damaged: '{"what":[1]}',
    corrected: undefined,
    kind: "unknown",
    code: "unrecognised_file"
  }),
  () => ({
    ending: "csv",
    clean: "",
    damaged: "a,b\n1,2\n",
    corrected: undefined,
    kind: "unknown",
    code: "unrecognised_file"
  })
]

export const sendbirdJson: ReadonlyArray<Make> = [...elements, ...members, ...parts, ...files]

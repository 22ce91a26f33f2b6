// Rows of Sendbird's CSV exports.
import { CONTENT, joined, LARGE, type Make, nested, raw, SECRET, without } from "./cases.ts"

type Row = Readonly<Record<string, string>>

const cell = (text: string) => (/[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const line = (cells: ReadonlyArray<string>) => cells.map(cell).join(",")
const headerOf = (row: Row) => `${line(Object.keys(row))}\r\n`

const message = (n: string, i: number): Row => ({
  message_id: String(9_007_199_254_740_993n + BigInt(i)),
  channel_url: `c-${n}`,
  created_at: String(1_736_855_618_748 + i),
  type: "MESG",
  sender_id: `u-${n}`,
  message: `Hello,\n"${n}"`,
  poll: '{"a":1}',
  reactions: raw([{ key: "like", user_ids: [`u-${n}`, `v-${n}`], updated_at: 1_736_855_700_000 }])
})
const channel = (n: string): Row => ({
  channel_url: `c-${n}`,
  name: `Channel ${n}`,
  created_at: "1736850000",
  is_distinct: "false",
  data: "x",
  metadata: '{"a":"b"}',
  members: raw([{ user_id: `a-${n}` }, { user_id: `b-${n}`, nickname: "B" }]),
  operators: raw([`a-${n}`])
})
const member = (n: string): Row => ({
  channel_url: `c-${n}`,
  user_id: `u-${n}`,
  role: "",
  joined_at: "1736850000",
  what: '{"a":1}'
})
const user = (n: string): Row => ({
  user_id: `u-${n}`,
  nickname: "A, B",
  created_at: "1736850000",
  metadata: '{"a":1}'
})
const secretUser = (n: string): Row => ({ ...user(n), "Access Token": SECRET, is_active: "true" })
const webhook = (n: string): Row => ({
  webhook_url: `https://hooks.example/${n}`,
  status_code: "500",
  request_body: `{"n":"${n}"}`,
  time_millis: "1736855618748",
  x: '{"a":1}'
})

interface Kind {
  readonly kind: string
  readonly of: (n: string, i: number) => Row
  /** A cell that is parsed as JSON. */
  readonly json: string
  readonly blank: ReadonlyArray<readonly [code: string, field: string, cell: string]>
}

const kinds: ReadonlyArray<Kind> = [
  {
    kind: "message",
    of: message,
    json: "poll",
    blank: [
      ["missing_id", "message_id", ""],
      ["missing_channel", "channel_url", ""],
      ["invalid_time", "created_at", CONTENT]
    ]
  },
  { kind: "channel", of: channel, json: "metadata", blank: [["missing_id", "channel_url", ""]] },
  {
    kind: "member",
    of: member,
    json: "what",
    blank: [
      ["missing_id", "user_id", ""],
      ["missing_channel", "channel_url", ""]
    ]
  },
  { kind: "user", of: user, json: "metadata", blank: [["missing_id", "user_id", ""]] },
  { kind: "user", of: secretUser, json: "metadata", blank: [["missing_id", "user_id", ""]] },
  {
    kind: "failed_webhook",
    of: webhook,
    json: "x",
    blank: [["missing_url", "webhook_url", ""]]
  }
]

const rowOf = (
  row: Row,
  kind: string,
  code: string,
  damage: (row: Row) => string | Buffer,
  isText: boolean
) => {
  const text = line(Object.values(row))
  return {
    ending: "csv",
    clean: `${headerOf(row)}${text}\r\n`,
    damaged: joined(headerOf(row), damage(row), "\r\n"),
    corrected: JSON.stringify(isText ? { text } : without(row, "Access Token")),
    kind,
    code
  }
}

const rows: ReadonlyArray<Make> = kinds.flatMap(({ blank, json, kind, of }) => {
  const whole = (row: Row) => line(Object.values(row))
  const ways: ReadonlyArray<readonly [code: string, damage: (row: Row) => string | Buffer]> = [
    ["wrong_cell_count", (row) => `${whole(row)},${CONTENT}`],
    ["wrong_cell_count", () => CONTENT],
    ["invalid_csv", (row) => `x"y${whole(row)}`],
    ["invalid_csv", (row) => Buffer.concat([Buffer.from([0xff]), Buffer.from(whole(row))])],
    ["too_large", (row) => whole({ ...row, [json]: LARGE })],
    ["too_deep", (row) => whole({ ...row, [json]: `{"x":${nested(150)}}` })],
    ...blank.map(([code, field, text]) => [code, (row: Row) => whole({ ...row, [field]: text })] as const)
  ]
  return ways.flatMap(([code, damage]) =>
    // Without its token, a row with a column of secrets has a different number of cells as text.
    (of === secretUser ? [false] : [true, false]).map(
      (isText): Make =>
        (n, i) =>
          rowOf(of(n, i), kind, code, damage, isText)
    )
  )
})

const parts: ReadonlyArray<Make> = [
  (n) => {
    const row = channel(n)
    const damage = () =>
      line(Object.values({ ...row, members: raw([{ user_id: `a-${n}` }, { nickname: "B" }]) }))
    const corrected = raw({ user_id: `b-${n}`, nickname: "B" })
    return { ...rowOf(row, "member", "missing_id", damage, true), corrected }
  },
  (n, i) => {
    const row = message(n, i)
    const reactions = raw([{ key: "like", user_ids: [`u-${n}`, null], updated_at: 1_736_855_700_000 }])
    const damage = () => line(Object.values({ ...row, reactions }))
    return { ...rowOf(row, "reaction", "missing_id", damage, true), corrected: raw(`v-${n}`) }
  }
]

export const sendbirdCsv: ReadonlyArray<Make> = [...rows, ...parts]

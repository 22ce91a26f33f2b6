// Each field of the newest public types is mapped to the model, kept as custom data, or dropped and counted.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { fieldsOf, type Kind, kinds } from "./publicFields.ts"
import { type Read, readFiles } from "./reading.ts"

const AT = 1736855618748

/** Minimal records without the fields under test. */
const FILES: Readonly<Record<Kind, (fields: object) => object>> = {
  user: (fields) => ({ active_users: [{ user_id: "u", ...fields }] }),
  channel: (fields) => ({ group_channels: [{ channel_url: "c", ...fields }] }),
  member: (fields) => ({ group_channels: [{ channel_url: "c", members: [{ user_id: "u", ...fields }] }] }),
  message: (fields) => ({
    messages: [{ message_id: 1, channel_url: "c", created_at: AT, type: "FILE", ...fields }]
  }),
  reaction: (fields) => ({
    messages: [
      {
        message_id: 1,
        channel_url: "c",
        created_at: AT,
        type: "MESG",
        reactions: [{ key: "k", user_ids: ["u"], ...fields }]
      }
    ]
  })
}

const FILE = { url: "https://example.com/f", name: "f", type: "image/png", size: 1 }

/** Fields that need a certain value. All others are tested with a word, a number and an object. */
const VALUES: Readonly<Record<string, unknown>> = {
  access_token: "SECRET",
  session_tokens: ["SECRET"],
  members: [{ user_id: "v" }],
  operators: [{ user_id: "v" }],
  reactions: [{ key: "k", user_ids: ["v"] }],
  reactions_summary: [{ key: "k", sampled_user_ids: ["v"] }],
  mentioned_users: [{ user_id: "v" }],
  mentioned_user_ids: ["v"],
  user_ids: ["v", "w"],
  sampled_user_ids: ["v", "w"],
  pinned_message_ids: [1],
  latest_pinned_message: { message_id: 1 },
  last_message: { created_at: AT },
  metaarray: { a: ["1"] },
  metaarray_key_order: ["b"],
  sorted_metaarray: [{ key: "a", value: ["1"] }],
  file: FILE,
  files: [FILE],
  thumbnails: ["https://example.com/t"],
  user: { user_id: "v" },
  created_by: { user_id: "v" },
  creator: { user_id: "v" },
  inviter: { user_id: "v" },
  restriction_info: { restriction_type: "muted" },
  read_receipt: { u: AT },
  delivery_receipt: { u: AT },
  og_tag: { "og:title": "T" },
  channel: { channel_url: "c2", channel_type: "group" },
  is_active: false,
  is_push_enabled: false,
  type: "ADMM",
  message_type: "admin",
  channel_type: "open",
  mention_type: "channel",
  state: "invited",
  role: "operator",
  my_role: "operator",
  push_trigger_option: "off",
  my_push_trigger_option: "off",
  hidden_state: "hidden_allow_auto_unhide",
  preferred_languages: ["en"],
  metadata: { a: "b" }
}

/** Other fields that a field needs to have an effect. */
const BESIDE: Readonly<Record<string, object>> = {
  is_reply_to_channel: { parent_message_id: 2 },
  reply_to_channel: { parent_message_id: 2 },
  thumbnails: { file: FILE },
  require_auth: { file: FILE },
  metaarray_key_order: { metaarray: { b: ["1"], a: ["2"] } },
  read_receipt: { members: [{ user_id: "u" }] },
  channel: { channel_url: undefined },
  msg_id: { message_id: undefined },
  guest_id: { user_id: undefined },
  ts: { created_at: undefined },
  user_ids: { user_ids: undefined }
}

const essence = ({ notes, records, rejected }: Read) => JSON.stringify([records, notes, rejected])

/** True if a field alone changes the result, whatever its value. */
const isSeen = (kind: Kind, field: string) =>
  Effect.gen(function* () {
    const tried = field in VALUES ? [VALUES[field]] : [`x${field}`, AT - 5000, true, { a: "b" }]
    const beside = BESIDE[field] ?? {}
    const without = essence(yield* readFiles({ "f.json": FILES[kind](beside) }))
    for (const value of tried) {
      const found = yield* readFiles({ "f.json": FILES[kind]({ ...beside, [field]: value }) })
      assert.notInclude(JSON.stringify([found.records, found.rejected]), "SECRET")
      if (essence(found) === without) return false
    }
    return true
  })

it.live.each(kinds.map((kind) => ({ kind })))(
  "every public field of a $kind is mapped, kept or counted, whatever it holds",
  ({ kind }) =>
    Effect.gen(function* () {
      const silent: Array<string> = []
      for (const field of fieldsOf(kind)) if (!(yield* isSeen(kind, field))) silent.push(field)
      assert.deepStrictEqual(silent, [])
    }),
  60_000
)

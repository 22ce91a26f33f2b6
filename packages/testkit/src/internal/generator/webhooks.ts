// Failed webhook deliveries.
import type { Random } from "../random/random.ts"
import { chatText } from "../random/text.ts"

/** One element of `failed_webhooks`; `index` keeps elements distinct. */
export const webhook = (r: Random, index: number, at: number): Record<string, unknown> => ({
  webhook_url: r.pick(["https://hooks.example.com/chat", "https://hooks.example.com/chat?v=2"]),
  status_code: r.pick([400, 404, 500, 502, 503]),
  request_body: r.chance(0.02) ? `no JSON ${index}` : body(r, index),
  time_millis: at
})

// internal

const CATEGORIES = [
  "group_channel:message_send",
  "group_channel:join",
  "open_channel:message_send",
  "group_channel:reaction_add"
]

const body = (r: Random, index: number): string =>
  JSON.stringify({
    category: r.pick(CATEGORIES),
    app_id: "00000000-0000-0000-0000-000000000000",
    sender: { user_id: `user_${r.below(1000).toString(36)}` },
    payload: { message_id: index, message: chatText(r) }
  })

// The query parameters that lists and single records accept. A parameter that would change the response but is not implemented is
// rejected. If it were ignored, a client would silently get more than it requested.
import { type ErrorResponse, errorResponse } from "./answers.ts"

type Target = keyof typeof TAKEN

/** Rejects a query with parameters that are not implemented. */
export const rejected = (target: Target, query: URLSearchParams): ErrorResponse | undefined => {
  const { taken, usual = {} } = TAKEN[target] as Taken
  for (const [name, value] of query) {
    if (taken.includes(name) || value === "" || usual[name] === value) continue
    return errorResponse(400111, `Invalid value: "${name}". The emulator does not implement it.`)
  }
  return undefined
}

// internal

interface Taken {
  readonly taken: ReadonlyArray<string>
  /** Values of other parameters that mean the same as their absence. */
  readonly usual?: Readonly<Record<string, string>>
}

const PAGE = ["limit", "token"]
const SHOWN = ["show_delivery_receipt", "show_member", "show_metadata", "show_read_receipt"]
const OF_MESSAGES = [
  "include_parent_message_info",
  "include_poll_details",
  "include_reactions",
  "include_thread_info",
  "with_sorted_meta_array"
]

const TAKEN = {
  users: { taken: [...PAGE, "active_mode", "user_ids"], usual: { show_bot: "true" } },
  groupChannels: {
    taken: [
      ...PAGE,
      ...SHOWN,
      "channel_urls",
      "custom_types",
      "metadata_order_key",
      "order",
      "show_empty",
      "show_frozen"
    ],
    usual: { distinct_mode: "all", public_mode: "all", super_mode: "all" }
  },
  openChannels: {
    taken: [...PAGE, ...SHOWN, "channel_urls", "custom_types", "show_frozen"],
    usual: { show_empty: "true" }
  },
  channel: { taken: SHOWN, usual: { show_empty: "true" } },
  members: {
    taken: [...PAGE, "show_delivery_receipt", "show_member_is_muted", "show_read_receipt"],
    usual: {
      member_state_filter: "all",
      muted_member_filter: "all",
      operator_filter: "all",
      order: "member_nickname_alphabetical"
    }
  },
  channelUsers: { taken: PAGE },
  messages: {
    taken: [
      ...OF_MESSAGES,
      "include",
      "include_removed",
      "include_reply_type",
      "including_removed",
      "message_id",
      "message_ts",
      "message_type",
      "next_limit",
      "prev_limit",
      "reverse",
      "sender_ids"
    ],
    usual: { custom_types: "*", operator_filter: "all", show_subchannel_messages_only: "false" }
  },
  message: { taken: OF_MESSAGES }
} satisfies Readonly<Record<string, Taken>>

// An import like the example on Stream's page, with other users, and single changes of it.
import type { StreamImportValidator } from "@chatferry/sink-stream-import"
import type { Item } from "./files.ts"

export type Items = ReadonlyArray<readonly [type: string, item: Item]>

/** The items by name, so that a mutation can refer to them. */
const example = {
  ines: [
    "user",
    {
      id: "ines",
      name: "Inês",
      image: "https://img.example.org/ines.png",
      created_at: "2021-01-01T01:00:00Z",
      role: "user",
      invisible: true,
      teams: ["crew"],
      description: "plays the cello"
    }
  ],
  otto: ["user", { id: "otto", name: "Otto", teams: ["crew"] }],
  phone: [
    "device",
    {
      id: "token-1",
      user_id: "ines",
      push_provider_type: "apn",
      push_provider_name: "ios",
      created_at: "2021-01-02T01:00:00Z"
    }
  ],
  hall: [
    "channel",
    { id: "concert-hall", type: "livestream", created_by: "ines", team: "crew", name: "Concert hall" }
  ],
  pair: ["channel", { member_ids: ["ines", "otto"], type: "messaging", created_by: "otto", team: "crew" }],
  inesInHall: [
    "member",
    {
      channel_type: "livestream",
      channel_id: "concert-hall",
      user_id: "ines",
      channel_role: "channel_moderator",
      created_at: "2021-02-01T02:00:00Z",
      last_read: "2021-02-03T02:00:00Z"
    }
  ],
  inesInPair: [
    "member",
    { channel_type: "messaging", channel_member_ids: ["ines", "otto"], user_id: "ines" }
  ],
  ottoInPair: [
    "member",
    { channel_type: "messaging", channel_member_ids: ["ines", "otto"], user_id: "otto" }
  ],
  song: [
    "message",
    {
      id: "m-1",
      channel_type: "livestream",
      channel_id: "concert-hall",
      user: "ines",
      text: "Listen from 2:25 on",
      type: "regular",
      created_at: "2021-02-01T02:00:00Z",
      attachments: [
        {
          type: "image",
          image_url: "https://img.example.org/stage.jpg",
          asset_url: "https://img.example.org/stage-large.jpg",
          migrate_resources: true,
          original_width: 640,
          original_height: 480
        }
      ]
    }
  ],
  answer: [
    "message",
    {
      id: "m-2",
      channel_type: "livestream",
      channel_id: "concert-hall",
      user: "otto",
      text: "Lovely",
      parent_id: "m-1",
      type: "reply",
      created_at: "2021-02-01T02:05:00Z"
    }
  ],
  love: ["reaction", { message_id: "m-1", type: "love", user_id: "otto", created_at: "2021-03-02T15:00:00Z" }]
} as const satisfies Readonly<Record<string, Items[number]>>

type Name = keyof typeof example

/** Fields to set in an item, or to remove from it with `undefined`; `-` removes the item. */
export type Change = { readonly [N in Name]?: Item | "-" }

export interface Mutation {
  readonly name: string
  readonly change: Change
  /** The rules with findings, each with one unless it gives a number; none for a good change. */
  readonly found?: ReadonlyArray<StreamImportValidator.Code>
  /** The dialects of the change, both if left out. */
  readonly dialect?: "jsonl" | "json-array"
  readonly settings?: StreamImportValidator.Settings
}

/** The example with a change, in the same order. */
export const changed = (change: Change): Items =>
  (Object.entries(example) as ReadonlyArray<[Name, Items[number]]>).flatMap(([name, [type, item]]) => {
    const to = change[name]
    if (to === "-") return []
    const fields = Object.entries({ ...item, ...to }).filter(([, value]) => value !== undefined)
    return [[type, Object.fromEntries(fields)] as const]
  })

/** The message with an attachment that has these additional fields. */
export const attached = (fields: Item): Change => ({
  song: { attachments: [{ type: "image", image_url: "https://img.example.org/stage.jpg", ...fields }] }
})

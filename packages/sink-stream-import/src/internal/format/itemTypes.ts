/** The types of items, in their order in JSON Lines files. */
export const itemTypes = [
  "user",
  "device",
  "future_channel_ban",
  "channel",
  "member",
  "message",
  "reaction"
] as const

export type ItemType = (typeof itemTypes)[number]

/** The types of items there are, in the order in which files of JSON Lines have them. */
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

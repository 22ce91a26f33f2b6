import type { Entity } from "@chatferry/core"

/**
 * Whether an item that is made of `text` might be larger than a file may be.
 * `ids` says how many ids in it may become longer in Stream. What is added when
 * the file is assembled is allowed for, so an item that is taken always fits.
 */
export const isOverLimit = (text: string, ids: number, maxFileBytes: number): boolean => {
  const allowed = maxFileBytes - ADDED_BYTES - ids * LONGEST_ID_BYTES
  // A UTF-16 unit is at most three bytes, so hardly any text is measured.
  return text.length * 3 > allowed && Buffer.byteLength(text) > allowed
}

/** How many ids of others a record names in lists. */
export const listedIds = (record: Entity.Entity<"user" | "channel" | "member">): number => {
  switch (record._tag) {
    case "user":
      return (
        count(record.blockedUserIds) +
        count(record.mutedUserIds) +
        count(record.mutedChannelIds) +
        count(record.futureChannelBans)
      )
    case "channel":
      return count(record.bannedUserIds)
    case "member":
      return 0
  }
}

// internal

const count = (list: ReadonlyArray<unknown> | undefined) => list?.length ?? 0

// The envelope, the channel, and a parent and a quoted message twice.
const ADDED_BYTES = 4096
// `"messaging:<64>",` or a hashed id.
const LONGEST_ID_BYTES = 132

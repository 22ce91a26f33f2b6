import type { Entity } from "@chatferry/core"

/**
 * Whether an item made of `text` might be larger than a file may be. `ids` is the
 * number of ids in it that may become longer in Stream. The estimate includes what
 * is added when the file is assembled, so an item below the limit always fits.
 */
export const isOverLimit = (text: string, ids: number, maxFileBytes: number): boolean => {
  const allowed = maxFileBytes - ADDED_BYTES - ids * LONGEST_ID_BYTES
  // A UTF-16 unit takes at most three bytes, so most texts need not be measured.
  return text.length * 3 > allowed && Buffer.byteLength(text) > allowed
}

/** The number of ids in the lists of a record. */
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

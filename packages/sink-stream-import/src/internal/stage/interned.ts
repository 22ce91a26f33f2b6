import { type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Ids from "../format/ids.ts"

type Snapshot = NonNullable<Entity.Entity<"message">["userSnapshot"]>

interface User {
  readonly row: number
  shown: Snapshot | undefined
  shownRow: number
}

/** Rows of texts that many messages share; a text is added unless it is among the recent ones. */
export interface Interned {
  readonly channel: (id: string) => number
  readonly user: (id: string) => User
  readonly sender: (user: User, shown: Snapshot) => number
}

/**
 * Remembers the rows of recent ids and senders in bounded memory. Forgotten texts
 * are added again when they recur.
 */
export const makeInterned = (
  addId: (id: string) => number,
  addSender: (snapshot: string) => number
): Interned => {
  const channels = new Map<string, number>()
  const users = new Map<string, User>()
  let channelId: string | undefined
  let channelRow = 0
  return {
    channel: (id) => {
      if (id === channelId) return channelRow
      const row = channels.get(id) ?? addId(id)
      channelId = id
      channelRow = row
      Ids.remember(channels, id, row)
      return row
    },
    user: (id) => {
      const known = users.get(id)
      if (known !== undefined) return known
      const user = { row: addId(id), shown: undefined, shownRow: 0 }
      Ids.remember(users, id, user)
      return user
    },
    sender: (user, shown) => {
      if (user.shownRow > 0 && isSame(user.shown, shown)) return user.shownRow
      const text = JSON.stringify({ name: shown.name, imageUrl: shown.imageUrl, isBot: shown.isBot })
      user.shown = Json.parse(text) as Snapshot
      user.shownRow = addSender(text)
      return user.shownRow
    }
  }
}

// internal

const isSame = (a: Snapshot | undefined, b: Snapshot) =>
  a?.name === b.name && a?.imageUrl === b.imageUrl && a?.isBot === b.isBot

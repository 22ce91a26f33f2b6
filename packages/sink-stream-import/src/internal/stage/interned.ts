import * as Ids from "../format/ids.ts"

interface User {
  readonly row: number
  sender: string
  senderRow: number
}

/** Rows of texts that many messages share; a text is added unless it is among the recent ones. */
export interface Interned {
  readonly channel: (id: string) => number
  readonly user: (id: string) => User
  readonly sender: (user: User, text: string) => number
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
      const user = { row: addId(id), sender: "", senderRow: 0 }
      Ids.remember(users, id, user)
      return user
    },
    sender: (user, text) => {
      if (user.sender === text) return user.senderRow
      user.sender = text
      user.senderRow = addSender(text)
      return user.senderRow
    }
  }
}

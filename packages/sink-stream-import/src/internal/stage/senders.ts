import { type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Ids from "../format/ids.ts"

type Snapshot = NonNullable<Entity.Entity<"message">["userSnapshot"]>

/**
 * Makes the function that writes the snapshot of a sender as JSON. Most messages of a user have the same one, so the
 * last one of each recent user is remembered, in bounded memory.
 */
export const makeSenders = (): ((userId: string, shown: Snapshot) => string) => {
  const senders = new Map<string, { shown: Snapshot; text: string }>()
  return (userId, shown) => {
    const known = senders.get(userId)
    if (known !== undefined && isSame(known.shown, shown)) return known.text
    const text = JSON.stringify({ name: shown.name, imageUrl: shown.imageUrl, isBot: shown.isBot })
    // Not the record's own values, which may be slices of a longer text.
    const copy = Json.parse(text) as Snapshot
    if (known === undefined) Ids.remember(senders, userId, { shown: copy, text })
    else {
      known.shown = copy
      known.text = text
    }
    return text
  }
}

// internal

const isSame = (a: Snapshot, b: Snapshot) =>
  a.name === b.name && a.imageUrl === b.imageUrl && a.isBot === b.isBot

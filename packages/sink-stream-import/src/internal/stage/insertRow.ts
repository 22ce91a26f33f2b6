import type { SqliteStage } from "@chatferry/connector"
import { makeInterned } from "./interned.ts"
import type { Row } from "./rows.ts"
import type { Table } from "./tables.ts"

/** A row of an entity that is staged. */
export type StagedRow = Exclude<Row, readonly ["reject", ...ReadonlyArray<unknown>]>

/** Makes the function that adds a row to the tables of the stage. */
export const makeInsertRow = (insert: Insert): ((row: StagedRow) => void) => {
  const addUser = insert("users")
  const addChannel = insert("channels")
  const addMember = insert("members")
  const addMute = insert("member_mutes")
  const addMessage = insert("messages")
  const addExtras = insert("message_extras")
  const addMessageUser = insert("message_users")
  const addRename = insert("message_renames")
  const addReaction = insert("reactions")
  const addRemoval = insert("removals")
  const addMoved = insert("moved_fields")
  const addOriginal = insert("originals")
  const interned = makeInterned(insert("ids"), insert("senders"))

  const insertMessage = ([, id, channelId, userId, createdAt, sender, item, rest]: Of<"message">) => {
    const user = interned.user(userId)
    const channel = interned.channel(channelId)
    const senderRow = sender === null ? null : interned.sender(user, sender)
    const row = addMessage(id, channel, user.row, createdAt, senderRow, item)
    if (rest === null) return
    const [extras, streamId, userIds, moved, original] = rest
    if (extras !== null) addExtras(row, ...extras)
    if (streamId !== null) addRename(row, streamId)
    for (const mentioned of userIds) addMessageUser(row, mentioned)
    for (const [field, json] of moved) addMoved("message", row, field, json)
    if (original !== null) addOriginal("message", row, original)
  }

  const insertReaction = (reaction: Of<"reaction">) => {
    const [, messageId, channelId, userId, type, createdAt, rank, isSingle, notes, item, rest] = reaction
    const row = addReaction(messageId, channelId, userId, type, createdAt, rank, isSingle, notes, item)
    if (rest === null) return
    const [moved, original] = rest
    for (const [field, json] of moved) addMoved("reaction", row, field, json)
    addOriginal("reaction", row, original)
  }

  return (row) => {
    switch (row[0]) {
      case "message":
        return insertMessage(row)
      case "reaction":
        return insertReaction(row)
      case "user":
        addUser(row[1], row[2], row[3])
        return
      case "channel":
        addChannel(row[1], row[2], row[3])
        return
      case "member": {
        const [, channelId, userId, role, changedAt, snapshot, record, isMuted] = row
        const member = addMember(channelId, userId, role, changedAt, snapshot, record)
        if (isMuted !== null) addMute(member, isMuted)
        return
      }
      case "removal": {
        const [, ...values] = row
        addRemoval(...values)
        return
      }
    }
  }
}

/** Makes the function that adds rows to a table of the stage. */
export type Insert = SqliteStage.SqliteStage<Table>["insert"]

// internal

type Of<K extends Row[0]> = Extract<Row, readonly [K, ...ReadonlyArray<unknown>]>

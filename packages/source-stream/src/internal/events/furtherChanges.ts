// Changes of events beyond the record that they contain. They do not name the other records, so they are only counted.
import { isBlank, type RawObject } from "../records/raw.ts"

/** True if an applied event also changes other records, or may do so. */
export const has = (type: string, event: RawObject): boolean => {
  // A reaction replaces all other reactions of the user to the message, and the event does not give their types.
  if (type === "reaction.updated") return true
  if (event["hard_delete"] === true && type !== "message.deleted") return true
  // A soft deletion of a user does not change the user's messages.
  if (!isBlank(event["delete_user"]) && event["delete_user"] !== "soft") return true
  return DELETES.some((name) => !isBlank(event[name]))
}

// internal

const DELETES = [
  "delete_conversation",
  "delete_conversation_channels",
  "delete_messages",
  "mark_messages_deleted"
]

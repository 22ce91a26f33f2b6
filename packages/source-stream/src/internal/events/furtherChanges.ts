// What events change besides the record that they show. It names no records, so that it can be counted alone.
import { isBlank, type RawObject } from "../records/raw.ts"

/** Whether an event that is applied changes other records too, or may. */
export const has = (type: string, event: RawObject): boolean => {
  // A reaction takes the place of all others that the user has at the message, whose types are not told.
  if (type === "reaction.updated") return true
  if (event["hard_delete"] === true && type !== "message.deleted") return true
  // Whether a user is deleted softly says nothing of what they wrote.
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

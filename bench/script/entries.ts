// Which list an entry of an export contains: by its path, as a script would determine it.
import type { Channel, Mapper, Message, User, Webhook } from "./sendbirdRecords.ts"

/** The member whose elements are the records, and their destination. */
export interface Entry {
  readonly key: string
  readonly take: (element: unknown) => void
  /** Whether it also contains its channel, as a messages file does. */
  readonly hasChannel: boolean
}

export const entryOf = (path: string, mapper: Mapper): Entry => {
  if (path.startsWith("message/")) {
    return { key: "messages", take: (element) => mapper.message(element as Message), hasChannel: true }
  }
  const key = path.slice(path.lastIndexOf("/") + 1, -".json".length)
  switch (key) {
    case "active_users":
    case "inactive_users": {
      const isDeactivated = key === "inactive_users"
      return { key, take: (element) => mapper.user(element as User, isDeactivated), hasChannel: false }
    }
    case "group_channels":
    case "open_channels":
      return { key, take: (element) => mapper.channel(element as Channel), hasChannel: false }
    default:
      return {
        key: "failed_webhooks",
        take: (element) => mapper.webhook(element as Webhook),
        hasChannel: false
      }
  }
}

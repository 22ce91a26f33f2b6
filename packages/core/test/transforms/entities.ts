/** One entity of each kind that refers to users, channels and messages wherever the model can. */
import { type Entity, Ids, Timestamp } from "@chatferry/core"

export const user = (id: string, fields: Partial<Entity.Entity<"user">> = {}): Entity.Entity<"user"> => ({
  _tag: "user",
  id: Ids.UserId.make(id),
  ...fields
})

export const userIds = (...ids: ReadonlyArray<string>): ReadonlyArray<Ids.UserId> =>
  ids.map((id) => Ids.UserId.make(id))

const time = Timestamp.Timestamp.make("2024-01-01T00:00:00Z")

export const ada: Entity.Entity<"user"> = user("ada", {
  name: "Ada",
  blockedUserIds: userIds("bob"),
  mutedUserIds: userIds("bob", "eve"),
  mutedChannelIds: [Ids.ChannelId.make("c1")],
  futureChannelBans: [{ byId: Ids.UserId.make("bob"), reason: "spam" }]
})

export const channel: Entity.Entity<"channel"> = {
  _tag: "channel",
  id: Ids.ChannelId.make("c1"),
  form: "group",
  createdById: Ids.UserId.make("ada"),
  distinctMemberIds: userIds("ada", "bob"),
  bannedUserIds: userIds("eve")
}

export const member: Entity.Entity<"member"> = {
  _tag: "member",
  channelId: Ids.ChannelId.make("c1"),
  userId: Ids.UserId.make("ada"),
  userSnapshot: { name: "Ada", imageUrl: "https://example.com/ada.png" },
  customRole: "host"
}

export const message: Entity.Entity<"message"> = {
  _tag: "message",
  id: Ids.MessageId.make("m2"),
  channelId: Ids.ChannelId.make("c1"),
  userId: Ids.UserId.make("ada"),
  userSnapshot: { name: "Ada" },
  type: "regular",
  text: "hello",
  attachments: [
    { type: "image", url: "https://example.com/1.png", custom: { sendbird: { size: 1 } } },
    { type: "file", name: "notes" }
  ],
  parentId: Ids.MessageId.make("m1"),
  quotedMessageId: Ids.MessageId.make("m1"),
  mentionedUserIds: userIds("bob", "ada"),
  visibleToUserIds: userIds("bob"),
  pinnedById: Ids.UserId.make("bob"),
  editedById: Ids.UserId.make("bob"),
  createdAt: time,
  custom: { sendbird: { data: "x", level: 1 } }
}

export const reaction: Entity.Entity<"reaction"> = {
  _tag: "reaction",
  messageId: Ids.MessageId.make("m2"),
  channelId: Ids.ChannelId.make("c1"),
  userId: Ids.UserId.make("ada"),
  type: "like"
}

export const webhook: Entity.Entity<"failed_webhook"> = {
  _tag: "failed_webhook",
  id: Ids.FailedWebhookId.make("w1"),
  url: "https://example.com",
  body: '{"user_id":"ada","channel_url":"c1","message_id":"m1"}'
}

export const all: ReadonlyArray<Entity.Entity> = [ada, channel, member, message, reaction, webhook]

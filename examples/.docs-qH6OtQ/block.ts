import { Ids, Timestamp, Transform } from "@chatferry/core"
import { Effect, Schedule } from "effect"

const languageOf = (text: string) => Effect.succeed(text.includes(" the ") ? "en" : "unknown")

const languages = Transform.mapEffect(
  "languages",
  (entity) =>
    entity._tag !== "message" || entity.text === undefined
      ? Effect.succeed(entity)
      : languageOf(entity.text).pipe(
          Effect.retry(Schedule.recurs(3)),
          Effect.map((language) => ({ ...entity, custom: { ...entity.custom, app: { language } } }))
        ),
  { concurrency: 16, version: 1 }
)

const message = {
  _tag: "message",
  id: Ids.MessageId.make("m1"),
  channelId: Ids.ChannelId.make("c1"),
  type: "regular",
  text: "where is the ferry",
  createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
} as const
const { records } = await Effect.runPromise(languages.apply([message]))
console.log(records[0]?.custom)

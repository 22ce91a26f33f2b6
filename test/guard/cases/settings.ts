/** Every policy of the Stream import, in both dialects, for entities that each policy affects. */
import { EntityGenerator } from "@chatferry/testkit"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sinks from "../sinks.ts"
import * as Sources from "../sources.ts"

const policies: ReadonlyArray<Sinks.StreamSettings> = [
  {},
  { channelType: "stream_sync" },
  { channelType: { group: "team", open: "gaming" } },
  { distinctChannels: "member_ids" },
  { missingUser: "reject" },
  { unknownChannel: "synthesise" },
  { unknownChannel: "synthesise", distinctChannels: "member_ids", missingUser: "reject" },
  { deletedChannels: "skip" },
  { deletedMessages: "skip" },
  { deletedContent: "keep" },
  { readState: "unread" },
  { adminUserId: "system" },
  { userRoles: "any", channelRoles: "any" },
  { userRoles: ["user"], channelRoles: ["channel_member"] },
  { reactionTypes: { like: "thumbs_up", sendbird_emoji_heart_eyes: "love" } },
  { maxMessageLength: 40 },
  { httpUrls: "custom" },
  { migrateResources: false },
  { maxFileBytes: 65_536 },
  { validate: false },
  { memberItem: "channel_member" },
  { inviteFields: "invited" },
  { pushProviderNames: { apn: "ios", firebase: "android" } },
  { teamMismatch: "add" },
  { teamMismatch: "keep" },
  { replyType: "regular" },
  { replyType: "reply" }
]

const entities = () =>
  EntityGenerator.make({
    seed: 61,
    records: 500,
    dangling: 0.1,
    duplicates: 0.2,
    oddIds: 0.4,
    extremes: 0.04
  })
const soup = Inputs.entities(entities)
const exported = Inputs.sendbird({
  seed: 62,
  messages: 400,
  overlap: 0.1,
  features: { distinct: 0.5, removed: 0.2, open: 0.3 }
})

export const settingsCases: ReadonlyArray<Case> = [
  ...policies.flatMap((policy) => {
    const name = JSON.stringify(policy)
    const sink = Sinks.stream(policy)
    return [
      ofFiles(`settings: ${name}, entities`, soup, { source: Sources.ndjson(), sink }),
      ofFiles(`settings: ${name}, an export`, exported, { source: Sources.sendbird(), sink })
    ]
  }),
  ...Object.entries<Sinks.StreamSettings>({
    "ids of an earlier run": { channelType: "stream_sync" },
    "ids of an earlier run, and others": { userIds: { mia: "someone-else" } }
  }).map(([name, policy]) =>
    ofFiles(`settings: ${name}`, Inputs.there(`${Inputs.TESTS}/fixtures/sendbird-small`), {
      source: Sources.sendbird(),
      sink: Sinks.stream({ ...policy, idMap: `${Inputs.TESTS}/golden/sendbird-small/jsonl/id-map.ndjson` })
    })
  ),
  ofFiles("settings: other ids of users", soup, {
    source: Sources.ndjson(),
    sink: (out) => {
      const users = entities().flatMap((one) => (one._tag === "user" ? [one.id] : []))
      return Sinks.stream({ userIds: { [users[0] ?? ""]: "first", [users[1] ?? ""]: "second" } })(out)
    }
  })
]

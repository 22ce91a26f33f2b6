// Schemas of the settings.
import { ExportJobs, Pages, ArchiveSource } from "@chatferry/connector"
import { Setting, Settings } from "@chatferry/core/settings"
import { StreamConnection } from "@chatferry/stream-api"
import * as Schema from "effect/Schema"
import { atLocation } from "../api/batch.ts"

const { incidental, optional, withDefault } = Settings

const stripSignedUrls = withDefault(Setting.flag, false)
const devices = withDefault(Setting.oneOf("leave out", "take"), "leave out")

export const FILES_NAME = "stream-files"

export const FilesConfig = Schema.Struct({
  inputs: incidental(Setting.paths),
  name: incidental(withDefault(Setting.name, FILES_NAME)),
  ...ArchiveSource.limitsFields,
  stripSignedUrls,
  devices
})

export const isCid = (cid: string): boolean => /^[^\s:]+:\S+$/u.test(cid)

const A_CHANNEL = "a channel by its type and id, as in messaging:general"

const times = { messagesSince: optional(Setting.time), messagesUntil: optional(Setting.time) }

const Channel = Schema.Struct({
  cid: optional(Setting.text(A_CHANNEL, isCid)),
  type: optional(Setting.name),
  id: optional(Setting.name),
  ...times
}).check(Schema.makeFilter((channel) => isCid(cidOf(channel)), { expected: A_CHANNEL }))

/** A channel in any form in which it can be named. */
export type Choice = string | typeof Channel.Type

const channels = Schema.Union([
  Setting.listOf(Schema.Union([Setting.text(A_CHANNEL, isCid), Channel]).annotate({ expected: A_CHANNEL })),
  Setting.oneOf("all", "none")
]).annotate({ expected: '"all", "none" or a list with at least one channel' })

const users = Schema.Union([Setting.listOf(Setting.name), Setting.oneOf("all", "none")]).annotate({
  expected: '"all", "none" or a list with at least one id'
})

const exportFields = {
  ...StreamConnection.fields,
  channels: withDefault(channels, "all"),
  users: withDefault(users, "all"),
  // Excluded users are part of the fingerprints of their batches.
  excludeUserIds: incidental(
    withDefault(Schema.Array(Setting.name).annotate({ expected: "a list of ids" }), [])
  ),
  messagesOfUsers: optional(Setting.oneOf("leave out", "take")),
  usersOverLimit: incidental(withDefault(Setting.oneOf("stop", "leave out"), "stop")),
  lostAnswers: incidental(withDefault(Setting.oneOf("stop", "ask again"), "stop")),
  taskIds: incidental(withDefault(Setting.byName(Setting.name, "an object of ids by exports"), {})),
  ...times,
  version: withDefault(Setting.oneOf("v1", "v2"), "v2"),
  includeTruncatedMessages: withDefault(Setting.flag, false),
  includeSoftDeletedChannels: withDefault(Setting.flag, false),
  clearDeletedMessageText: withDefault(Setting.flag, false),
  exportUsers: withDefault(Setting.flag, true),
  batchSize: withDefault(Setting.whole(1, 100), 25),
  exportsInFlight: incidental(withDefault(Setting.whole(), 5)),
  ...ExportJobs.fields,
  maxPages: Pages.maxPages
}

export const API_NAME = "stream-api"

const { batchRecords, maxElementBytes, maxEntryBytes, maxRatio } = ArchiveSource.limitsFields

const sourceFields = {
  name: incidental(withDefault(Setting.name, API_NAME)),
  batchRecords,
  maxElementBytes,
  maxEntryBytes,
  maxRatio,
  stripSignedUrls,
  devices
}

type Together = Pick<
  Schema.Struct.Type<typeof exportFields>,
  "baseUrl" | "channels" | "users" | "taskIds" | "messagesSince" | "messagesUntil"
>

const together = Settings.rules<Together>(function* (given) {
  const { baseUrl, channels, taskIds, users } = given
  if (channels === "none" && users === "none") {
    yield [["channels"], "is none, and so is users: nothing would be exported"]
  }
  if (new URL(baseUrl).pathname.endsWith("/api/v2")) {
    yield [["baseUrl"], "must be without /api/v2, which has other responses"]
  }
  if (isReversed(given)) yield [["messagesUntil"], LATER]
  if (typeof channels !== "string") {
    for (const [i, choice] of channels.entries()) {
      if (typeof choice !== "string" && isReversed(choice)) yield [["channels", i, "messagesUntil"], LATER]
    }
    yield* twice("channels", channels.map(cidOf))
  }
  if (typeof users !== "string") yield* twice("users", users)
  for (const location of Object.keys(taskIds)) {
    if (atLocation(location) === undefined) {
      yield [["taskIds", location], 'must name an export like errors do, such as "channels 26 to 50"']
    }
  }
})

export const ExportConfig = Schema.Struct(exportFields).check(together)

const apiFields = { ...exportFields, directory: incidental(Setting.path), ...sourceFields }

export const ApiConfig = Schema.Struct(apiFields).check(together)

/** A plan takes the settings of a source, without the key, the secret and the folder. */
export const PlanConfig = Schema.Struct(
  Settings.partly(apiFields, ["apiKey", "apiSecret", "directory"])
).check(together)

export function cidOf(choice: Choice): string {
  return typeof choice === "string" ? choice : (choice.cid ?? `${choice.type ?? ""}:${choice.id ?? ""}`)
}

// internal

const LATER = "must be later than messagesSince"

function isReversed({ messagesSince, messagesUntil }: Schema.Struct.Type<typeof times>): boolean {
  return messagesSince !== undefined && messagesUntil !== undefined && messagesSince >= messagesUntil
}

function* twice(setting: string, names: ReadonlyArray<string>): Generator<readonly [[string], string]> {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) yield [[setting], `has ${name} twice`]
    seen.add(name)
  }
}

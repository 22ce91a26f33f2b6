// Schemas of the settings.
import { ExportJobs, Pages, RetryPolicy, ArchiveSource } from "@chatferry/connector"
import { Setting, Settings } from "@chatferry/core/settings"
import * as Schema from "effect/Schema"
import { type DataType, dataTypes } from "../api/request.ts"

const { incidental, optional, withDefault } = Settings

/** Settings for reading exports, from disk or from the API. */
const readingFields = {
  ...ArchiveSource.limitsFields,
  maxNestedBytes: incidental(withDefault(Setting.whole(), 256 << 20)),
  keepPersonalFields: withDefault(Setting.flag, false),
  stripSignedUrls: withDefault(Setting.flag, false)
}

const csvDelimiter = Setting.text(
  'one character, and not a quotation mark (")',
  (text) => Array.from(text).length === 1 && text !== '"' && text.isWellFormed()
)

export const ARCHIVES_NAME = "sendbird-archives"

export const ArchivesConfig = Schema.Struct({
  inputs: incidental(Setting.paths),
  name: incidental(withDefault(Setting.name, ARCHIVES_NAME)),
  ...readingFields,
  csvDelimiter: withDefault(csvDelimiter, ",")
})

const ids = withDefault(Schema.Array(Setting.name).annotate({ expected: "a list of ids" }), [])
const fewIds = withDefault(
  Schema.Array(Setting.name)
    .annotate({ expected: "a list of ids" })
    .check(Schema.makeFilter((given) => given.length <= 10, { expected: "a list of at most 10 ids" })),
  []
)
const days = Setting.number("a number of days above 0", (given) => given > 0 && Number.isFinite(given))

const channelFields = {
  channelUrls: ids,
  excludeChannelUrls: ids,
  channelCustomTypes: ids,
  showReadReceipt: withDefault(Setting.flag, true),
  showChannelMetadata: withDefault(Setting.flag, true),
  windowDays: optional(days)
}

export const Messages = Schema.Struct({
  senderIds: fewIds,
  excludeSenderIds: fewIds,
  userIds: ids,
  neighboringMessageLimit: optional(Setting.whole(1, 10)),
  ...channelFields
}).annotate({ expected: "an object such as { windowDays: 7 }" })

export const Channels = Schema.Struct(channelFields).annotate({
  expected: "an object such as { windowDays: 7 }"
})

export const Users = Schema.Struct({ userIds: ids, windowDays: optional(days) }).annotate({
  expected: "an object such as { windowDays: 7 }"
})

const FailedWebhooks = Schema.Struct({ from: optional(Setting.time) }).annotate({
  expected: "an object such as { from: 2024-05-01T00:00:00Z }"
})

export const Enrichment = Schema.Struct({
  users: withDefault(Setting.flag, true),
  channels: withDefault(Setting.flag, true),
  members: withDefault(Setting.flag, true),
  messages: withDefault(Setting.flag, true)
})

const requestIds = optional(Schema.Array(Setting.name).annotate({ expected: "a list of ids" }))

const connectionFields = {
  applicationId: Setting.text("the application's id, which has letters, digits and hyphens only", (id) =>
    /^[\w-]+$/u.test(id)
  ),
  apiToken: incidental(Setting.secret),
  baseUrl: incidental(optional(Setting.baseUrl)),
  ...RetryPolicy.fields,
  maxPages: Pages.maxPages
}

const exportFields = {
  ...connectionFields,
  from: Setting.time,
  to: Setting.time,
  dataTypes: withDefault(
    Setting.listOf(Setting.oneOf("failed_webhooks", "users", "channels", "messages"), "a list of data types"),
    dataTypes
  ),
  messages: optional(Messages),
  channels: optional(Channels),
  users: optional(Users),
  failedWebhooks: optional(FailedWebhooks),
  enrich: withDefault(
    Schema.Union([Setting.flag, Enrichment]).annotate({
      expected: "true, false or an object such as { messages: false }"
    }),
    false
  ),
  format: withDefault(Setting.oneOf("json", "csv"), "json"),
  csvDelimiter: optional(csvDelimiter),
  timezone: withDefault(Setting.text("the IANA name of a time zone, such as Asia/Seoul", isTimeZone), "UTC"),
  exportsInFlight: incidental(withDefault(Setting.whole(), 1)),
  reuseExports: incidental(withDefault(Setting.flag, false)),
  requestIds: incidental(
    withDefault(
      Schema.Struct({
        failed_webhooks: requestIds,
        users: requestIds,
        channels: requestIds,
        messages: requestIds
      }).annotate({ expected: "an object with lists of ids by data type" }),
      {}
    )
  ),
  ...ExportJobs.fields,
  shortestWindow: incidental(withDefault(Setting.millis, "1 hour"))
}

export const API_NAME = "sendbird-api"

const sourceFields = {
  name: incidental(withDefault(Setting.name, API_NAME)),
  ...readingFields
}

/** The setting of each data type. */
const settingOf = {
  failed_webhooks: "failedWebhooks",
  users: "users",
  channels: "channels",
  messages: "messages"
} as const

const HALF_YEAR = 186
const WEEK = 7

export const longestDays = ({ userIds }: typeof Messages.Type): number =>
  userIds.length > 0 ? HALF_YEAR : WEEK

const together = Settings.rules<Requested>(function* (given) {
  if (given.from >= given.to) yield [["to"], "must be later than from"]
  for (const dataType of dataTypes) {
    const setting = settingOf[dataType]
    if (given[setting] !== undefined && !given.dataTypes.includes(dataType)) {
      yield [[setting], `is given, but dataTypes does not have ${dataType}`]
    }
  }
  if (given.csvDelimiter !== undefined && given.format !== "csv") {
    yield [["csvDelimiter"], "is only for format csv"]
  }
  const { messages } = given
  if (messages === undefined) return
  if (messages.neighboringMessageLimit !== undefined && messages.senderIds.length === 0) {
    yield [["messages", "neighboringMessageLimit"], "works with messages.senderIds only"]
  }
  const most = longestDays(messages)
  if ((messages.windowDays ?? most) > most) {
    const filtered = most === WEEK ? ` (${HALF_YEAR} with messages.userIds)` : ""
    yield [["messages", "windowDays"], `must be at most ${most}${filtered}, but is ${messages.windowDays}`]
  }
})

/** The requested export, after defaults. */
export interface Requested {
  readonly from: number
  readonly to: number
  readonly dataTypes: ReadonlyArray<DataType>
  readonly messages?: typeof Messages.Type | undefined
  readonly channels?: typeof Channels.Type | undefined
  readonly users?: typeof Users.Type | undefined
  readonly failedWebhooks?: typeof FailedWebhooks.Type | undefined
  readonly format: "json" | "csv"
  readonly csvDelimiter?: string | undefined
  readonly timezone: string
}

export const ExportConfig = Schema.Struct(exportFields).check(together)

const apiFields = { ...exportFields, directory: incidental(Setting.path), ...sourceFields }

export const ApiConfig = Schema.Struct(apiFields).check(together)

/** A plan takes the settings of a source, without the token and the folder. */
export const PlanConfig = Schema.Struct(Settings.partly(apiFields, ["apiToken", "directory"])).check(together)

/** A list takes the settings of a source, but only needs the connection. */
export const ListConfig = Schema.Struct(Settings.partly(apiFields, ["from", "to", "directory"]))

// internal

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

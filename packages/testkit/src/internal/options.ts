// Schemas of the options of generators and emulators. Numbers that are too small are raised to the minimum.
import { Entity } from "@chatferry/core"
import { Setting, Settings } from "@chatferry/core/settings"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { defaults as sendbirdFeatures } from "./generator/features.ts"
import { kinds as requestFaults } from "./http/requestFaults.ts"
import { kinds as sendbirdFaults } from "./sendbird/api/faults.ts"
import { kinds as streamFaults } from "./stream/api/faults.ts"
import { defaults as streamFeatures } from "./stream/generator/features.ts"

/** Throws on wrong options: a test with wrong options would test something other than it claims. */
export const judge = (schema: Schema.ConstraintDecoder<unknown>, options: unknown): void => {
  Result.getOrThrow(Settings.result(schema, options))
}

const number = Settings.optional(Setting.number("a number", () => true))
const share = Settings.optional(Setting.number("a share from 0 to 1", (given) => given >= 0 && given <= 1))
const flag = Settings.optional(Setting.flag)
const text = Settings.optional(Setting.name)

const shares = (names: ReadonlyArray<string>) =>
  Settings.optional(
    Schema.Struct(Object.fromEntries(names.map((name) => [name, share]))).annotate({
      expected: "an object of shares by name"
    })
  )

const rate = Settings.optional(
  Schema.Struct({
    calls: Setting.number("a number", () => true),
    seconds: Setting.number("a number", () => true)
  }).annotate({ expected: "an object such as { calls: 300, seconds: 60 }" })
)

export const SendbirdExport = Schema.Struct({
  seed: number,
  messages: number,
  channels: number,
  users: number,
  windows: number,
  windowDays: number,
  overlap: share,
  failedWebhooks: number,
  messagesPerFile: number,
  pretty: flag,
  start: number,
  timezone: text,
  spelling: Settings.optional(Setting.oneOf("usual", "old", "pages")),
  features: shares(Object.keys(sendbirdFeatures)),
  format: Settings.optional(Setting.oneOf("json", "csv")),
  csvDelimiter: Settings.optional(
    Setting.text(
      "one character other than a double quote",
      (given) => Array.from(given).length === 1 && given !== '"'
    )
  ),
  through: Settings.optional(Setting.callback())
}).annotate({ expected: "an object such as { messages: 1000 }" })

export const StreamExport = Schema.Struct({
  seed: number,
  messages: number,
  channels: number,
  users: number,
  days: number,
  start: number,
  features: shares(Object.keys(streamFeatures))
}).annotate({ expected: "an object such as { messages: 1000 }" })

export const StreamLayout = Schema.Struct({
  documents: Settings.optional(Setting.oneOf("array", "object", "channels", "concatenated")),
  envelope: Settings.optional(Setting.oneOf("type-data", "type-item", "type-name", "single-key", "bare")),
  memberName: Settings.optional(Setting.oneOf("member", "channel_member")),
  reactionLines: flag,
  reads: flag,
  invites: Settings.optional(Setting.oneOf("invite", "invited")),
  custom: Settings.optional(Setting.oneOf("flat", "nested")),
  times: Settings.optional(Setting.oneOf("rfc3339", "nanoseconds"))
}).annotate({ expected: 'an object such as { custom: "nested" }' })

export const StreamSelection = Schema.Struct({
  channels: Settings.optional(Setting.value(Array.isArray, "a list of channels")),
  version: Settings.optional(Setting.oneOf("v1", "v2")),
  includesTruncated: flag,
  includesDeleted: flag,
  clearsDeletedText: flag,
  exportsUsers: flag
}).annotate({ expected: 'an object such as { version: "v2" }' })

/** A name of a route, such as `GET /users/{id}`. */
const ROUTE = /^[A-Z]+ \/\S*$/u

const routes = Setting.value(
  (given): given is object =>
    typeof given === "object" &&
    given !== null &&
    Object.entries(given).every(([name, route]) => ROUTE.test(name) && typeof route === "function"),
  'an object of functions by method and path, such as { "GET /users": () => ({ body: [] }) }'
)

export const Emulator = Schema.Struct({
  routes,
  faults: shares(requestFaults),
  faultsInARow: number,
  rateLimit: rate,
  retryAfter: number,
  port: number,
  seed: number,
  slowMillis: number
})

export const SendbirdEmulator = Schema.Struct({
  data: Settings.optional(SendbirdExport),
  applicationId: text,
  apiToken: text,
  port: number,
  now: number,
  exportPolls: number,
  linkMillis: number,
  fileMillis: number,
  rateLimit: rate,
  longWindowsWith: Settings.optional(Setting.oneOf("user_ids", "sender_ids")),
  faults: shares(sendbirdFaults),
  faultsInARow: number,
  seed: number,
  slowMillis: number
})

const texts = Settings.optional(Schema.Array(Setting.name).annotate({ expected: "a list of names" }))

export const StreamEmulator = Schema.Struct({
  apiKey: text,
  apiSecret: text,
  port: number,
  userRoles: texts,
  channelRoles: texts,
  channelTypes: Settings.optional(
    Setting.byName(
      Setting.number("a number", () => true),
      "an object of numbers by channel type"
    )
  ),
  looks: number,
  confirmAfterLooks: number,
  listedImports: Settings.optional(Setting.oneOf("paged", "whole", "overlapping")),
  linkMillis: number,
  maxFileBytes: number,
  rateLimit: rate,
  faults: shares(streamFaults),
  faultsInARow: number,
  data: Settings.optional(StreamExport),
  layout: Settings.optional(StreamLayout),
  packing: Settings.optional(Setting.oneOf("none", "gz", "encoded")),
  taskLooks: number,
  fileLinkMillis: number,
  fileMillis: number,
  mostChannels: number,
  mostUserMessages: number,
  longUsers: Settings.optional(Setting.oneOf("rejected", "failed")),
  exportRateLimit: rate,
  seed: number,
  slowMillis: number
})

export const EntityGenerator = Schema.Struct({
  seed: number,
  records: number,
  kinds: Settings.optional(
    Schema.Array(Setting.oneOf(...Entity.kinds)).annotate({ expected: "a list of kinds of entities" })
  ),
  dangling: share,
  duplicates: share,
  oddIds: share,
  extremes: share
})

// Settings with defaults and checks. No request is sent before all of them are valid.
import { Pages, type RetryPolicy } from "@chatferry/connector"
import { type SinkError } from "@chatferry/core"
import { Setting, Settings } from "@chatferry/core/settings"
import { StreamConnection } from "@chatferry/stream-api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Limits from "../../StreamImportLimits.ts"
import type { StateEvent } from "./model.ts"

export type Mode = "upsert" | "insert"

export type OnState = (event: StateEvent) => Effect.Effect<void>

export interface ApiSettings {
  readonly connection: StreamConnection.Connection
  readonly directory: string
  readonly stateDirectory: string
  readonly mode: Mode
  readonly mergeCustom: boolean | undefined
  readonly maxFileBytes: number
  readonly retryFailed: boolean
  readonly pollMillis: RetryPolicy.Backoff
  readonly deadlineMillis: number
  readonly maxPages: number
  readonly onState: OnState | undefined
}

export const ConnectionConfig = Schema.Struct(StreamConnection.fields)

const uploadFields = {
  ...StreamConnection.fields,
  directory: Setting.path,
  stateDirectory: Setting.path,
  mode: Setting.oneOf("upsert", "insert"),
  mergeCustom: Settings.optional(Setting.flag),
  maxFileBytes: Settings.withDefault(Setting.whole(), Limits.fileBytes),
  retryFailed: Settings.withDefault(Setting.flag, false),
  pollEvery: Settings.withDefault(Setting.pauses, ["5 seconds", "1 minute"]),
  importDeadline: Settings.withDefault(Setting.millis, "7 days"),
  maxPages: Pages.maxPages,
  onState: Settings.optional(Setting.callback<OnState>())
}

export const UploadConfig = Schema.Struct(uploadFields).check(
  Settings.rules(({ mergeCustom, mode }) =>
    mergeCustom === true && mode === "insert"
      ? [[["mergeCustom"], "has no effect with mode insert, which changes nothing that is there"]]
      : []
  )
)

/** The fields of `list` and `get`, which allow the options of an upload but only need the connection. */
const otherFields = {
  ...uploadFields,
  directory: Settings.optional(Setting.path),
  stateDirectory: Settings.optional(Setting.path),
  mode: Settings.optional(uploadFields.mode)
}

export const ListConfig = Schema.Struct({
  ...otherFields,
  limit: Settings.withDefault(Setting.whole(1, 100), 10),
  offset: Settings.withDefault(Setting.whole(0), 0)
})

export const GetConfig = Schema.Struct({ ...otherFields, importId: Setting.name })

export const upload = (config: unknown): Effect.Effect<ApiSettings, SinkError.InvalidConfig> =>
  Effect.map(Settings.decode(UploadConfig, config), (given) => ({
    connection: StreamConnection.of(given),
    directory: given.directory,
    stateDirectory: given.stateDirectory,
    mode: given.mode,
    mergeCustom: given.mergeCustom,
    maxFileBytes: given.maxFileBytes,
    retryFailed: given.retryFailed,
    pollMillis: given.pollEvery,
    deadlineMillis: given.importDeadline,
    maxPages: given.maxPages,
    onState: given.onState
  }))

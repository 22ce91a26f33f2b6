// Settings after defaults and checks. Nothing is asked of Stream before all of them are right.
import { Pages, type RetryPolicy, Settings, type SinkError } from "@chatferry/core"
import { StreamConnection } from "@chatferry/stream-api"
import type * as Effect from "effect/Effect"
import type { Connection, UploadConfig } from "../../StreamImportApi.ts"
import * as Limits from "../../StreamImportLimits.ts"

export type Mode = "upsert" | "insert"

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
}

export const connection = (
  config: Connection
): Effect.Effect<StreamConnection.Connection, SinkError.InvalidConfig> =>
  Settings.resolve(() => StreamConnection.of(config))

export const upload = (config: UploadConfig): Effect.Effect<ApiSettings, SinkError.InvalidConfig> =>
  Settings.resolve(() => {
    if (config.directory === "") invalid("directory", "must not be empty")
    // From callers without types.
    if (config.mode !== "upsert" && config.mode !== "insert") invalid("mode", "must be upsert or insert")
    if (config.mergeCustom === true && config.mode === "insert") {
      invalid("mergeCustom", "is of no use with mode insert, which changes nothing that is there")
    }
    return {
      connection: StreamConnection.of(config),
      directory: config.directory,
      stateDirectory: config.stateDirectory,
      mode: config.mode,
      mergeCustom: config.mergeCustom,
      maxFileBytes: wholeOf("maxFileBytes", config.maxFileBytes ?? Limits.fileBytes),
      retryFailed: config.retryFailed ?? false,
      pollMillis: Settings.pausesOf("pollEvery", config.pollEvery ?? ["5 seconds", "1 minute"]),
      deadlineMillis: millisOf("importDeadline", config.importDeadline ?? "7 days"),
      maxPages: Pages.mostOf(config.maxPages)
    }
  })

// internal

const { invalid, millisOf, wholeOf } = Settings

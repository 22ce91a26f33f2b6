// Settings after defaults and checks. Nothing is asked of Stream before all of them are right.
import { SinkError } from "@chatferry/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Connection, UploadConfig } from "../../StreamImportApi.ts"
import * as Limits from "../../StreamImportLimits.ts"
import type { ClientSettings } from "./client.ts"
import { serverToken } from "./crypto.ts"

export type Mode = "upsert" | "insert"

export interface ApiSettings {
  readonly client: ClientSettings
  readonly directory: string
  readonly stateDirectory: string
  readonly mode: Mode
  readonly mergeCustom: boolean | undefined
  readonly maxFileBytes: number
  readonly retryFailed: boolean
  readonly pollMillis: readonly [first: number, most: number]
  readonly deadlineMillis: number
}

export const connection = (config: Connection): Effect.Effect<ClientSettings, SinkError.InvalidConfig> =>
  checked(() => clientOf(config))

export const upload = (config: UploadConfig): Effect.Effect<ApiSettings, SinkError.InvalidConfig> =>
  checked(() => {
    if (config.directory === "") invalid("directory", "must not be empty")
    // From callers without types.
    if (config.mode !== "upsert" && config.mode !== "insert") invalid("mode", "must be upsert or insert")
    if (config.mergeCustom === true && config.mode === "insert") {
      invalid("mergeCustom", "is of no use with mode insert, which changes nothing that is there")
    }
    return {
      client: clientOf(config),
      directory: config.directory,
      stateDirectory: config.stateDirectory,
      mode: config.mode,
      mergeCustom: config.mergeCustom,
      maxFileBytes: wholeOf("maxFileBytes", config.maxFileBytes ?? Limits.fileBytes),
      retryFailed: config.retryFailed ?? false,
      pollMillis: [
        millisOf("pollEvery", config.pollEvery?.[0] ?? "5 seconds"),
        millisOf("pollEvery", config.pollEvery?.[1] ?? "1 minute")
      ],
      deadlineMillis: millisOf("importDeadline", config.importDeadline ?? "7 days")
    }
  })

// internal

const checked = <A>(settings: () => A): Effect.Effect<A, SinkError.InvalidConfig> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(settings())
    } catch (cause) {
      if (cause instanceof SinkError.InvalidConfig) return Effect.fail(cause)
      throw cause
    }
  })

const invalid = (setting: string, problem: string): never => {
  throw new SinkError.InvalidConfig({ setting, problem })
}

const clientOf = (config: Connection): ClientSettings => {
  if (!/^[\w-]+$/u.test(config.apiKey)) {
    invalid("apiKey", "must be the app's key, which has letters and digits only")
  }
  if (Redacted.value(config.apiSecret) === "") invalid("apiSecret", "must not be empty")
  return {
    baseUrl: baseUrlOf(config.baseUrl ?? "https://chat.stream-io-api.com"),
    apiKey: config.apiKey,
    token: serverToken(config.apiSecret),
    attempts: wholeOf("attempts", config.attempts ?? 8),
    requestTimeoutMillis: millisOf("requestTimeout", config.requestTimeout ?? "1 minute"),
    retryMillis: [
      millisOf("retryEvery", config.retryEvery?.[0] ?? "500 millis"),
      millisOf("retryEvery", config.retryEvery?.[1] ?? "30 seconds")
    ]
  }
}

const baseUrlOf = (url: string): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (
    parsed === undefined ||
    !/^https?:$/u.test(parsed.protocol) ||
    parsed.search + parsed.hash + parsed.username + parsed.password !== ""
  ) {
    invalid("baseUrl", "must be an http or https address without a query")
  }
  return url.replace(/\/+$/u, "")
}

const millisOf = (setting: string, input: Duration.Input): number =>
  Option.match(Duration.fromInput(input), {
    onNone: () => invalid(setting, "is no duration"),
    onSome: Duration.toMillis
  })

const wholeOf = (setting: string, value: number): number =>
  Number.isInteger(value) && value >= 1 ? value : invalid(setting, "must be a whole number of at least 1")

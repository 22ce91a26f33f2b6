/**
 * Settings and plans for Sendbird's data export API.
 *
 * An export covers a window of creation times. Sendbird makes it on request,
 * which takes minutes. The API selects by creation time and returns the state at
 * the moment of the export.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { ExportJobs, RetryPolicy } from "@chatferry/connector"
import { type SourceError } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type * as Past from "./internal/api/pastExports.ts"
import * as Planned from "./internal/api/plan.ts"
import type { DataType as AnyDataType } from "./internal/api/request.ts"
import {
  ExportConfig,
  ListConfig as ListSchema,
  PlanConfig as PlanSchema
} from "./internal/settings/config.ts"
import type {
  ChannelsParameters,
  Enrichment,
  FailedWebhooksParameters,
  MessagesParameters,
  UsersParameters
} from "./internal/settings/parameters.ts"

/**
 * A type of data that can be exported, by Sendbird's name.
 *
 * @category models
 * @since 0.1.0
 */
export type DataType = AnyDataType

export type {
  ChannelsParameters,
  Enrichment,
  FailedWebhooksParameters,
  MessagesParameters,
  UsersParameters
} from "./internal/settings/parameters.ts"

/**
 * Configures an export. Invalid settings fail before any request, with the name of the setting.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config extends RetryPolicy.Config, ExportJobs.Config {
  /** Id of the application. It is case-sensitive, because it is part of the API's host name. */
  readonly applicationId: string
  /** The master or a secondary API token. It is only sent in the header of API calls. */
  readonly apiToken: Redacted.Redacted
  /** Exports records created at this time or later. */
  readonly from: DateTime.DateTime.Input
  /** Exports records created before this time. Keep it the same in every run of a migration. */
  readonly to: DateTime.DateTime.Input
  /**
   * Types of data to export. They are read in the order failed webhooks, users, channels, messages.
   *
   * @default all four
   */
  readonly dataTypes?: ReadonlyArray<DataType> | undefined
  readonly messages?: MessagesParameters | undefined
  readonly channels?: ChannelsParameters | undefined
  readonly users?: UsersParameters | undefined
  readonly failedWebhooks?: FailedWebhooksParameters | undefined
  /**
   * Reads data that exports lack from the Platform API, after the exports.
   *
   * @default false
   */
  readonly enrich?: boolean | Enrichment | undefined
  /**
   * Format of the exports. CSV carries less than JSON.
   *
   * @default json
   */
  readonly format?: "json" | "csv" | undefined
  /**
   * The character between the cells of CSV exports.
   *
   * @default ,
   */
  readonly csvDelimiter?: string | undefined
  /**
   * IANA name of the time zone of times written as text. These times carry their offset, so the zone does not change them.
   *
   * @default UTC
   */
  readonly timezone?: string | undefined
  /**
   * Address of the API.
   *
   * @default https://api-{applicationId}.sendbird.com/v3
   */
  readonly baseUrl?: string | undefined
  /**
   * Exports to request at the same time. Sendbird does not document a limit.
   *
   * @default 1
   */
  readonly exportsInFlight?: number | undefined
  /**
   * Uses earlier exports that match a window exactly, instead of requesting new ones. They show an older state.
   *
   * @default false
   */
  readonly reuseExports?: boolean | undefined
  /** Exports made by hand or by another run, to use instead of requesting new ones. Each must match a window exactly. */
  readonly requestIds?: { readonly [D in DataType]?: ReadonlyArray<string> | undefined } | undefined
  /**
   * Shortest window to split a window into when its export fails.
   *
   * @default 1 hour
   */
  readonly shortestWindow?: Duration.Input | undefined
  /**
   * Most pages of one listing.
   *
   * @default 20000
   */
  readonly maxPages?: number | undefined
}

/**
 * The schema of `Config`. `SendbirdSource.ApiConfig` has these settings and more.
 *
 * @category configuration
 * @since 0.1.0
 */
export const Config = ExportConfig

export type { Window } from "./internal/api/request.ts"

export type { Plan } from "./internal/api/plan.ts"

/**
 * Configures a plan: takes what `SendbirdSource.api` takes, without the token.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface PlanConfig extends Omit<Config, "apiToken"> {
  /** Not used. */
  readonly apiToken?: Redacted.Redacted | undefined
}

/**
 * The schema of `PlanConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const PlanConfig = PlanSchema

/**
 * Returns the requests that a run would make, without making them. The current
 * time decides which windows are too old.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plan = (config: PlanConfig): Effect.Effect<Planned.Plan, SourceError.InvalidConfig> =>
  Effect.flatMap(Settings.decode(PlanSchema, config), Planned.of)

export type { PastExport } from "./internal/api/pastExports.ts"

/**
 * Configures the connection for listing exports. `SendbirdSource.api` takes the same settings and more.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ListConfig extends Pick<
  Config,
  "apiToken" | "applicationId" | "baseUrl" | "maxPages" | keyof RetryPolicy.Config
> {}

/**
 * The schema of `ListConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const ListConfig = ListSchema

/**
 * Lists the exports of a data type, with one call per hundred. An export can
 * appear twice if the listing had to start again. A list that does not end fails
 * with `RequestFailed`.
 *
 * @category running
 * @since 0.1.0
 */
export const list = (
  config: ListConfig,
  dataType: DataType
): Stream.Stream<Past.PastExport, SourceError.SourceErrorReason, HttpClient.HttpClient> =>
  Stream.unwrap(Effect.map(listing, ({ list }) => list(config, dataType)))

/**
 * Formats a plan as text, with one line per data type.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (plan: Planned.Plan): string => Planned.format(plan)

// internal

/** Most programs do not list exports, so what asks for them is loaded when it is needed. */
const listing = Effect.promise(() => import("./internal/api/list.ts"))

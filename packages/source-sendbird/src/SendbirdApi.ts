/**
 * Sendbird's data export API: what to export, and what that takes.
 *
 * An export covers a window of creation times and is made on request, which
 * takes Sendbird minutes. The API selects by creation time and gives the state
 * of the moment in which it exports.
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
import * as Client from "./internal/api/client.ts"
import * as Past from "./internal/api/pastExports.ts"
import * as Planned from "./internal/api/plan.ts"
import type { DataType as AnyDataType } from "./internal/api/request.ts"
import { connectionOf } from "./internal/api/settings.ts"
import {
  ExportConfig,
  ListConfig as ListSchema,
  PlanConfig as PlanSchema
} from "./internal/settings/config.ts"

/**
 * What can be exported, as Sendbird names it.
 *
 * @category models
 * @since 0.1.0
 */
export type DataType = AnyDataType

/**
 * Which messages to export, and how. An empty list is the same as none.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface MessagesParameters {
  /** Only messages of these users; at most 10. */
  readonly senderIds?: ReadonlyArray<string> | undefined
  /** No messages of these users; at most 10. */
  readonly excludeSenderIds?: ReadonlyArray<string> | undefined
  readonly channelUrls?: ReadonlyArray<string> | undefined
  readonly excludeChannelUrls?: ReadonlyArray<string> | undefined
  /** Answers of Sendbird show this filter, no list of parameters does; whether it is heeded is not known. */
  readonly channelCustomTypes?: ReadonlyArray<string> | undefined
  /**
   * The filter with which Sendbird's page allows a window of 186 days instead of
   * 7; the same page says that it works for users only. When Sendbird refuses the
   * windows, set `windowDays` to 7.
   */
  readonly userIds?: ReadonlyArray<string> | undefined
  /** Messages of others that follow one of `senderIds`, 1 to 10. */
  readonly neighboringMessageLimit?: number | undefined
  /** Whether channels show when their members read last; `true`. */
  readonly showReadReceipt?: boolean | undefined
  /** Whether channels show their metadata; `true`. */
  readonly showChannelMetadata?: boolean | undefined
  /** Length of a window: at most 7 days, with `userIds` 186. Default: the most. */
  readonly windowDays?: number | undefined
}

/**
 * Which channels to export, and how.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ChannelsParameters {
  readonly channelUrls?: ReadonlyArray<string> | undefined
  readonly excludeChannelUrls?: ReadonlyArray<string> | undefined
  /** See `MessagesParameters`. */
  readonly channelCustomTypes?: ReadonlyArray<string> | undefined
  readonly showReadReceipt?: boolean | undefined
  readonly showChannelMetadata?: boolean | undefined
  /** Length of a window; default the whole period, which Sendbird does not limit. It recommends 7 days for large applications. */
  readonly windowDays?: number | undefined
}

/**
 * Which users to export.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface UsersParameters {
  readonly userIds?: ReadonlyArray<string> | undefined
  /** As in `ChannelsParameters`. */
  readonly windowDays?: number | undefined
}

/**
 * Which failed webhooks to export, in windows of a day.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FailedWebhooksParameters {
  /** Sendbird keeps them for six months. Default: 180 days before `to`, or `from` if that is later; days that are too old by now are then left out and noted as `window_too_old`. Given, they are an error. */
  readonly from?: DateTime.DateTime.Input | undefined
}

/**
 * What the API does not put into exports and its other endpoints know.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Enrichment {
  /** Creation times of users; `true`. A call for 100 users. */
  readonly users?: boolean | undefined
  /** Creators and metadata of channels; `true`. A call for 100 channels. */
  readonly channels?: boolean | undefined
  /** Operators, states and read times of members; `true`. A call per open channel, and per 100 members of a group channel. */
  readonly members?: boolean | undefined
  /** Reactions and threads; `true`. A call per 200 messages of a channel, and one more for each channel that has some. */
  readonly messages?: boolean | undefined
}

/**
 * What to export. Wrong settings fail before anything is asked, with the limit's name.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config extends RetryPolicy.Config, ExportJobs.Config {
  /** Case-sensitive: it is part of the API's host name. */
  readonly applicationId: string
  /** The master or a secondary API token. It goes into the header of API calls and nowhere else. */
  readonly apiToken: Redacted.Redacted
  /** Creation time of the first records wanted. */
  readonly from: DateTime.DateTime.Input
  /** Creation time before which records are wanted. The same in every run of a migration. */
  readonly to: DateTime.DateTime.Input
  /** Default all four. Read in the order failed webhooks, users, channels, messages. */
  readonly dataTypes?: ReadonlyArray<DataType> | undefined
  readonly messages?: MessagesParameters | undefined
  readonly channels?: ChannelsParameters | undefined
  readonly users?: UsersParameters | undefined
  readonly failedWebhooks?: FailedWebhooksParameters | undefined
  /** Asks for what exports lack at the Platform API too, after the exports; `false`. */
  readonly enrich?: boolean | Enrichment | undefined
  /** Default `json`. CSV carries less. */
  readonly format?: "json" | "csv" | undefined
  /** One character; default `,`. */
  readonly csvDelimiter?: string | undefined
  /** IANA name of the zone in which times are written that are text; default `UTC`. They carry their offset, so no time changes with it. */
  readonly timezone?: string | undefined
  /** Address of the API; default `https://api-{applicationId}.sendbird.com/v3`. */
  readonly baseUrl?: string | undefined
  /** Exports that may be asked for at a time; 1. How many Sendbird allows is not documented. */
  readonly exportsInFlight?: number | undefined
  /** Uses exports that were made before and fit exactly, instead of having them made again; `false`, because they show an older state. */
  readonly reuseExports?: boolean | undefined
  /** Exports, made by hand or by another run, to use instead of having them made again. Each must fit a window exactly. */
  readonly requestIds?: { readonly [D in DataType]?: ReadonlyArray<string> | undefined } | undefined
  /** Shortest window into which one is halved whose export fails; 1 hour. */
  readonly shortestWindow?: Duration.Input | undefined
  /** Most pages of one listing; 20,000. */
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
 * What to plan: what `SendbirdSource.api` takes, without the token.
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
 * Shows what is going to be asked for, without asking. What is too old is told
 * by the clock.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plan = (config: PlanConfig): Effect.Effect<Planned.Plan, SourceError.InvalidConfig> =>
  Effect.flatMap(Settings.decode(PlanSchema, config), Planned.of)

export type { PastExport } from "./internal/api/pastExports.ts"

/**
 * The connection to list exports with; `SendbirdSource.api` takes the same and more.
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
 * Lists the exports of a data type, a call for each hundred. An export comes
 * twice when the listing had to start again meanwhile. A list that does not end
 * fails with `RequestFailed`.
 *
 * @category running
 * @since 0.1.0
 */
export const list = (
  config: ListConfig,
  dataType: DataType
): Stream.Stream<Past.PastExport, SourceError.SourceErrorReason, HttpClient.HttpClient> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const given = yield* Settings.decode(ListSchema, config)
      const client = yield* Client.make({ ...connectionOf(given), apiToken: given.apiToken })
      return Stream.map(Stream.flattenIterable(Past.pages(client, dataType, given.maxPages)), Past.shown)
    })
  )

/**
 * Writes a plan for people: a line per data type.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (plan: Planned.Plan): string => Planned.format(plan)

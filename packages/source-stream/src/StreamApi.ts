/**
 * Settings and plans for Stream's export API.
 *
 * Channels and users are exported in batches, each of which is a task that takes
 * Stream some time. The API cannot export everything at once and has no list of
 * tasks, so channels and users are listed first and requests are recorded on disk.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { ExportJobs } from "@chatferry/connector"
import { type SourceError } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import type { StreamConnection } from "@chatferry/stream-api"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { cut } from "./internal/api/batch.ts"
import { requested } from "./internal/api/settings.ts"
import { ExportConfig, PlanConfig as PlanSchema } from "./internal/settings/config.ts"

/**
 * A channel to export, by `cid` or by `type` and `id`.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Channel = ({ readonly cid: string } | { readonly type: string; readonly id: string }) & {
  /** Overrides `Config.messagesSince` for this channel. */
  readonly messagesSince?: DateTime.DateTime.Input | undefined
  /** Overrides `Config.messagesUntil` for this channel. */
  readonly messagesUntil?: DateTime.DateTime.Input | undefined
}

/**
 * Configures an export and the connection to the app; `baseUrl` is without `/api/v2`.
 * Invalid settings fail before any request, with the name of the setting.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config extends StreamConnection.Config, ExportJobs.Config {
  /**
   * Channels to export, or their cids. `all` lists them first, which does not find deleted channels.
   *
   * @default all
   */
  readonly channels?: ReadonlyArray<Channel | string> | "all" | "none" | undefined
  /**
   * Ids of the users to export. `all` lists them first. Users who never wrote are not in any export of a channel.
   *
   * @default all
   */
  readonly users?: ReadonlyArray<string> | "all" | "none" | undefined
  /** Users to leave out of exports of users, such as users over Stream's limit. Their messages are in the exports of channels. */
  readonly excludeUserIds?: ReadonlyArray<string> | undefined
  /**
   * Takes messages from exports of users, or leaves them out and counts them. Exports
   * of channels have the requested messages; exports of users also have messages from
   * other channels, from before `messagesSince` and from before a channel was
   * truncated. Reactions are always taken.
   *
   * @default leave out, or take if `channels` is `none`
   */
  readonly messagesOfUsers?: "leave out" | "take" | undefined
  /**
   * What happens to users with more than 10,000 messages, whom Stream does not export: the run stops and
   * names them, or they are left out and counted as `user_over_limit`.
   *
   * @default stop
   */
  readonly usersOverLimit?: "stop" | "leave out" | undefined
  /**
   * What happens to an export when the response to its request is lost, or a run is
   * killed while it waits for the response. Stream has no list of tasks, so it is
   * impossible to look up whether Stream makes that export. The run stops and says
   * how to continue, or the export is requested again and counted as
   * `export_asked_again`, which is safe and costs a call. `stop` never exports
   * anything twice.
   *
   * @default stop
   */
  readonly lostAnswers?: "stop" | "ask again" | undefined
  /** Ids of existing tasks, by the names of their exports in errors: `{ "channels 26 to 50": "<task id>" }`. An export with other content than expected stops the run. */
  readonly taskIds?: Readonly<Record<string, string>> | undefined
  /** Exports only messages after this time, in all channels. Stream does not document whether the time itself is included. */
  readonly messagesSince?: DateTime.DateTime.Input | undefined
  /** Exports only messages before this time, in all channels. */
  readonly messagesUntil?: DateTime.DateTime.Input | undefined
  /**
   * Format of exports of channels. `v1` has at most ten reactions per message and one document per batch.
   *
   * @default v2
   */
  readonly version?: "v1" | "v2" | undefined
  /**
   * Exports truncated messages as well.
   *
   * @default false
   */
  readonly includeTruncatedMessages?: boolean | undefined
  /**
   * Exports deleted channels as well, if they are named in `channels`.
   *
   * @default false
   */
  readonly includeSoftDeletedChannels?: boolean | undefined
  /**
   * Leaves out the text of deleted messages, which is exported otherwise.
   *
   * @default false
   */
  readonly clearDeletedMessageText?: boolean | undefined
  /**
   * Includes users in exports of channels.
   *
   * @default true
   */
  readonly exportUsers?: boolean | undefined
  /**
   * Channels or users in one export. Stream documents a limit of 25 for both. Up to 100 channels are accepted here, but never more than 25 users.
   *
   * @default 25
   */
  readonly batchSize?: number | undefined
  /**
   * Exports to request at the same time.
   *
   * @default 5
   */
  readonly exportsInFlight?: number | undefined
  /**
   * Most pages of one listing. The default covers 600,000 channels or 2,000,000 users.
   *
   * @default 20000
   */
  readonly maxPages?: number | undefined
}

/**
 * The schema of `Config`. `StreamSource.ApiConfig` has these settings and more.
 *
 * @category configuration
 * @since 0.1.0
 */
export const Config = ExportConfig

/**
 * The channels or users of one export.
 *
 * @category models
 * @since 0.1.0
 */
export interface Batch {
  readonly kind: "channels" | "users"
  /** Positions in the list, counted from 1, both included. */
  readonly first: number
  readonly last: number
  /** Cids of channels, or ids of users. */
  readonly ids: ReadonlyArray<string>
}

/**
 * The exports that a run requests if nothing fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Plan {
  /** Batches in order, with one export each. Lists that have to be read first are not included. */
  readonly batches: ReadonlyArray<Batch>
  /** Kinds that are listed first. Their numbers are known only after that. */
  readonly listed: ReadonlyArray<"channels" | "users">
  /** Minimum number of calls: one to request each export, two to check it, one to download it. Listing is not included. */
  readonly calls: number
}

/**
 * Configures a plan: takes what `StreamSource.api` takes, without the key and the secret.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface PlanConfig extends Omit<Config, "apiKey" | "apiSecret"> {
  /** Not used. */
  readonly apiKey?: string | undefined
  /** Not used. */
  readonly apiSecret?: Redacted.Redacted | undefined
}

/**
 * The schema of `PlanConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const PlanConfig = PlanSchema

/**
 * Returns the requests that a run would make, without making them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plan = (config: PlanConfig): Effect.Effect<Plan, SourceError.InvalidConfig> =>
  Effect.map(Settings.decode(PlanSchema, config), (given) => {
    const { excluded, lists } = requested(given)
    const batches = lists.flatMap(({ items, kind, size }) =>
      items === undefined
        ? []
        : cut(kind, items, size, excluded).map(({ first, last, items: of }): Batch => ({
            kind,
            first,
            last,
            ids: of.map(({ name }) => name)
          }))
    )
    return {
      batches,
      listed: lists.flatMap(({ items, kind }) => (items === undefined ? [kind] : [])),
      calls: batches.length * CALLS_PER_EXPORT
    }
  })

/**
 * Formats a plan as text, with one line for channels and one for users.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = ({ batches, calls, listed }: Plan): string => {
  const lines = (["channels", "users"] as const).flatMap((kind) => {
    if (listed.includes(kind)) return [`${kind.padEnd(10)}all, listed first`]
    const of = batches.filter((batch) => batch.kind === kind)
    if (of.length === 0) return []
    const count = of.reduce((sum, { ids }) => sum + ids.length, 0)
    return [`${kind.padEnd(10)}${count} in ${of.length === 1 ? "1 export" : `${of.length} exports`}`]
  })
  const known = batches.length === 1 ? "1 export" : `${batches.length} exports`
  const total = `${known}, at least ${calls} calls`
  return [...lines, listed.length === 0 ? total : `${total}, besides what is listed`].join("\n")
}

// internal

const CALLS_PER_EXPORT = 4

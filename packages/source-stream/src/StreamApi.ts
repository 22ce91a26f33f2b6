/**
 * Stream's export API: what to export, and what that takes.
 *
 * Channels and users are exported in batches, each a task that takes Stream
 * some time. The API has no "export everything" and no list of tasks: what there
 * is gets listed first, and what was asked for is kept on disk.
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
  /** As `Config.messagesSince`, for this channel. */
  readonly messagesSince?: DateTime.DateTime.Input | undefined
  /** As `Config.messagesUntil`, for this channel. */
  readonly messagesUntil?: DateTime.DateTime.Input | undefined
}

/**
 * What to export, and how to reach the app; `baseUrl` is without `/api/v2`. Wrong
 * settings fail before anything is asked, with the setting's name.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config extends StreamConnection.Config, ExportJobs.Config {
  /** Channels, or their cids; `all` lists them first, which does not find deleted ones. Default `all`. */
  readonly channels?: ReadonlyArray<Channel | string> | "all" | "none" | undefined
  /** Ids of users; `all` lists them first. Default `all`: users who never wrote are in no export of a channel. */
  readonly users?: ReadonlyArray<string> | "all" | "none" | undefined
  /** Users to leave out of exports of users, such as those that are over Stream's limit. What they wrote is in the exports of channels. */
  readonly excludeUserIds?: ReadonlyArray<string> | undefined
  /**
   * What becomes of messages in exports of users. Exports of channels have those
   * that were asked for; what users wrote elsewhere, before `messagesSince` or
   * before a channel was truncated is in their own exports too. Default
   * `leave out`, which counts them, and `take` where `channels` is `none`.
   * Reactions are taken in any case.
   */
  readonly messagesOfUsers?: "leave out" | "take" | undefined
  /** What becomes of users with more than 10,000 messages, whom Stream does not export: the run stops and names them, or they are left out and counted as `user_over_limit`. Default `stop`. */
  readonly usersOverLimit?: "stop" | "leave out" | undefined
  /**
   * What becomes of an export when the answer to the request for it is lost, or
   * a run is killed while it waits for it: Stream has no list of tasks, so nobody
   * can look up whether it makes that export. The run stops and says how to go on,
   * or the export is asked for again and counted as `export_asked_again`, which is
   * safe and costs a call. Default `stop`: nothing is exported twice.
   */
  readonly lostAnswers?: "stop" | "ask again" | undefined
  /** Tasks of exports that Stream makes already, by what errors call them: `{ "channels 26 to 50": "<task id>" }`. An export that does not hold what it should stops the run. */
  readonly taskIds?: Readonly<Record<string, string>> | undefined
  /** Only messages after this time, of all channels. Whether Stream includes it is not documented. */
  readonly messagesSince?: DateTime.DateTime.Input | undefined
  /** Only messages before this time, of all channels. */
  readonly messagesUntil?: DateTime.DateTime.Input | undefined
  /** Format of exports of channels. `v1` shows at most ten reactions of a message and one document for a batch. Default `v2`. */
  readonly version?: "v1" | "v2" | undefined
  /** Messages that were truncated too; `false`. */
  readonly includeTruncatedMessages?: boolean | undefined
  /** Deleted channels too, where they are named; `false`. */
  readonly includeSoftDeletedChannels?: boolean | undefined
  /** Leaves out the text of deleted messages, which is exported otherwise; `false`. */
  readonly clearDeletedMessageText?: boolean | undefined
  /** Users in exports of channels; `true`. */
  readonly exportUsers?: boolean | undefined
  /** Channels, or users, in one export; 25, which is the most of both that is documented. At most 100; users 25 in any case. */
  readonly batchSize?: number | undefined
  /** Exports that may be under way at a time; 5. */
  readonly exportsInFlight?: number | undefined
  /** Most pages of one listing; 20,000, which is 600,000 channels or 2,000,000 users. */
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
 * One export to ask for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Batch {
  readonly kind: "channels" | "users"
  /** Places in the list, counted from 1, both included. */
  readonly first: number
  readonly last: number
  /** Cids of channels, or ids of users. */
  readonly ids: ReadonlyArray<string>
}

/**
 * What a run is going to do, when nothing fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Plan {
  /** One export each, in their order. Nothing of what has to be listed first. */
  readonly batches: ReadonlyArray<Batch>
  /** What is listed first: how many there are is known then. */
  readonly listed: ReadonlyArray<"channels" | "users">
  /** Least number of calls: one to ask for each export, two to look at it, one to download it. Listing is not in it. */
  readonly calls: number
}

/**
 * What to plan: what `StreamSource.api` takes, without the key and the secret.
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
 * Shows what is going to be asked for, without asking.
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
 * Writes a plan for people: a line for channels and one for users.
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

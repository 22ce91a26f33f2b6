/**
 * Stream's export API: what to export, and what that takes.
 *
 * Channels and users are exported in batches, each a task that takes Stream
 * some time. The API has no "export everything" and no list of tasks: what there
 * is gets listed first, and what was asked for is kept on disk.
 *
 * @stability unstable
 * @since 0.1.0
 */
import type { SourceError } from "@chatferry/core"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { cut } from "./internal/api/batch.ts"
import { resolve } from "./internal/api/settings.ts"

/**
 * A channel to export, by `cid` or by `type` and `id`.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Channel = ({ readonly cid: string } | { readonly type: string; readonly id: string }) & {
  /** As `Config.messagesSince`, for this channel. */
  readonly messagesSince?: DateTime.DateTime.Input
  /** As `Config.messagesUntil`, for this channel. */
  readonly messagesUntil?: DateTime.DateTime.Input
}

/**
 * What to export. Wrong settings fail before anything is asked, with the setting's name.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config {
  /** Key of the app. */
  readonly apiKey: string
  /** Secret of the same app. It signs a token and goes nowhere; the token goes to Stream's API alone. */
  readonly apiSecret: Redacted.Redacted
  /** Channels, or their cids; `all` lists them first, which does not find deleted ones. Default `all`. */
  readonly channels?: ReadonlyArray<Channel | string> | "all" | "none"
  /** Ids of users; `all` lists them first. Default `all`: users who never wrote are in no export of a channel. */
  readonly users?: ReadonlyArray<string> | "all" | "none"
  /** Users to leave out of exports of users, such as those that are over Stream's limit. What they wrote is in the exports of channels. */
  readonly excludeUserIds?: ReadonlyArray<string>
  /**
   * What becomes of messages in exports of users. Exports of channels have those
   * that were asked for; what users wrote elsewhere, before `messagesSince` or
   * before a channel was truncated is in their own exports too. Default
   * `leave out`, which counts them, and `take` where `channels` is `none`.
   * Reactions are taken in any case.
   */
  readonly messagesOfUsers?: "leave out" | "take"
  /** What becomes of users with more than 10,000 messages, whom Stream does not export: the run stops and names them, or they are left out and counted as `user_over_limit`. Default `stop`. */
  readonly usersOverLimit?: "stop" | "leave out"
  /**
   * What becomes of an export when the answer to the request for it is lost, or
   * a run is killed while it waits for it: Stream has no list of tasks, so nobody
   * can look up whether it makes that export. The run stops and says how to go on,
   * or the export is asked for again and counted as `export_asked_again`, which is
   * safe and costs a call. Default `stop`: nothing is exported twice.
   */
  readonly lostAnswers?: "stop" | "ask again"
  /** Tasks of exports that Stream makes already, by what errors call them: `{ "channels 26 to 50": "<task id>" }`. An export that does not hold what it should stops the run. */
  readonly taskIds?: Readonly<Record<string, string>>
  /** Only messages after this time, of all channels. Whether Stream includes it is not documented. */
  readonly messagesSince?: DateTime.DateTime.Input
  /** Only messages before this time, of all channels. */
  readonly messagesUntil?: DateTime.DateTime.Input
  /** Format of exports of channels. `v1` shows at most ten reactions of a message and one document for a batch. Default `v2`. */
  readonly version?: "v1" | "v2"
  /** Messages that were truncated too; `false`. */
  readonly includeTruncatedMessages?: boolean
  /** Deleted channels too, where they are named; `false`. */
  readonly includeSoftDeletedChannels?: boolean
  /** Leaves out the text of deleted messages, which is exported otherwise; `false`. */
  readonly clearDeletedMessageText?: boolean
  /** Users in exports of channels; `true`. */
  readonly exportUsers?: boolean
  /** Channels, or users, in one export; 25, which is the most of both that is documented. At most 100; users 25 in any case. */
  readonly batchSize?: number
  /** Address of the API; default `https://chat.stream-io-api.com`, without `/api/v2`. */
  readonly baseUrl?: string
  /** Exports that may be under way at a time; 5. */
  readonly exportsInFlight?: number
  /** Time between two looks at an export: it begins with the first, grows by half and ends with the second; 2 seconds and 1 minute. */
  readonly pollEvery?: readonly [first: Duration.Input, most: Duration.Input]
  /** How long an export may take, and then the download of its file; 1 day each. */
  readonly exportDeadline?: Duration.Input
  /** How often a request or download that fails is made before the run stops; 8. */
  readonly attempts?: number
  /** Pause before a request that failed is made again, unless Stream names one: it begins with the first, doubles and ends with the second; half a second and 30 seconds. */
  readonly retryEvery?: readonly [first: Duration.Input, most: Duration.Input]
  /** Time in which an answer must be all there, and in which a download must go on; 1 minute. */
  readonly requestTimeout?: Duration.Input
  /** Most time that one request waits because Stream asks for it or limits the rate; 1 hour, of which at most 5 minutes at once. */
  readonly maxWait?: Duration.Input
  /** Largest answer in bytes, files of exports not among them; 4 MiB. The memory that its values take is limited with it. */
  readonly maxResponseBytes?: number
  /** Largest file of an export in bytes; 64 GiB. */
  readonly maxDownloadBytes?: number
  /** Most pages of one listing; 20,000, which is 600,000 channels or 2,000,000 users. */
  readonly maxPages?: number
}

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
 * Shows what is going to be asked for, without asking and so without the secret.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plan = (config: Omit<Config, "apiSecret">): Effect.Effect<Plan, SourceError.InvalidConfig> =>
  Effect.map(resolve({ ...config, apiSecret: UNUSED }), ({ excluded, lists }) => {
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

/** What is not asked needs no token. */
const UNUSED = Redacted.make("unused")

const CALLS_PER_EXPORT = 4

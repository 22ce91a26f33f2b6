import type * as StreamExport from "../../stream/StreamExport.ts"
import type { Fault } from "./api/faults.ts"

/** Options of the Stream emulator. */
export interface Options {
  readonly apiKey?: string | undefined
  /** API secret. @default one that contains `SendbirdExport.secret`, as the signatures of upload URLs do */
  readonly apiSecret?: string | undefined
  /** Port of the API; the storage uses another one. @default any free port */
  readonly port?: number | undefined
  /** Roles of users in the app. @default Stream's own: user, guest, anonymous, admin */
  readonly userRoles?: ReadonlyArray<string> | undefined
  /** Roles of members. @default channel_member and channel_moderator */
  readonly channelRoles?: ReadonlyArray<string> | undefined
  /** Channel types with the maximum length of a text. @default Stream's five types with 5000 */
  readonly channelTypes?: Readonly<Record<string, number>> | undefined
  /** State requests for an import in each of its states. @default 1 */
  readonly looks?: number | undefined
  /** State requests for an import that waits for confirmation until it is confirmed. 0: no confirmation needed. Infinity: only by `confirm`. @default 0 */
  readonly confirmAfterLooks?: number | undefined
  /** How the list of imports handles a limit and an offset, which Stream does not document: it honours them, ignores them, or overlaps each page with the previous one. @default paged */
  readonly listedImports?: "paged" | "whole" | "overlapping" | undefined
  /** Lifetime of an upload URL, in milliseconds; whole seconds. @default 1 hour */
  readonly linkMillis?: number | undefined
  /** Maximum size of an upload, in bytes. @default 300,000,000 */
  readonly maxFileBytes?: number | undefined
  /** Number of API calls per period of the given seconds. @default 300 in 60 */
  readonly rateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** Share of the eligible requests with each fault, from 0 to 1. @default none */
  readonly faults?: Readonly<Partial<Record<Fault, number>>> | undefined
  /** After this many faults in a row, the same request succeeds. @default 3 */
  readonly faultsInARow?: number | undefined
  /** The app that can be exported. @default that of `StreamExport` */
  readonly data?: StreamExport.Options | undefined
  /** Layout of exported files where Stream leaves it open. @default that of `StreamExport` */
  readonly layout?: StreamExport.Layout | undefined
  /** Whether exported files are compressed: as files that end in `.gz`, or with `Content-Encoding`. @default neither */
  readonly packing?: "none" | "gz" | "encoded" | undefined
  /** State requests for a task until it is completed. 4 goes through all states. @default 2: pending, then completed */
  readonly taskLooks?: number | undefined
  /** Lifetime of a link to an exported file, in milliseconds; whole seconds. @default 24 hours */
  readonly fileLinkMillis?: number | undefined
  /** Lifetime of an exported file, in milliseconds. @default 60 days */
  readonly fileMillis?: number | undefined
  /** Maximum number of channels per export. Stream's guide says 25, its schema 100. @default 25 */
  readonly mostChannels?: number | undefined
  /** Maximum number of messages, and of reactions, of a user in an export. @default 10,000 */
  readonly mostUserMessages?: number | undefined
  /** What happens when a user has more: the export is rejected at once, or its task fails. @default rejected */
  readonly longUsers?: "rejected" | "failed" | undefined
  /** Number of calls of each export per period of the given seconds. Lists and tasks have Stream's own limits. @default 60 in 60 */
  readonly exportRateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** Seed of faults, ids and signatures. @default 1 */
  readonly seed?: number | undefined
  /** Total pause of a slow body, in milliseconds of real time. @default 200 */
  readonly slowMillis?: number | undefined
}

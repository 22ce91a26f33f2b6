import type * as StreamExport from "../../stream/StreamExport.ts"
import type { Fault } from "./api/faults.ts"

/** What the emulator of Stream is made with. */
export interface Options {
  readonly apiKey?: string | undefined
  /** Default one that contains `SendbirdExport.secret`, as the signatures of upload addresses do. */
  readonly apiSecret?: string | undefined
  /** Port of the API; the storage takes another one. Default any free one. */
  readonly port?: number | undefined
  /** Roles of users that exist in the app. Default Stream's own: user, guest, anonymous, admin. */
  readonly userRoles?: ReadonlyArray<string> | undefined
  /** Roles of members. Default channel_member and channel_moderator. */
  readonly channelRoles?: ReadonlyArray<string> | undefined
  /** Channel types that exist, with the most characters of a text. Default Stream's five with 5000. */
  readonly channelTypes?: Readonly<Record<string, number>> | undefined
  /** Looks at an import in each of its states. Default 1. */
  readonly looks?: number | undefined
  /** Looks at an import that waits for a confirmation until somebody confirms it. Default 0: nobody needs to. Infinity: only `confirm` does. */
  readonly confirmAfterLooks?: number | undefined
  /** How the list of imports takes a limit and an offset, which Stream does not document: it honours them, passes over them, or begins each page within the one before. Default paged. */
  readonly listedImports?: "paged" | "whole" | "overlapping" | undefined
  /** How long an address to upload to is good, in milliseconds; whole seconds. Default 1 hour. */
  readonly linkMillis?: number | undefined
  /** Largest upload. Default 300,000,000. */
  readonly maxFileBytes?: number | undefined
  /** Calls of the API in each period of so many seconds. Default 300 in 60. */
  readonly rateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** Shares of at least 0 and at most 1 of the requests that a fault can befall. Default none. */
  readonly faults?: Readonly<Partial<Record<Fault, number>>> | undefined
  /** After so many faults in a row, the same request succeeds. Default 3. */
  readonly faultsInARow?: number | undefined
  /** What the app holds that is exported. Default that of `StreamExport`. */
  readonly data?: StreamExport.Options | undefined
  /** How exported files are laid out where Stream leaves it open. Default that of `StreamExport`. */
  readonly layout?: StreamExport.Layout | undefined
  /** Whether exported files are packed: files that end in `.gz`, or a `Content-Encoding`. Default neither. */
  readonly packing?: "none" | "gz" | "encoded" | undefined
  /** Looks at a task until it is completed. Default 2: pending, then completed. 4 shows all states. */
  readonly taskLooks?: number | undefined
  /** How long a link to an exported file is good, in milliseconds; whole seconds. Default 24 hours. */
  readonly fileLinkMillis?: number | undefined
  /** How long an exported file is there, in milliseconds. Default 60 days. */
  readonly fileMillis?: number | undefined
  /** Most channels of one export. Default 25, as Stream's guide has it; its schema says 100. */
  readonly mostChannels?: number | undefined
  /** Most messages, and most reactions, of a user who can be exported. Default 10,000. */
  readonly mostUserMessages?: number | undefined
  /** What becomes of an export of a user with more: refused at once, or a task that fails. Default refused. */
  readonly longUsers?: "refused" | "failed" | undefined
  /** Calls of each export in each period of so many seconds. Default 60 in 60. Lists and tasks have Stream's own limits. */
  readonly exportRateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** Seed of faults, ids and signatures; 1. */
  readonly seed?: number | undefined
  /** How long a slow body pauses in all, in milliseconds of real time. Default 200. */
  readonly slowMillis?: number | undefined
}

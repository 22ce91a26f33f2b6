// What a generated Sendbird application holds, as its export API and its Platform API show it.
import type { Plan, Settings } from "../plan.ts"
import type { Truth } from "../tally.ts"

/** One export request, with every default filled in. Filters that do not fit the data type are ignored. */
export interface Selection {
  readonly dataType: "messages" | "channels" | "users" | "failed_webhooks"
  /** Milliseconds. Things are selected by when they were created: from here, before `endTs`. */
  readonly startTs: number
  readonly endTs: number
  readonly format: "json" | "csv"
  /** One character, and not a double quote. */
  readonly csvDelimiter: string
  /** An IANA name, for times that are text. */
  readonly timezone: string
  /** Empty lists select everything. */
  readonly senderIds: ReadonlyArray<string>
  readonly excludeSenderIds: ReadonlyArray<string>
  readonly channelUrls: ReadonlyArray<string>
  readonly excludeChannelUrls: ReadonlyArray<string>
  readonly userIds: ReadonlyArray<string>
  readonly showReadReceipt: boolean
  readonly showChannelMetadata: boolean
  /** How many messages of others follow each match of `senderIds`. */
  readonly neighboringMessageLimit: number
}

export interface SelectedFile {
  /** Its name in the zip, with `/`. */
  readonly path: string
  /** Chunks of some 64 KB, made anew by each iteration. */
  readonly bytes: Iterable<Uint8Array>
}

export type Wire = Readonly<Record<string, unknown>>

export interface App {
  readonly plan: Plan
  /** Everything there is was created from here, before `to`; in milliseconds. */
  readonly from: number
  readonly to: number
  /** What a reader of all exports and of the Platform API must find. `records` is that of one export of each type. */
  readonly truth: () => Truth
  /** What a reader of all exports alone must find. */
  readonly exportTruth: () => Truth
  /** The files of an export in a stable order; none if there is no data. */
  readonly exportFiles: (selection: Selection) => Iterable<SelectedFile>
  // The Platform API. Objects are made one by one, in a stable order, and are to be written with JSON.stringify
  // (ids above 2^53 are raw JSON).
  /** All users, deactivated ones too. */
  readonly users: () => Iterable<Wire>
  readonly channels: (kind: "group" | "open") => Iterable<Wire>
  /** Nobody in an open channel, or in one that does not exist. */
  readonly members: (channelUrl: string) => Iterable<Wire>
  readonly operators: (channelUrl: string) => Iterable<Wire>
  /** Messages created at `fromTs` or later, in that order; removed ones and replies too. */
  readonly messages: (channelUrl: string, fromTs: number) => Iterable<Wire>
  readonly kindOf: (channelUrl: string) => "group" | "open" | undefined
}

export const app = (_settings: Settings = {}): App => {
  throw new Error("app: being written")
}

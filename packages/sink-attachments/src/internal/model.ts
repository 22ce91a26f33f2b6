// The schemas of the output: the entries in the lines of `attachments.ndjson`, and `attachments-summary.json`.
import { Ids, Timestamp } from "@chatferry/core"
import * as Schema from "effect/Schema"

/** The name and version of the format. */
export const FORMAT = "chatferry-attachments/1"

/** The reason why a file is listed. A file can have several, in this order. */
export const Reason = Schema.Literals(["needs_authorisation", "signed_link", "expires_at"])
export type Reason = typeof Reason.Type

/** One file that not everyone can fetch at any time. */
export class Entry extends Schema.Opaque<Entry>()(
  Schema.Struct({
    channelId: Ids.ChannelId,
    messageId: Ids.MessageId,
    /** The index among the message's attachments, from 0. */
    index: Schema.Int,
    role: Schema.Literals(["file", "thumbnail"]),
    /** The attachment's type, such as `image` or `link`. */
    type: Schema.String,
    /** The host, with the port if there is one. Absent without a URL that can be fetched over HTTP. */
    host: Schema.optionalKey(Schema.String),
    /** The path without query and fragment. */
    path: Schema.optionalKey(Schema.String),
    reasons: Schema.Array(Reason),
    /** The expiry of the link in whole seconds, if the link states it. */
    expiresAt: Schema.optionalKey(Timestamp.Timestamp),
    /** The size that the source declares. Thumbnails have none. */
    bytes: Schema.optionalKey(Schema.Finite),
    mimeType: Schema.optionalKey(Schema.String)
  })
) {}

const counts = {
  /** Messages with at least one such file. */
  messages: Schema.Int,
  /** All entries. The next five numbers are subsets of them. */
  files: Schema.Int,
  thumbnails: Schema.Int,
  needAuthorisation: Schema.Int,
  /** Files whose link contains a signature or another credential. */
  signedLinks: Schema.Int,
  /** Files whose link states its expiry. */
  expire: Schema.Int,
  /** Files without a declared size. */
  withoutSize: Schema.Int,
  /** The sum of the declared sizes. */
  bytes: Schema.Finite,
  /** The earliest expiry that a link states. */
  firstExpiresAt: Schema.optionalKey(Timestamp.Timestamp)
}

/** The counts of one channel. */
export class ChannelSummary extends Schema.Opaque<ChannelSummary>()(
  Schema.Struct({ channelId: Ids.ChannelId, ...counts, hosts: Schema.Int })
) {}

/** The counts of all channels together. */
export class TotalSummary extends Schema.Opaque<TotalSummary>()(
  Schema.Struct({
    channels: Schema.Int,
    ...counts,
    /** The hosts in the order of their names. Files without a host are not counted here. */
    hosts: Schema.Array(Schema.Struct({ host: Schema.String, files: Schema.Int }))
  })
) {}

/** The content of `attachments-summary.json`. Channels are in the order of their ids as JSON text. */
export class Summary extends Schema.Opaque<Summary>()(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    total: TotalSummary,
    channels: Schema.Array(ChannelSummary)
  })
) {}

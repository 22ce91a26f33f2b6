// What is written: one entry per line of `attachments.ndjson`, and `attachments-summary.json`.
import { Ids, Timestamp } from "@chatferry/core"
import * as Schema from "effect/Schema"

/** Named after what it says, so that another layout can be told from this one. */
export const FORMAT = "chatferry-attachments/1"

/** Why a file is listed; a file can have several reasons, which then come in this order. */
export const Reason = Schema.Literals(["needs_authorisation", "signed_link", "expires_at"])
export type Reason = typeof Reason.Type

/** One file that cannot be fetched by just anyone at any time. */
export class Entry extends Schema.Opaque<Entry>()(
  Schema.Struct({
    channelId: Ids.ChannelId,
    messageId: Ids.MessageId,
    /** Place among the message's attachments, from 0. */
    index: Schema.Int,
    role: Schema.Literals(["file", "thumbnail"]),
    /** The attachment's type, such as `image` or `link`. */
    type: Schema.String,
    /** With the port if there is one. Absent when there is no URL, or none that can be fetched over HTTP. */
    host: Schema.optionalKey(Schema.String),
    /** Without query and fragment. */
    path: Schema.optionalKey(Schema.String),
    reasons: Schema.Array(Reason),
    /** When the link ends, in whole seconds, if it says so. */
    expiresAt: Schema.optionalKey(Timestamp.Timestamp),
    /** As the source declares it; thumbnails have none. */
    bytes: Schema.optionalKey(Schema.Finite),
    mimeType: Schema.optionalKey(Schema.String)
  })
) {}

const counts = {
  /** Messages with at least one such file. */
  messages: Schema.Int,
  /** All entries; the next five numbers are of these. */
  files: Schema.Int,
  thumbnails: Schema.Int,
  needAuthorisation: Schema.Int,
  /** Their link carries a signature or another credential. */
  signedLinks: Schema.Int,
  /** Their link says when it ends. */
  expire: Schema.Int,
  /** The source does not say how large they are. */
  withoutSize: Schema.Int,
  /** Sum of the declared sizes. */
  bytes: Schema.Finite,
  /** The earliest end that a link states. */
  firstExpiresAt: Schema.optionalKey(Timestamp.Timestamp)
}

/** What one channel has. */
export class ChannelSummary extends Schema.Opaque<ChannelSummary>()(
  Schema.Struct({ channelId: Ids.ChannelId, ...counts, hosts: Schema.Int })
) {}

/** What all channels have together. */
export class TotalSummary extends Schema.Opaque<TotalSummary>()(
  Schema.Struct({
    channels: Schema.Int,
    ...counts,
    /** By name; files without a host are in none. */
    hosts: Schema.Array(Schema.Struct({ host: Schema.String, files: Schema.Int }))
  })
) {}

/** What `attachments-summary.json` holds; channels in the order of their ids as JSON text. */
export class Summary extends Schema.Opaque<Summary>()(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    total: TotalSummary,
    channels: Schema.Array(ChannelSummary)
  })
) {}

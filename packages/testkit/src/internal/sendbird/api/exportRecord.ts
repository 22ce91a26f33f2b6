// An export as the API represents it, with only the filters of its data type.
import type { Export } from "./exports.ts"

export const exportRecord = (
  { createdAt, expiresAt, requestId, selection: of, status }: Export,
  options: { readonly hasType: boolean; readonly url: string | undefined }
): Readonly<Record<string, unknown>> => ({
  request_id: requestId,
  status,
  ...(options.hasType ? { data_type: of.dataType } : {}),
  start_ts: of.startTs,
  end_ts: of.endTs,
  format: of.format,
  ...(of.format === "csv" ? { csv_delimiter: of.csvDelimiter } : {}),
  timezone: of.timezone,
  created_at: createdAt,
  ...(of.dataType === "messages"
    ? {
        sender_ids: of.senderIds,
        exclude_sender_ids: of.excludeSenderIds,
        neighboring_message_limit: of.neighboringMessageLimit
      }
    : {}),
  ...(of.dataType === "messages" || of.dataType === "channels"
    ? {
        channel_urls: of.channelUrls,
        exclude_channel_urls: of.excludeChannelUrls,
        channel_custom_types: [],
        show_read_receipt: of.showReadReceipt,
        show_channel_metadata: of.showChannelMetadata
      }
    : {}),
  ...(of.dataType === "users" ? { user_ids: of.userIds } : {}),
  ...(status === "done" ? { file: { url: options.url, expires_at: expiresAt } } : {})
})

/**
 * Lists the files of messages that an import could not fetch.
 *
 * @since 0.1.0
 * @module @chatferry/sink-attachments
 */
export * as AttachmentInventory from "./AttachmentInventory.ts"

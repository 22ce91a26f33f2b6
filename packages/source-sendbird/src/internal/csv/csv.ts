// Maps the rows of CSV exports as the records that JSON has for them.
import { ArchiveReader } from "@chatferry/connector"
import type { FileContext } from "../reading/json.ts"
import { channel } from "../records/channel.ts"
import { failedWebhook } from "../records/failedWebhook.ts"
import { listedMember } from "../records/members.ts"
import { message } from "../records/message.ts"
import type { RawObject } from "../records/raw.ts"
import { user } from "../records/user.ts"
import type { Kind } from "./columns.ts"
import { type Table, tableOf } from "./table.ts"

export const csvOf = (delimiter: string | undefined): ArchiveReader.Format<FileContext> =>
  ArchiveReader.csv<FileContext>({
    delimiter,
    tableOf: (header, file) => {
      const table = tableOf(header, file)
      if (table === undefined) return undefined
      const { cellsOf, columnOf, hasSecrets, kind, originalOf, rawOf } = table
      const map = MAPPINGS[kind]
      return {
        kind,
        hasSecrets,
        cellsOf,
        columnOf,
        map: (cells, context) => map(rawOf(cells), table, context),
        originalOf: (cells, { out }) => originalOf(cells, out.secrets(kind))
      }
    }
  })

// internal

type Map = (raw: RawObject, table: Table, context: FileContext) => void

const MAPPINGS: Readonly<Record<Kind, Map>> = {
  message: (raw, _, context) => {
    // Each row names its channel, so the channel of an earlier JSON file does not apply.
    context.channel = undefined
    message.map(raw, context)
  },
  channel: (raw, { form }, context) => channel(raw, { ...context, form, isListed: form !== undefined }),
  member: (raw, _, context) => listedMember(raw, context),
  user: (raw, { isInactive }, context) =>
    user.map(raw, { ...context, isInactive: isInactive && raw.is_active === undefined }),
  failed_webhook: (raw, _, context) => failedWebhook(raw, context)
}

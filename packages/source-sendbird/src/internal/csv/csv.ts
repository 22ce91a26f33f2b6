// CSV exports, row by row, as the records that they are in JSON.
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
      const { cellsOf, columnOf, hasSecrets, kind, originalOf, wireOf } = table
      const map = MAPPINGS[kind]
      return {
        kind,
        hasSecrets,
        cellsOf,
        columnOf,
        map: (cells, context) => map(wireOf(cells), table, context),
        originalOf: (cells, { out }) => originalOf(cells, out.secrets(kind))
      }
    }
  })

// internal

type Map = (wire: RawObject, table: Table, context: FileContext) => void

const MAPPINGS: Readonly<Record<Kind, Map>> = {
  message: (wire, _, context) => {
    // Each row names its channel: that of a JSON file before is not its own.
    context.channel = undefined
    message.map(wire, context)
  },
  channel: (wire, { form }, context) => channel(wire, { ...context, form, isListed: form !== undefined }),
  member: (wire, _, context) => listedMember(wire, context),
  user: (wire, { isInactive }, context) =>
    user.map(wire, { ...context, isInactive: isInactive && wire.is_active === undefined }),
  failed_webhook: (wire, _, context) => failedWebhook(wire, context)
}

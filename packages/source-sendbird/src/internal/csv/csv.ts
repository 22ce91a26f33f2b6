// CSV exports, row by row, as the records that they are in JSON.
import { ArchiveReader } from "@chatferry/connector"
import { channel } from "../toCanonical/channel.ts"
import type { Context } from "../toCanonical/context.ts"
import { failedWebhook } from "../toCanonical/failedWebhook.ts"
import { listedMember } from "../toCanonical/members.ts"
import { message } from "../toCanonical/message.ts"
import { user } from "../toCanonical/user.ts"
import type { Wire } from "../wire.ts"
import type { Kind } from "./columns.ts"
import { type Table, tableOf } from "./table.ts"

export const csvOf = (delimiter: string | undefined): ArchiveReader.Format<Context> =>
  ArchiveReader.csv<Context>({
    delimiter,
    tableOf: (header, file) => {
      const table = tableOf(header, file)
      if (table === undefined) return undefined
      const { cellsOf, hasSecrets, kind, originalOf, wireOf } = table
      const map = MAPPINGS[kind]
      return {
        kind,
        hasSecrets,
        cellsOf,
        map: (cells, context) => map(wireOf(cells), table, context),
        originalOf: (cells, { out }) => originalOf(cells, out.secrets(kind))
      }
    }
  })

// internal

type Map = (wire: Wire, table: Table, context: Context) => void

const MAPPINGS: Readonly<Record<Kind, Map>> = {
  message: (wire, _, context) => message(wire, undefined, context),
  channel: (wire, { form }, context) => channel(wire, form, context),
  member: (wire, _, context) => listedMember(wire, context),
  user: (wire, { isInactive }, context) => user(wire, isInactive && wire.is_active === undefined, context),
  failed_webhook: (wire, _, context) => failedWebhook(wire, context)
}

// Maps rows as the records that they are in JSON.
import { Rejected } from "@chatferry/core"
import type { Origin } from "../out.ts"
import { withoutSecretText } from "../secrets.ts"
import { channel } from "../toCanonical/channel.ts"
import type { Context } from "../toCanonical/context.ts"
import { failedWebhook } from "../toCanonical/failedWebhook.ts"
import { listedMember } from "../toCanonical/members.ts"
import { message } from "../toCanonical/message.ts"
import { user } from "../toCanonical/user.ts"
import type { Wire } from "../wire.ts"
import type { Kind } from "./columns.ts"
import type { Rows } from "./csvReader.ts"
import { isBroken, isText, type Problem } from "./parseRows.ts"
import type { Table } from "./table.ts"

/** Maps some rows of one file. */
export const rows = (part: Rows, place: string, context: Context): void => {
  const { table } = part
  const map = MAPPINGS[table.kind]
  const origin = new RowOrigin(part, place, context)
  for (let i = 0; i < part.rows.length; i++) {
    const cells = part.rows[i] as Rows["rows"][number]
    origin.i = i
    context.out.origin = origin
    if (isBroken(cells)) rejectBroken(part, i, cells, origin, context)
    else map(table.wireOf(cells), table, context)
  }
}

// internal

type Map = (wire: Wire, table: Table, context: Context) => void

const MAPPINGS: Readonly<Record<Kind, Map>> = {
  message: (wire, _, context) => message(wire, undefined, context),
  channel: (wire, { form }, context) => channel(wire, form, context),
  member: (wire, _, context) => listedMember(wire, context),
  user: (wire, { isInactive }, context) => user(wire, isInactive && wire.is_active === undefined, context),
  failed_webhook: (wire, _, context) => failedWebhook(wire, context)
}

class RowOrigin implements Origin {
  readonly #part: Rows
  readonly #place: string
  readonly #context: Context
  i = 0

  constructor(part: Rows, place: string, context: Context) {
    this.#part = part
    this.#place = place
    this.#context = context
  }

  readonly place = (within: string): string =>
    `${this.#place}:row ${this.#part.first + this.i + 1}${within} (${this.#part.placeOf(this.i)})`

  readonly text = (): undefined => undefined

  readonly original = (): Rejected.Rejected["original"] => {
    const { rows: all, table } = this.#part
    const cells = all[this.i]
    if (cells === undefined || isBroken(cells)) return null
    return table.originalOf(cells, this.#context.out.secrets(table.kind))
  }
}

const rejectBroken = (
  part: Rows,
  i: number,
  { code, problem }: Problem,
  { place }: RowOrigin,
  context: Context
) => {
  const { kind, hasSecrets } = part.table
  context.out.origin = { place, text: () => undefined }
  if (code === Rejected.TOO_LARGE.code)
    return context.out.rejectTooLarge(kind, part.rangeOf(i), context.maxElementBytes)
  if (hasSecrets) {
    const left = `${problem}; it is left out, because secrets may be in any of its cells`
    return context.out.reject(kind, code, left, null)
  }
  const bytes = Buffer.from(part.bytesOf(i))
  const original = isText(bytes)
    ? { text: withoutSecretText(bytes.toString("utf8"), context.out.secrets(kind)) }
    : { base64: bytes.toString("base64") }
  context.out.reject(kind, code, problem, original)
}

// Maps rows as the records that they are in JSON.
import { Rejected } from "@chatferry/core"
import type { Origin } from "../out.ts"
import type { RowContext } from "../rejectContext.ts"
import { channel } from "../toCanonical/channel.ts"
import type { Context } from "../toCanonical/context.ts"
import { failedWebhook } from "../toCanonical/failedWebhook.ts"
import { listedMember } from "../toCanonical/members.ts"
import { message } from "../toCanonical/message.ts"
import { user } from "../toCanonical/user.ts"
import type { Wire } from "../wire.ts"
import type { Kind } from "./columns.ts"
import type { Rows } from "./csvReader.ts"
import { isBroken, type Problem } from "./parseRows.ts"
import type { Table } from "./table.ts"

/** Maps some rows of one file. */
export const rows = (part: Rows, place: string, context: Context): void => {
  eachRow(part, new RowOrigin(part, place, context), context)
}

/** Rows, wherever they come from. */
export type Mappable = Pick<Rows, "bytesOf" | "rangeOf" | "rows" | "table">

/** Maps rows under an origin. */
export const eachRow = (part: Mappable, origin: Origin & { i?: number }, context: Context): void => {
  const { table } = part
  const map = MAPPINGS[table.kind](table, context)
  for (let i = 0; i < part.rows.length; i++) {
    const cells = part.rows[i] as Rows["rows"][number]
    origin.i = i
    context.out.origin = origin
    if (isBroken(cells)) rejectBroken(part, i, cells, context)
    else map(table.wireOf(cells))
  }
}

// internal

const MAPPINGS: Readonly<Record<Kind, (table: Table, context: Context) => (raw: Wire) => void>> = {
  message: (_, context) => (raw) => message.map(raw, context),
  channel: ({ form }, context) => {
    const own = { ...context, form }
    return (raw) => channel(raw, own)
  },
  member: (_, context) => (raw) => listedMember(raw, context),
  user:
    ({ isInactive }, context) =>
    (raw) =>
      user.map(raw, { ...context, isInactive: isInactive && raw.is_active === undefined }),
  failed_webhook: (_, context) => (raw) => failedWebhook(raw, context)
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

  readonly context = (): RowContext => {
    const { dialect, table } = this.#part
    return {
      columns: table.header,
      delimiter: Buffer.from(dialect.delimiter).toString("utf8"),
      lineEnd: Buffer.from(dialect.lineEnd).toString("utf8"),
      file: table.file
    }
  }

  readonly original = (): Rejected.Rejected["original"] | undefined => {
    const { rows: all, table } = this.#part
    const cells = all[this.i]
    return cells === undefined || isBroken(cells)
      ? undefined
      : table.originalOf(cells, this.#context.out.secrets(table.kind))
  }
}

const rejectBroken = (
  part: Mappable,
  i: number,
  { code, problem }: Problem,
  { maxElementBytes, out }: Context
) => {
  const { kind, hasSecrets } = part.table
  if (code === Rejected.TOO_LARGE.code) return out.rejectTooLarge(kind, part.rangeOf(i), maxElementBytes)
  if (!hasSecrets) return out.rejectBytes(kind, code, problem, part.bytesOf(i))
  const left = `${problem}; it is left out, because secrets may be in any of its cells`
  out.rejectRange(kind, code, left, part.rangeOf(i))
}

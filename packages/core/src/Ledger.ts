/**
 * What happened to every record.
 *
 * For each kind: read + synthesised = written + merged + dropped + rejected. All counts
 * except `read` and `written` are split by reason. A ledger is plain JSON, so it can be
 * part of checkpoints, manifests and reports.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"
import { type Kind, kinds } from "./Entity.ts"

const Reasons = Schema.Record(Schema.String, Schema.Finite)

/**
 * The counts of one kind.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Counts extends Schema.Opaque<Counts>()(
  Schema.Struct({
    /** Records that came in. */
    read: Schema.Finite,
    /** Records that went out. */
    written: Schema.Finite,
    /** Records that the run created because something refers to them. */
    synthesised: Reasons,
    /** Records that were joined with another record of the same thing. */
    merged: Reasons,
    /** Records that were left out on purpose. */
    dropped: Reasons,
    /** Records that were set aside in `rejects.ndjson`. */
    rejected: Reasons
  })
) {}

/**
 * Counts per kind. `unknown` counts rejected records whose kind cannot be determined.
 * `notes` count changes inside written records, such as a field that was left out; they
 * are not part of the balance.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Ledger extends Schema.Opaque<Ledger>()(
  Schema.Struct({
    kinds: Schema.Struct({
      user: Counts,
      channel: Counts,
      member: Counts,
      message: Counts,
      reaction: Counts,
      failed_webhook: Counts,
      unknown: Counts
    }),
    notes: Reasons
  })
) {}

/**
 * A kind or `unknown`.
 *
 * @category models
 * @since 0.1.0
 */
export type LedgerKind = Kind | "unknown"

/**
 * The counts that are split by reason.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome = "synthesised" | "merged" | "dropped" | "rejected"

/**
 * All rows, in the order in which reports list them.
 *
 * @category models
 * @since 0.1.0
 */
export const ledgerKinds: ReadonlyArray<LedgerKind> = [...kinds, "unknown"]

/**
 * A ledger that is still being written. Counts are added in place, because this happens
 * for every batch; `snapshot` freezes the current counts.
 *
 * @category models
 * @since 0.1.0
 */
export interface Book {
  readonly read: (kind: LedgerKind, count: number) => void
  readonly written: (kind: LedgerKind, count: number) => void
  readonly add: (kind: LedgerKind, outcome: Outcome, reason: string, count: number) => void
  readonly note: (code: string, count: number) => void
  readonly snapshot: () => Ledger
}

/**
 * A ledger without any counts.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty: Ledger = {
  kinds: mapKinds(() => ({ read: 0, written: 0, synthesised: {}, merged: {}, dropped: {}, rejected: {} })),
  notes: {}
}

/**
 * Opens a book, either empty or continuing from a ledger.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (from: Ledger = empty): Book => {
  const rows: Record<LedgerKind, OpenCounts> = mapKinds((kind) => openCounts(from.kinds[kind]))
  const notes = new Map(Object.entries(from.notes))
  return {
    read: (kind, count) => {
      rows[kind].read += count
    },
    written: (kind, count) => {
      rows[kind].written += count
    },
    add: (kind, outcome, reason, count) => bump(rows[kind][outcome], reason, count),
    note: (code, count) => bump(notes, code, count),
    snapshot: () => ({
      kinds: mapKinds((kind) => closeCounts(rows[kind])),
      notes: closeReasons(notes)
    })
  }
}

/**
 * The sum of a count over its reasons.
 *
 * @category operations
 * @since 0.1.0
 */
export const total = (reasons: Readonly<Record<string, number>>): number => {
  let sum = 0
  for (const count of Object.values(reasons)) sum += count
  return sum
}

/**
 * Joins the ledger of everything before a sink with the sink's own ledger, whose `read`
 * counts the records it received.
 *
 * @category operations
 * @since 0.1.0
 */
export const join = (before: Ledger, after: Ledger): Ledger => ({
  kinds: mapKinds((kind) => {
    const [a, b] = [before.kinds[kind], after.kinds[kind]]
    return {
      read: a.read,
      written: b.written,
      synthesised: joinReasons(a.synthesised, b.synthesised),
      merged: joinReasons(a.merged, b.merged),
      dropped: joinReasons(a.dropped, b.dropped),
      rejected: joinReasons(a.rejected, b.rejected)
    }
  }),
  notes: joinReasons(before.notes, after.notes)
})

/**
 * The rows that do not balance, each with its difference: positive if records vanished,
 * negative if there are more than came in.
 *
 * @category operations
 * @since 0.1.0
 */
export const imbalance = (
  ledger: Ledger
): ReadonlyArray<{ readonly kind: LedgerKind; readonly missing: number }> =>
  ledgerKinds
    .map((kind) => {
      const { dropped, merged, read, rejected, synthesised, written } = ledger.kinds[kind]
      return {
        kind,
        missing: read + total(synthesised) - written - total(merged) - total(dropped) - total(rejected)
      }
    })
    .filter(({ missing }) => missing !== 0)

/**
 * The number of rejected records of all kinds.
 *
 * @category operations
 * @since 0.1.0
 */
export const rejectedCount = (ledger: Ledger): number =>
  ledgerKinds.reduce((sum, kind) => sum + total(ledger.kinds[kind].rejected), 0)

// internal

interface OpenCounts {
  read: number
  written: number
  readonly synthesised: Map<string, number>
  readonly merged: Map<string, number>
  readonly dropped: Map<string, number>
  readonly rejected: Map<string, number>
}

function mapKinds<A>(f: (kind: LedgerKind) => A): Record<LedgerKind, A> {
  return {
    user: f("user"),
    channel: f("channel"),
    member: f("member"),
    message: f("message"),
    reaction: f("reaction"),
    failed_webhook: f("failed_webhook"),
    unknown: f("unknown")
  }
}

const bump = (reasons: Map<string, number>, reason: string, count: number) => {
  if (count !== 0) reasons.set(reason, (reasons.get(reason) ?? 0) + count)
}

const openCounts = (counts: Counts): OpenCounts => ({
  read: counts.read,
  written: counts.written,
  synthesised: new Map(Object.entries(counts.synthesised)),
  merged: new Map(Object.entries(counts.merged)),
  dropped: new Map(Object.entries(counts.dropped)),
  rejected: new Map(Object.entries(counts.rejected))
})

// Sorted, so that equal counts are written as equal bytes.
const closeReasons = (reasons: Iterable<readonly [string, number]>): Record<string, number> =>
  Object.fromEntries(Array.from(reasons).toSorted(([a], [b]) => (a < b ? -1 : 1)))

const closeCounts = (counts: OpenCounts): Counts => ({
  read: counts.read,
  written: counts.written,
  synthesised: closeReasons(counts.synthesised),
  merged: closeReasons(counts.merged),
  dropped: closeReasons(counts.dropped),
  rejected: closeReasons(counts.rejected)
})

const joinReasons = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) => {
  const sum = new Map(Object.entries(a))
  for (const [reason, count] of Object.entries(b)) bump(sum, reason, count)
  return closeReasons(sum)
}

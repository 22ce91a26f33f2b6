/**
 * What a migration came to.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { type Counts, Ledger, ledgerKinds, total } from "./Ledger.ts"
import * as Printable from "./Printable.ts"
import { OutputFile } from "./Sink.ts"

/**
 * What one sink came to, from the source on: its ledger balances.
 *
 * @category schemas
 * @since 0.1.0
 */
export class SinkReport extends Schema.Opaque<SinkReport>()(
  Schema.Struct({
    sink: Schema.String,
    directory: Schema.String,
    files: Schema.Array(OutputFile),
    ledger: Ledger
  })
) {}

/**
 * @category schemas
 * @since 0.1.0
 */
export class Report extends Schema.Opaque<Report>()(
  Schema.Struct({
    migration: Schema.String,
    source: Schema.String,
    fingerprint: Schema.String,
    /** `completed_with_rejects` when at least one record was set aside. */
    status: Schema.Literals(["completed", "completed_with_rejects"]),
    /** Records in the rejects file. */
    rejected: Schema.Finite,
    /** The rejects file. */
    rejects: Schema.String,
    sinks: Schema.Array(SinkReport)
  })
) {}

/**
 * Writes a report as text: a table per sink with a row per kind, then the
 * reasons, then the files. Notes that all sinks share come once, at the end.
 * Names are made safe to show. Same report, same text.
 *
 * @category conversions
 * @since 0.1.0
 */
export const format = (report: Report): string => {
  const shared = sharedNotes(report.sinks)
  return [
    ...report.sinks.flatMap((sink) => [
      Printable.line(`${sink.sink} -> ${sink.directory}`),
      ...indent(table(sink.ledger)),
      ...indent(reasons(sink.ledger)),
      ...indent(notes(sink.ledger).filter((note) => !shared.includes(note))),
      ...indent(
        sink.files.map(
          ({ bytes, path, records }) => `${Printable.line(path)}  ${number(records)} records, ${size(bytes)}`
        )
      ),
      ""
    ]),
    ...(shared.length === 0 ? [] : ["noted on the way to all of them", ...indent(shared), ""]),
    report.rejected === 0
      ? "No record was rejected."
      : report.rejected === 1
        ? `1 record was rejected; it is in ${Printable.line(report.rejects)}`
        : `${number(report.rejected)} records were rejected; they are in ${Printable.line(report.rejects)}`
  ].join("\n")
}

// internal

const columns = ["read", "synthesised", "written", "merged", "dropped", "rejected"] as const

const number = (n: number) => String(n).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",")

const size = (bytes: number) => {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

const indent = (lines: ReadonlyArray<string>) => lines.map((line) => `  ${line}`)

const count = (counts: Counts, column: (typeof columns)[number]) =>
  column === "read" || column === "written" ? counts[column] : total(counts[column])

const table = (ledger: Ledger): ReadonlyArray<string> => {
  const rows: Array<ReadonlyArray<string>> = [["kind", ...columns]]
  for (const kind of ledgerKinds) {
    const counts = columns.map((column) => count(ledger.kinds[kind], column))
    if (counts.some((n) => n !== 0))
      rows.push([kind as string].concat(counts.map((n) => (n === 0 ? "-" : number(n)))))
  }
  const widths = [0, ...columns.keys()].map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ")
  )
}

const reasons = (ledger: Ledger): ReadonlyArray<string> =>
  ledgerKinds.flatMap((kind) =>
    (["synthesised", "merged", "dropped", "rejected"] as const).flatMap((outcome) =>
      Object.entries(ledger.kinds[kind][outcome]).map(
        ([reason, n]) => `${outcome} ${kind}: ${Printable.line(reason)} ${number(n)}`
      )
    )
  )

const notes = (ledger: Ledger): ReadonlyArray<string> =>
  Object.entries(ledger.notes).map(([code, n]) => `note: ${Printable.line(code)} ${number(n)}`)

const sharedNotes = (sinks: ReadonlyArray<SinkReport>): ReadonlyArray<string> => {
  const [first, ...others] = sinks.map(({ ledger }) => notes(ledger))
  if (first === undefined || others.length === 0) return []
  return first.filter((note) => others.every((other) => other.includes(note)))
}

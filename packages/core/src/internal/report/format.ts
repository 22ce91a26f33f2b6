// Formats a report as text.
import * as Consequence from "../../Consequence.ts"
import * as Printable from "../../errors/Printable.ts"
import { type Counts, type Ledger, type LedgerKind, ledgerKinds, total } from "../../Ledger.ts"
import { NAME as MANIFEST } from "../output/manifest.ts"
import type { FormatOptions, Report, SinkReport } from "./model.ts"

type Occurrences = ReadonlyArray<Consequence.Occurrence>

export const formatReport = (report: Report, { verbose = false }: FormatOptions): string => {
  const shared = sharedBy(report.sinks)
  const isShared = new Set(shared.map(identity))
  return [
    ...report.sinks.flatMap((sink) => [
      Printable.line(sink.directory === null ? sink.sink : `${sink.sink} -> ${sink.directory}`),
      ...indent(totals(sink.ledger)),
      ...indent(nothingLost(sink)),
      ...indent(
        sections(
          sink.consequences.filter((one) => !isShared.has(identity(one))),
          verbose
        )
      ),
      ...indent(filesOf(sink)),
      ""
    ]),
    ...(shared.length === 0 ? [] : ["For every sink", ...indent(sections(shared, verbose)), ""]),
    rejects(report)
  ].join("\n")
}

const number = (n: number) => String(n).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",")

const size = (bytes: number) => {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

const indent = (lines: ReadonlyArray<string>) => lines.map((line) => `  ${line}`)

const NOUNS: Record<LedgerKind, readonly [one: string, many: string]> = {
  user: ["user", "users"],
  channel: ["channel", "channels"],
  member: ["member", "members"],
  message: ["message", "messages"],
  reaction: ["reaction", "reactions"],
  failed_webhook: ["failed webhook", "failed webhooks"],
  unknown: ["record of an unknown kind", "records of an unknown kind"]
}

const counted = (n: number, kind: LedgerKind) => `${number(n)} ${NOUNS[kind][n === 1 ? 0 : 1]}`

const totals = (ledger: Ledger): ReadonlyArray<string> => {
  const rows = ledgerKinds
    .map((kind) => ({ kind, counts: ledger.kinds[kind] }))
    .filter(({ counts }) => counts.read + total(counts.synthesised) > 0)
  if (rows.length === 0) return ["Nothing was read."]
  const width = (of: (counts: Counts) => number) =>
    Math.max(...rows.map(({ counts }) => number(of(counts)).length))
  const [written, read] = [width((counts) => counts.written), width(all)]
  return rows.map(
    ({ counts, kind }) =>
      `${number(counts.written).padStart(written)} of ${number(all(counts)).padStart(read)} ${
        NOUNS[kind][all(counts) === 1 ? 0 : 1]
      } written${rest(counts)}`
  )
}

/** The number of records without any loss; a merged record is part of another one. */
const all = (counts: Counts) => counts.read + total(counts.synthesised) - total(counts.merged)

const rest = ({ dropped, merged, rejected, synthesised }: Counts) => {
  const placeholders = total(synthesised)
  const parts = [
    [placeholders, placeholders === 1 ? "placeholder" : "placeholders"],
    [total(merged), "merged with another"],
    [total(dropped), "dropped"],
    [total(rejected), "rejected"]
  ] as const
  const some = parts.filter(([n]) => n > 0).map(([n, what]) => `${number(n)} ${what}`)
  return some.length === 0 ? "" : `; ${some.join(", ")}`
}

const nothingLost = ({ consequences, ledger }: SinkReport) =>
  ledgerKinds.every((kind) => ledger.kinds[kind].read === 0) ||
  consequences.some(({ effect }) => effect === "lost")
    ? []
    : ["Nothing was lost."]

const TITLES: Record<Consequence.Effect, string> = {
  lost: "Lost",
  changed: "Changed",
  left_out_on_purpose: "Left out on purpose",
  information: "For information"
}

const sections = (occurrences: Occurrences, isVerbose: boolean): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const effect of Consequence.effects) {
    const own = occurrences.filter((one) => one.effect === effect)
    if (own.length === 0) continue
    if (effect === "information" && !isVerbose) lines.push(inOneLine(own))
    else lines.push(TITLES[effect], ...indent(section(Consequence.group(own), isVerbose)))
  }
  return lines
}

const inOneLine = (occurrences: Occurrences) => {
  const codes = new Set(occurrences.map(({ code }) => code)).size
  const advised = new Set(occurrences.flatMap(({ action, code }) => (action === undefined ? [] : [code])))
    .size
  const advice = advised === 0 ? "" : `, ${number(advised)} of them with advice`
  return `${TITLES.information}: ${codes === 1 ? "1 code" : `${number(codes)} codes`}${advice}, in report.json`
}

const section = (groups: ReadonlyArray<Consequence.Group>, isVerbose: boolean): ReadonlyArray<string> => {
  const width = Math.max(...groups.map(({ count }) => number(count).length))
  const margin = " ".repeat(width + 2)
  const lines: Array<string> = []
  let previous: string | undefined
  for (const group of groups) {
    const { action, count, says } = group
    const [first = "", ...others] = wrap(
      `${Printable.line(says)} (${codesOf(group, isVerbose)})`,
      margin.length
    )
    lines.push(`${number(count).padStart(width)}  ${first}`, ...others.map((line) => `${margin}${line}`))
    if (action !== undefined && action !== previous) {
      lines.push(...wrap(`-> ${Printable.line(action)}`, margin.length).map((line) => `${margin}${line}`))
    }
    previous = action
  }
  return lines
}

/** Columns of a line with its indentation; a word without spaces may be longer. */
const COLUMNS = 80
const INDENTATION = 4

const wrap = (text: string, margin: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && INDENTATION + margin + line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

const codesOf = ({ occurrences }: Consequence.Group, isVerbose: boolean): string => {
  const byCode = new Map<string, Array<Consequence.Occurrence>>()
  for (const one of occurrences) byCode.set(one.code, [...(byCode.get(one.code) ?? []), one])
  const codes = Array.from(byCode, ([code, some]) => ({ code: Printable.line(code), some }))
  const [first, ...others] = codes
  if (first === undefined) return ""
  if (isVerbose || others.length === 0) return codes.map((one) => shown(one, others.length > 0)).join("; ")
  return `${first.code} and ${others.length === 1 ? "1 more code" : `${number(others.length)} more codes`}`
}

/** A code with its number of records of each kind. A note does not have a kind, and the number of a single note is already at the start of the line. */
const shown = ({ code, some }: { readonly code: string; readonly some: Occurrences }, hasOthers: boolean) => {
  const numbers = some.flatMap(({ count, kind }) => {
    if (kind !== undefined) return [counted(count, kind)]
    return hasOthers ? [number(count)] : []
  })
  return numbers.length === 0 ? code : `${code}: ${numbers.join(", ")}`
}

/** More would hide the counts above them. */
const MOST_FILES = 10

const filesOf = ({ files }: SinkReport): ReadonlyArray<string> => {
  if (files.length === 0) return []
  const more = files.length - MOST_FILES
  const rest =
    more <= 0 ? [] : [`… and ${number(more)} more ${more === 1 ? "file" : "files"}, listed in ${MANIFEST}`]
  return ["Files", ...indent([...files.slice(0, MOST_FILES).map(file), ...rest])]
}

const file = ({ bytes, path, records }: SinkReport["files"][number]) =>
  `${Printable.line(path)}  ${number(records)} ${records === 1 ? "record" : "records"}, ${size(bytes)}`

const rejects = ({ rejected, rejects: path }: Report) => {
  if (rejected === 0) return "No record was rejected."
  return rejected === 1
    ? `1 record was rejected; it is in ${Printable.line(path)}`
    : `${number(rejected)} records were rejected; they are in ${Printable.line(path)}`
}

const identity = (one: Consequence.Occurrence) => JSON.stringify(one)

/** The occurrences from before the records reached any of several sinks. */
const sharedBy = (sinks: ReadonlyArray<SinkReport>): Occurrences => {
  const [first, ...others] = sinks.map(({ consequences }) => consequences)
  if (first === undefined || others.length === 0) return []
  const known = others.map((other) => new Set(other.map(identity)))
  return first.filter((one) => known.every((other) => other.has(identity(one))))
}

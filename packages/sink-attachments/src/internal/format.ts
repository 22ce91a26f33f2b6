import { Printable } from "@chatferry/core/errors"
import type { Summary } from "./model.ts"

/** Formats the summary for users: a table of the channels with the most files, and the hosts. */
export const format = ({ channels, total }: Summary, most: number): string => {
  if (total.files === 0) return "No file needs authorisation or expires."
  const shown = channels
    .toSorted((a, b) => b.files - a.files || (a.channelId < b.channelId ? -1 : 1))
    .slice(0, most)
  const left = channels.length - shown.length
  return [
    `${count(total.files, "file")} of ${count(total.messages, "message")} in ${count(total.channels, "channel")} need authorisation or expire`,
    ...indent(
      table([
        ["", "files", "need authorisation", "signed links", "expire", "size", "first expiry"],
        ["all channels", ...cells(total)],
        ...shown.map((channel) => [printable(channel.channelId)].concat(cells(channel)))
      ])
    ),
    ...(left === 0 ? [] : [`  and ${count(left, "more channel")}`]),
    ...total.hosts
      .toSorted((a, b) => b.files - a.files || (a.host < b.host ? -1 : 1))
      .slice(0, most)
      .map(({ files, host }) => `  on ${host}: ${count(files, "file")}`),
    ...(total.hosts.length > most ? [`  and on ${count(total.hosts.length - most, "more host")}`] : []),
    ...(total.withoutSize === 0
      ? []
      : [
          `  ${count(total.withoutSize, "file")} without a declared size, ${number(total.thumbnails)} of them thumbnails`
        ])
  ].join("\n")
}

// internal

type Counts = Pick<
  Summary["total"],
  "files" | "needAuthorisation" | "signedLinks" | "expire" | "bytes" | "firstExpiresAt"
>

const cells = ({ bytes, expire, files, firstExpiresAt, needAuthorisation, signedLinks }: Counts) => [
  number(files),
  dash(needAuthorisation),
  dash(signedLinks),
  dash(expire),
  size(bytes),
  firstExpiresAt ?? "-"
]

const number = (n: number) => String(n).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",")

const dash = (n: number) => (n === 0 ? "-" : number(n))

const count = (n: number, noun: string) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`

const UNITS = ["kB", "MB", "GB", "TB"]

const size = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`
  const power = Math.min(UNITS.length, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(1)} ${UNITS[power - 1]}`
}

const LONGEST = 80

const printable = (text: string): string => Printable.line(text, LONGEST)

const indent = (lines: ReadonlyArray<string>) => lines.map((line) => `  ${line}`)

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ")
  )
}

import { Printable } from "@chatferry/core/errors"
import type { Inspected } from "./fileInspection.ts"
import type { Finding } from "./finding.ts"
import type { Severity } from "./rule.ts"
import { type Code, fill, rules } from "./rules.ts"

export interface Group {
  readonly code: Code
  readonly severity: Severity
  readonly count: number
  /** The first findings, up to the limit in the settings. */
  readonly examples: ReadonlyArray<Finding>
}

export interface Result {
  /** Whether there are no errors; there may be warnings. */
  readonly isValid: boolean
  readonly errors: ReadonlyArray<Group>
  readonly warnings: ReadonlyArray<Group>
  /** The number of items of each known type. */
  readonly items: Readonly<Record<string, number>>
  readonly files: ReadonlyArray<Inspected>
}

export const format = (result: Result): string => {
  const lines: Array<string> = []
  for (const { bytes, dialect, isComplete, items, path } of result.files) {
    const rest = isComplete ? "" : "; the rest could not be read"
    lines.push(`${Printable.line(path)}: ${dialect}, ${grouped(items)} items, ${grouped(bytes)} bytes${rest}`)
  }
  const counts = Object.entries(result.items).map(([type, count]) => `${type} ${grouped(count)}`)
  if (counts.length > 0) lines.push(counts.join(", "))
  section(lines, "ERRORS", result.errors)
  section(lines, "WARNINGS: rules that only some of Stream's pages state", result.warnings)
  const verdict = result.isValid ? "valid" : "not valid"
  lines.push("", `${verdict}: ${counted(result.errors, "error")}, ${counted(result.warnings, "warning")}`)
  return `${lines.join("\n")}\n`
}

// internal

const counted = (groups: ReadonlyArray<Group>, what: string) => {
  const count = groups.reduce((sum, { count }) => sum + count, 0)
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`
}

const grouped = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",")

const section = (lines: Array<string>, title: string, groups: ReadonlyArray<Group>) => {
  if (groups.length === 0) return
  lines.push("", title)
  for (const { code, count, examples } of groups) {
    const rule: (typeof rules)[Code] & { readonly server?: string } = rules[code]
    const [first] = examples
    lines.push("", `${grouped(count)} × ${code}`, `  fix: ${first?.hint ?? fill(rule.hint, {})}`)
    if (first?.server !== undefined) lines.push(`  Stream: ${first.server}`)
    for (const { byte, file, line, pointer, problem, times } of examples) {
      const where = pointer === "" ? "" : ` ${Printable.line(pointer)}`
      const others = times === 1 ? "" : `, and ${grouped(times - 1)} more in this item`
      lines.push(`  ${Printable.line(file)}:${line} (byte ${byte})${where}: ${problem}${others}`)
    }
    const shown = examples.reduce((sum, { times }) => sum + times, 0)
    if (count > shown) lines.push(`  and ${grouped(count - shown)} more`)
  }
}

import { Json } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { failure, ReadFailed, type ValidatorError } from "./failures.ts"
import type { Finding } from "./finding.ts"
import type { Inspected } from "./inspect.ts"
import type { Severity } from "./rule.ts"
import { type Code, fill, rules } from "./rules.ts"

export interface Group {
  readonly code: Code
  readonly severity: Severity
  readonly count: number
  /** The first ones, as many as the settings say. */
  readonly examples: ReadonlyArray<Finding>
}

export interface Result {
  /** There are no errors; there may be warnings. */
  readonly isValid: boolean
  readonly errors: ReadonlyArray<Group>
  readonly warnings: ReadonlyArray<Group>
  /** How many items there are of each type that is known. */
  readonly items: Readonly<Record<string, number>>
  readonly files: ReadonlyArray<Inspected>
}

export interface ErrorReport {
  readonly errors: ReadonlyArray<{
    readonly error: string
    readonly item_type?: string
    /** What the file has there, with all that users wrote. */
    readonly item?: Schema.Json
  }>
  readonly stats: { readonly total: Readonly<Record<string, number>> }
}

export const format = (result: Result): string => {
  const lines: Array<string> = []
  for (const { bytes, dialect, isComplete, items, path } of result.files) {
    const rest = isComplete ? "" : "; the rest of it could not be read"
    lines.push(`${path}: ${dialect}, ${grouped(items)} items, ${grouped(bytes)} bytes${rest}`)
  }
  const counts = Object.entries(result.items).map(([type, count]) => `${type} ${grouped(count)}`)
  if (counts.length > 0) lines.push(counts.join(", "))
  section(lines, "ERRORS", result.errors)
  section(lines, "WARNINGS: what only some of Stream's pages say", result.warnings)
  const verdict = result.isValid ? "valid" : "not valid"
  lines.push("", `${verdict}: ${counted(result.errors, "error")}, ${counted(result.warnings, "warning")}`)
  return `${lines.join("\n")}\n`
}

export const errorReport = (
  result: Result
): Effect.Effect<ErrorReport, ValidatorError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const examples = result.errors.flatMap((group) => group.examples)
    const dialects = new Map(result.files.map(({ dialect, path }) => [path, dialect]))
    const errors = yield* Effect.forEach(examples, (finding) =>
      Effect.map(readItem(fs, finding), (value) => {
        const error = finding.server ?? `Validation error: ${finding.problem}`
        const item = innerOf(value, dialects.get(finding.file) === "jsonl" ? "data" : "item")
        return {
          error,
          ...(finding.type === undefined ? {} : { item_type: finding.type }),
          ...(item === undefined ? {} : { item })
        }
      })
    )
    const { items } = result
    const total: Record<string, number> = {}
    for (const type of DOCUMENTED) total[`${type}s`] = items[type] ?? 0
    for (const [type, count] of Object.entries(items)) total[`${type}s`] = count
    return { errors, stats: { total } }
  })

// internal

const DOCUMENTED = ["message", "member", "reaction", "channel", "user"]

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
    lines.push("", `${grouped(count)} × ${code}`, `  mend: ${first?.hint ?? fill(rule.hint, {})}`)
    if (first?.server !== undefined) lines.push(`  Stream: ${first.server}`)
    for (const { byte, file, line, pointer, problem } of examples) {
      lines.push(`  ${file}:${line} (byte ${byte})${pointer === "" ? "" : ` ${pointer}`}: ${problem}`)
    }
    if (count > examples.length) lines.push(`  and ${grouped(count - examples.length)} more`)
  }
}

const readItem = (fs: FileSystem.FileSystem, { byte, bytes, file }: Finding) =>
  bytes === 0
    ? Effect.succeed(undefined)
    : Effect.scoped(
        Effect.gen(function* () {
          const handle = yield* fs.open(file, { flag: "r" })
          yield* handle.seek(BigInt(byte), "start")
          return parse(Option.getOrElse(yield* handle.readAlloc(bytes), () => new Uint8Array(0)))
        })
      ).pipe(Effect.mapError((cause) => failure(new ReadFailed({ path: file, cause }))))

const parse = (bytes: Uint8Array): Schema.Json | undefined => {
  try {
    return Json.parse(new TextDecoder().decode(bytes)) as Schema.Json
  } catch {
    return undefined
  }
}

const innerOf = (value: Schema.Json | undefined, key: string): Schema.Json | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return (value as Readonly<Record<string, Schema.Json>>)[key] ?? value
}

import { Printable } from "@chatferry/core/errors"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { failure, ReadFailed, type ValidatorError } from "./failures.ts"
import type { Finding } from "./finding.ts"
import { isFields } from "./readField.ts"
import type { Result } from "./report.ts"

/** An error in Stream's own format. */
export interface ItemError {
  readonly error: string
  readonly item_type?: string
  /**
   * The item in the file, with the content of messages. Numbers that JavaScript would change are texts with the same digits.
   * Left out if the item cannot be read, is larger than 256 KiB or is nested more than 100 levels deep.
   */
  readonly item?: Schema.Json
}

export interface ErrorReport {
  readonly errors: ReadonlyArray<ItemError>
  readonly stats: { readonly total: Readonly<Record<string, number>> }
}

export const errorReport = (
  result: Result
): Effect.Effect<ErrorReport, ValidatorError, FileSystem.FileSystem> =>
  Effect.map(Stream.runCollect(itemErrors(result)), (errors) => ({ errors, stats: statsOf(result) }))

/** The same report as JSON, in chunks of at most one item. */
export const formatErrorReport = (
  result: Result
): Stream.Stream<string, ValidatorError, FileSystem.FileSystem> =>
  Stream.succeed('{\n  "errors": [').pipe(
    Stream.concat(
      Stream.mapAccum(
        itemErrors(result),
        () => "",
        (comma, error) => [",", [`${comma}\n    ${indented(error, 4)}`]]
      )
    ),
    Stream.concat(Stream.sync(() => `\n  ],\n  "stats": ${indented(statsOf(result), 2)}\n}\n`))
  )

// internal

const DOCUMENTED = ["message", "member", "reaction", "channel", "user"]
const MOST_BYTES = 256 << 10

const indented = (value: object, spaces: number): string =>
  Printable.json(value, 2).replaceAll("\n", `\n${" ".repeat(spaces)}`)

const itemErrors = (result: Result): Stream.Stream<ItemError, ValidatorError, FileSystem.FileSystem> => {
  const keys = new Map(result.files.map(({ dialect, path }) => [path, dialect === "jsonl" ? "data" : "item"]))
  return Stream.fromIterable(byFile(result.errors.flatMap(({ examples }) => examples))).pipe(
    Stream.flatMap(({ file, findings }) => {
      const key = keys.get(file) ?? "item"
      return Stream.unwrap(
        Effect.map(open(file), (handle) =>
          Stream.mapEffect(Stream.fromIterable(findings), (finding) =>
            Effect.map(readItem(handle, finding), (value) => itemError(finding, innerOf(value, key)))
          )
        )
      )
    })
  )
}

/** Groups neighbours of the same file, so that the file is opened once for them. */
const byFile = (findings: ReadonlyArray<Finding>) => {
  const groups: Array<{ readonly file: string; readonly findings: Array<Finding> }> = []
  for (const finding of findings) {
    const last = groups.at(-1)
    if (last?.file === finding.file) last.findings.push(finding)
    else groups.push({ file: finding.file, findings: [finding] })
  }
  return groups
}

const itemError = ({ problem, server, type }: Finding, item: Schema.Json | undefined): ItemError => ({
  error: server ?? `Validation error: ${problem}`,
  ...(type === undefined ? {} : { item_type: type }),
  ...(item === undefined ? {} : { item })
})

const statsOf = ({ items }: Result): ErrorReport["stats"] => {
  const total: Record<string, number> = {}
  for (const type of DOCUMENTED) total[`${type}s`] = items[type] ?? 0
  for (const [type, count] of Object.entries(items)) total[`${type}s`] = count
  return { total }
}

const open = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.open(path, { flag: "r" })).pipe(
    Effect.mapError((cause) => failure(new ReadFailed({ path, cause })))
  )

const readItem = (handle: FileSystem.File, finding: Finding) => {
  const { byte, bytes, file: path } = finding
  if (bytes === 0 || bytes > MOST_BYTES) return Effect.succeed(undefined)
  return Effect.andThen(handle.seek(BigInt(byte), "start"), handle.readAlloc(bytes)).pipe(
    Effect.map((read) => parse(Option.getOrElse(read, () => new Uint8Array(0)))),
    Effect.mapError((cause) => failure(new ReadFailed({ path, cause })))
  )
}

const parse = (bytes: Uint8Array): Schema.Json | undefined => {
  try {
    const text = new TextDecoder().decode(bytes)
    // parseExact recurses, and so does JSON.stringify.
    if (Json.isDeeper(Json.parse(text), Json.MAX_DEPTH)) return undefined
    return Json.parseExact(text) as Schema.Json
  } catch {
    return undefined
  }
}

const innerOf = (value: Schema.Json | undefined, key: string): Schema.Json | undefined =>
  isFields(value) ? ((value as Readonly<Record<string, Schema.Json>>)[key] ?? value) : value

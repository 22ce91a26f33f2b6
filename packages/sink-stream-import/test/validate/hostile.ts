import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Stream } from "effect"
import { ATTACHMENTS } from "../../src/internal/validate/attachmentTable.ts"
import type { Check } from "../../src/internal/validate/fields.ts"
import { TABLES } from "../../src/internal/validate/tables.ts"
import {
  ban,
  channel,
  type Content,
  device,
  type Entry,
  member,
  message,
  reaction,
  user,
  write
} from "./files.ts"
import { AT } from "./pair.ts"
import { screen } from "./terminal.ts"

export const dialects = ["jsonl", "json-array"] as const
export type Dialect = (typeof dialects)[number]

/** The path from an item to a value, where a number is an index of a list. */
export type Path = ReadonlyArray<string | number>

export interface Location {
  readonly dialect: Dialect
  readonly type: string
  readonly path: Path
  /** Whether a value of a wrong type is an error, because the field has a check. */
  readonly isChecked: boolean
}

/** A valid item of each type, with fields that the validator compares. */
const good: Readonly<Record<string, Entry>> = {
  user: user("ada", { teams: ["red"], role: "user", channel_mutes: ["messaging:hall"] }),
  device: device(),
  future_channel_ban: ban(),
  channel: channel("hall", { team: "red" }),
  member: member("ada", { channel_role: "channel_member" }),
  message: message("m1", {
    text: "plain",
    attachments: [{ type: "image" }],
    quoted_message_id: "m0",
    pinned_at: AT,
    pinned_by_id: "ada",
    mentioned_users_ids: ["ada"]
  }),
  reaction: reaction()
}

/** A field, and the fields that its check reads inside of it. */
const inside = (
  path: Path,
  { each, fields = new Map<string, Check>(), isOpen }: Check
): ReadonlyArray<Path> => [
  ...(isOpen === true ? [] : [path]),
  ...(each === undefined ? [] : [[...path, 0]]),
  ...Array.from(fields, ([name, check]) => inside([...path, name], check)).flat()
]

/** Every field in the validator's own tables, and an unknown one. */
export const locations: ReadonlyArray<Location> = dialects.flatMap((dialect) =>
  Array.from(TABLES[dialect], ([type, table]) => {
    const of = (path: Path, isChecked: boolean): Location => ({ dialect, type, path, isChecked })
    const fields = Array.from(table.fields, ([name, { rule }]) =>
      typeof rule === "function" ? inside([name], rule).map((path) => of(path, true)) : [of([name], false)]
    )
    const attachments = Array.from(ATTACHMENTS[dialect], ([name, rule]) =>
      of(["attachments", 0, name], typeof rule === "function" && rule.isOpen !== true)
    )
    return [
      of([], true),
      of(["own"], table.unknown === "field_not_allowed" && !table.isOpen),
      ...fields.flat(),
      ...(type === "message"
        ? [of(["attachments", 0], true), of(["attachments", 0, "own"], false), ...attachments]
        : [])
    ]
  }).flat()
)

export const pointerTo = ({ dialect, path }: Location): string =>
  [dialect === "jsonl" ? "/data" : "/item", ...path].join("/")

/** A line or element whose item has JSON texts at some paths. */
export const itemWith = (
  location: Location,
  json: string,
  ...more: ReadonlyArray<readonly [Path, string]>
): string => {
  const { dialect, path, type } = location
  const item = [[path, json] as const, ...more].reduce<Value>(
    (item, [at, text]) => set(item, at, new Raw(text)),
    good[type]?.[1] as Value
  )
  return `{"type":"${type}","${dialect === "jsonl" ? "data" : "item"}":${textOf(item)}}`
}

/** JSON as text. */
class Raw {
  readonly json: string
  constructor(json: string) {
    this.json = json
  }
}
type Value =
  | Raw
  | string
  | number
  | boolean
  | null
  | undefined
  | ReadonlyArray<Value>
  | { readonly [name: string]: Value }

const set = (value: Value, [first, ...rest]: Path, raw: Raw): Value => {
  if (first === undefined || value instanceof Raw) return raw
  if (typeof first === "number")
    return [set(Array.isArray(value) ? (value as ReadonlyArray<Value>)[first] : undefined, rest, raw)]
  const fields = new Map(Object.entries((value ?? {}) as { readonly [name: string]: Value }))
  return Object.fromEntries(fields.set(first, set(fields.get(first), rest, raw)))
}

const textOf = (value: Value): string => {
  if (value instanceof Raw) return value.json
  if (Array.isArray(value)) return `[${(value as ReadonlyArray<Value>).map(textOf).join()}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${textOf(one)}`)
    .join()}}`
}

/** A file of lines or elements. */
export const fileOf = (dialect: Dialect, items: ReadonlyArray<string>): string =>
  dialect === "jsonl" ? items.map((item) => `${item}\n`).join("") : `[\n${items.join(",\n")}\n]\n`

/** A configured app, and other settings that enable more checks. */
export const strict: StreamImportValidator.Settings = {
  app: { userRoles: ["user"], channelRoles: ["channel_member"], channelTypes: { messaging: {} } },
  repeatedKeys: "find",
  customBytes: 1000,
  examples: 3
}

/** Validates a file and formats the result in all ways. Fails with any defect of these. */
export const survive = (
  content: Content,
  options: Omit<StreamImportValidator.Options, "files"> = {}
): Effect.Effect<StreamImportValidator.Result, unknown> =>
  Effect.gen(function* () {
    const [path = ""] = yield* write([content])
    const result = yield* StreamImportValidator.validate({ ...options, files: [path] })
    assert.strictEqual(result.isValid, result.errors.length === 0)
    assert.strictEqual(result.files.length, 1)
    for (const { count, examples } of [...result.errors, ...result.warnings]) {
      assert.isAtLeast(count, examples.length)
      for (const { hint, problem, server = "" } of examples) screen(problem + hint + server)
    }
    const shown = screen(StreamImportValidator.format(result))
    assert.match(shown.at(-2) ?? "", result.isValid ? /^valid: 0 errors/u : /^not valid: [1-9]/u)
    const pieces = yield* Stream.runCollect(StreamImportValidator.formatErrorReport(result))
    screen(pieces.join(""))
    const printed: unknown = JSON.parse(pieces.join(""))
    const report = yield* StreamImportValidator.errorReport(result)
    assert.deepStrictEqual(printed, JSON.parse(JSON.stringify(report)))
    return result
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

/** Validates all items in one file. If that fails, finds the item that fails on its own. */
export const surviveAll = (
  dialect: Dialect,
  items: ReadonlyArray<{ readonly name: string; readonly json: string }>,
  settings: StreamImportValidator.Settings = {}
): Effect.Effect<StreamImportValidator.Result, Error> => {
  const options = { dialect, settings }
  return Effect.gen(function* () {
    const file = (some: typeof items) =>
      fileOf(
        dialect,
        some.map(({ json }) => json)
      )
    const all = yield* Effect.exit(survive(file(items), options))
    if (Exit.isSuccess(all)) return all.value
    for (const item of items) {
      const one = yield* Effect.exit(survive(file([item]), options))
      if (Exit.isFailure(one))
        return yield* Effect.fail(new Error(`${item.name} in ${dialect}: ${Cause.pretty(one.cause)}`))
    }
    return yield* Effect.fail(
      new Error(`${items.map(({ name }) => name).join(", ")} together: ${Cause.pretty(all.cause)}`)
    )
  })
}

import { Migration } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink, StreamImportValidator } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, type Schema } from "effect"

interface Table {
  readonly page: string
  /** The heading that it stands below, to the end of its line. */
  readonly heading: string
  readonly schema: { readonly fields: Schema.Struct.Fields }
  /** Not all settings are in it. */
  readonly isPart?: boolean
}

const tables: ReadonlyArray<Table> = [
  { page: "packages/core/README.md", heading: "## Policy of a run", schema: Migration.Policy },
  { page: "packages/sink-ndjson/README.md", heading: "## NdjsonSink", schema: NdjsonSink.NdjsonSinkConfig },
  {
    page: "packages/sink-ndjson/README.md",
    heading: "## NdjsonSource",
    schema: NdjsonSource.NdjsonSourceConfig
  },
  {
    page: "packages/sink-stream-import/README.md",
    heading: "## Settings",
    schema: StreamImportSink.StreamImportSinkConfig
  },
  {
    page: "packages/source-sendbird/README.md",
    heading: "## Settings",
    schema: SendbirdSource.ArchivesConfig
  },
  { page: "packages/source-stream/README.md", heading: "## Settings", schema: StreamSource.FilesConfig },
  {
    page: "docs/validator.md",
    heading: "## Settings",
    schema: {
      fields: {
        ...Object.fromEntries(
          Object.entries(StreamImportValidator.AppSettings.fields).map(([key, field]) => [
            `app.${key}`,
            field
          ])
        ),
        ...Object.fromEntries(
          Object.entries(StreamImportValidator.Settings.fields).filter(([key]) => key !== "app")
        )
      }
    }
  },
  {
    page: "docs/providers/sendbird.md",
    heading: "**Limits.** What Sendbird answers",
    schema: SendbirdSource.ApiConfig,
    isPart: true
  },
  {
    page: "docs/providers/stream-export-api.md",
    heading: "## What is exported",
    schema: StreamSource.ApiConfig,
    isPart: true
  },
  {
    page: "docs/providers/stream-export-api.md",
    heading: "**Limits.** What Stream answers",
    schema: StreamSource.ApiConfig,
    isPart: true
  }
]

interface Row {
  readonly setting: string
  readonly default: string
}

/** Rows of the first table below a heading; one may have several settings. */
const rowsBelow = (text: string, heading: string): ReadonlyArray<Row> => {
  const at = text.indexOf(`\n${heading}`)
  assert.isAtLeast(at, 0, heading)
  const lines = text.slice(at).split("\n")
  const first = lines.findIndex((line) => line.startsWith("| setting"))
  const end = lines.findIndex((line, i) => i > first && !line.startsWith("|"))
  return lines.slice(first + 2, end).flatMap((line) => {
    const [, names = "", value = ""] = line.split("|").map((cell) => cell.trim())
    return Array.from(names.matchAll(/`([^`]+)`/gu), ([, setting = ""]) => ({ setting, default: value }))
  })
}

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/** What a cell says the default is, as it would be written in code. */
const meant = (cell: string): string => {
  const [plain = ""] = cell.replaceAll(/[`"]/gu, "").split(", warned of")
  const [, count, unit = ""] = /^(\d[\d,]*)(?: (KiB|MiB|GiB))?$/u.exec(plain) ?? []
  return count === undefined ? plain : String(Number(count.replaceAll(",", "")) * (UNITS[unit] ?? 1))
}

/** Cells that say in words what the schema does not have as a value. */
const WORDS: ReadonlySet<string> = new Set(["", "required", "none", "the service's name"])

const isSame = (cell: string, value: unknown): boolean => {
  const said = meant(cell)
  if (value === undefined) return WORDS.has(said) || cell.includes(" ")
  if (typeof value !== "object" || value === null)
    return said === (typeof value === "string" ? value : JSON.stringify(value))
  if (Array.isArray(value)) return said === (value.length === 0 ? "none" : value.join(", "))
  const entries = Object.entries(value).map(([key, one]) => `${key}: ${String(one)}`)
  return WORDS.has(said) || said === (entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`)
}

it.layer(NodeServices.layer)("a table of settings", (it) => {
  it.effect.each(tables)("has what there is, with its defaults: $page, $heading", (table) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs.readFileString(`${import.meta.dirname}/../${table.page}`)
      const rows = rowsBelow(text, table.heading)
      const described = new Map(Settings.describe(table.schema).map((one) => [one.setting, one.default]))
      assert.isAbove(rows.length, 0)
      for (const row of rows) {
        assert.isTrue(described.has(row.setting), `${row.setting} is not a setting`)
        const value = described.get(row.setting)
        assert.isTrue(
          isSame(row.default, value),
          `${row.setting}: ${row.default} is not ${JSON.stringify(value)}`
        )
      }
      if (table.isPart === true) return
      assert.sameMembers(
        rows.map(({ setting }) => setting),
        Array.from(described.keys())
      )
    })
  )
})

import { Migration } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink, StreamImportValidator } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, type Schema } from "effect"

interface List {
  readonly page: string
  /** The heading that it stands below, to the end of its line. */
  readonly heading: string
  readonly schema: { readonly fields: Schema.Struct.Fields }
  /** Not all settings are in it. */
  readonly isPart?: boolean
}

const lists: ReadonlyArray<List> = [
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
    heading: "### Limits",
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
    heading: "## Limits",
    schema: StreamSource.ApiConfig,
    isPart: true
  }
]

interface Entry {
  readonly setting: string
  readonly default: string
}

/** The items of the first list of settings below a heading, such as "- `name` (`ndjson`): …"; one may have several settings. */
const entriesBelow = (text: string, heading: string): ReadonlyArray<Entry> => {
  const at = text.indexOf(`\n${heading}`)
  assert.isAtLeast(at, 0, heading)
  const lines = text.slice(at + 1).split("\n")
  const first = lines.findIndex((line) => ITEM.test(line))
  const end = lines.indexOf("", first)
  return lines.slice(first, end).flatMap((line) => {
    const [, names = "", value = ""] = ITEM.exec(line) ?? []
    return Array.from(names.matchAll(/`([^`]+)`/gu), ([, setting = ""]) => ({ setting, default: value }))
  })
}

const ITEM = /^- ((?:`[^`]+`(?:, )?)+) \(([^()]*)\): /u

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/** What a list says the default is, as it would be written in code. */
const meant = (written: string): string => {
  const [plain = ""] = written.replaceAll(/[`"]/gu, "").split(", warned of")
  const [, count, unit = ""] = /^(\d[\d,]*)(?: (KiB|MiB|GiB))?$/u.exec(plain) ?? []
  return count === undefined ? plain : String(Number(count.replaceAll(",", "")) * (UNITS[unit] ?? 1))
}

/** What says in words what the schema does not have as a value. */
const WORDS: ReadonlySet<string> = new Set(["required", "none", "the service's name"])

const isSame = (written: string, value: unknown): boolean => {
  const text = meant(written)
  if (value === undefined) return WORDS.has(text) || written.includes(" ")
  if (typeof value !== "object" || value === null)
    return text === (typeof value === "string" ? value : JSON.stringify(value))
  if (Array.isArray(value)) return text === (value.length === 0 ? "none" : value.join(", "))
  const entries = Object.entries(value).map(([key, one]) => `${key}: ${String(one)}`)
  return WORDS.has(text) || text === (entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`)
}

it.layer(NodeServices.layer)("a list of settings", (it) => {
  it.effect.each(lists)("lists all settings with their defaults: $page, $heading", (list) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs.readFileString(`${import.meta.dirname}/../${list.page}`)
      const entries = entriesBelow(text, list.heading)
      const described = new Map(Settings.describe(list.schema).map((one) => [one.setting, one.default]))
      assert.isAbove(entries.length, 0)
      for (const entry of entries) {
        assert.isTrue(described.has(entry.setting), `${entry.setting} is not a setting`)
        const value = described.get(entry.setting)
        assert.isTrue(
          isSame(entry.default, value),
          `${entry.setting}: ${entry.default} is not ${JSON.stringify(value)}`
        )
      }
      if (list.isPart === true) return
      assert.sameMembers(
        entries.map(({ setting }) => setting),
        Array.from(described.keys())
      )
    })
  )
})

/** Where fields are in a Stream import. */
import { Migration, Source } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { Effect, FileSystem } from "effect"
import * as Variants from "./variants.ts"

export type Dialect = "jsonl" | "json-array"

/** `item`: in a field of Stream's; `own`: in the custom data; `nowhere`: in neither. */
type Location = "item" | "own" | "nowhere"

interface Imported {
  /** By kind and path. */
  readonly locations: ReadonlyMap<string, Location>
  readonly codes: ReadonlySet<string>
}

export const imported = (dialect: Dialect) =>
  Effect.gen(function* () {
    const filled = yield* itemsOf(dialect, "with")
    const bare = yield* itemsOf(dialect, "without")
    const locations = Variants.kinds.flatMap((kind) =>
      Variants.pairsOf(kind).map(({ id, path }) => {
        const [a, b] = [about(filled.items, id), about(bare.items, id)]
        const location: Location =
          a.join() === b.join() ? "nowhere" : a.map(known).join() === b.map(known).join() ? "own" : "item"
        return [`${kind}.${path}`, location] as const
      })
    )
    return { locations: new Map(locations), codes: filled.codes } satisfies Imported
  })

// internal

interface Item {
  readonly type: string
  readonly data?: Fields
  readonly item?: Fields
}
type Fields = Readonly<Record<string, unknown>>

const itemsOf = (dialect: Dialect, which: "with" | "without") =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const entities = Variants.kinds.flatMap((kind) => Variants.pairsOf(kind).map((pair) => pair[which]))
    const report = yield* Migration.run({
      id: "fields",
      source: Source.fromEntities("fields", [...Variants.base, ...Variants.needs, ...entities]),
      sink: StreamImportSink.make({
        directory: `${folder}/out`,
        dialect,
        userRoles: "any",
        channelRoles: "any"
      }),
      stateDirectory: `${folder}/state`
    })
    const isLines = dialect === "jsonl"
    const text = yield* fs.readFileString(`${folder}/out/${isLines ? "import.jsonl" : "import.json"}`)
    const json = isLines ? `[${text.trimEnd().replaceAll("\n", ",")}]` : text
    const ledger = report.sinks[0]?.ledger
    return {
      items: JSON.parse(json) as ReadonlyArray<Item>,
      codes: new Set(Object.keys(ledger?.notes ?? {}))
    }
  })

const about = (items: ReadonlyArray<Item>, id: string): ReadonlyArray<string> =>
  items.map((item) => JSON.stringify(item)).filter((text) => text.includes(`"${id}"`))

const known = (text: string): string => {
  const { data, item, type } = JSON.parse(text) as Item
  const { attachments, ...fields } = withoutOwn(data ?? item ?? {})
  const each = Array.isArray(attachments) ? attachments.map((one: Fields) => withoutOwn(one)) : []
  return JSON.stringify({ type, fields, each })
}

const withoutOwn = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "chatferry"))

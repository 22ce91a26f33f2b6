/** The tables of codes in the documentation, which the declarations write. */
import { PageReader } from "@chatferry/connector"
import { Consequence, Sink, Source, Transform } from "@chatferry/core"
import { BatchBuilder, Corrections } from "@chatferry/core/run"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { Effect, Redacted } from "effect"

type Declarations = ReadonlyArray<Consequence.Consequence>

interface Table {
  /** What its markers call it. */
  readonly name: string
  /** Relative to the repository. */
  readonly page: string
  readonly declarations: Declarations
}

const inputs = "unused"
const directory = "unused"

const sendbird = SendbirdSource.archives({ inputs }).consequences ?? []
const streamFiles = StreamSource.files({ inputs }).consequences ?? []
const streamApi =
  StreamSource.api({
    apiKey: "key",
    apiSecret: Redacted.make("secret"),
    channels: "all",
    users: "none",
    directory
  }).consequences ?? []

/** A source over an API that declares nothing of its own. */
const noPage = Effect.succeed({ records: [], next: undefined })
const listings = PageReader.make({
  name: "pages",
  kinds: [],
  fingerprint: {},
  client: Effect.void,
  listings: {
    parts: { parents: { page: () => noPage, idOf: () => undefined }, page: () => noPage, map: () => {} }
  },
  context: () => ({ out: new BatchBuilder.BatchBuilder() })
})

export const tables: ReadonlyArray<Table> = [
  {
    name: "core",
    page: "docs/canonical-model.md",
    declarations: [
      Sink.UNSUPPORTED_KIND,
      Sink.FIELD_UNSUPPORTED,
      Source.NOT_SELECTED,
      Transform.FAILED,
      Transform.INVALID,
      Transform.RENAME_UNUSED,
      Corrections.CORRECTED,
      Corrections.STILL_WRONG
    ]
  },
  {
    name: "page-reader",
    page: "packages/connector/README.md",
    declarations: listings.consequences ?? []
  },
  { name: "sendbird", page: "docs/providers/sendbird.md", declarations: sendbird },
  {
    name: "attachment-inventory",
    page: "packages/sink-attachments/README.md",
    declarations: AttachmentInventory.sink({ directory }).consequences ?? []
  },
  { name: "stream-files", page: "docs/providers/stream-export.md", declarations: streamFiles },
  {
    name: "stream-api",
    page: "docs/providers/stream-export-api.md",
    declarations: streamApi.filter((one) => !streamFiles.includes(one))
  },
  {
    name: "stream-import",
    page: "docs/providers/stream.md",
    declarations: StreamImportSink.make({ directory, dialect: "jsonl" }).consequences ?? []
  },
  {
    name: "ndjson-source",
    page: "packages/sink-ndjson/README.md",
    declarations: NdjsonSource.make({ inputs }).consequences ?? []
  },
  {
    name: "ndjson-sink",
    page: "packages/sink-ndjson/README.md",
    declarations: NdjsonSink.make({ directory }).consequences ?? []
  }
]

export const pages: ReadonlyArray<string> = Array.from(new Set(tables.map(({ page }) => page)))

/** A page with its tables in the place of those that it has; fails where a table has no place. */
export const withTables = (page: string, text: string): string =>
  tables.filter((table) => table.page === page).reduce(withTable, text)

/** A text without what only lines up the columns of its tables. */
export const unaligned = (text: string): string => text.replaceAll(/-{2,}/gu, "-").replaceAll(/ {2,}/gu, " ")

// internal

const begin = (name: string) =>
  `<!-- codes of ${name}: \`npx -y pnpm@12 consequences\` writes what follows -->`
const end = (name: string) => `<!-- end of the codes of ${name} -->`

const withTable = (text: string, { declarations, name, page }: Table): string => {
  const [from, to] = [text.indexOf(begin(name)), text.indexOf(end(name))]
  if (from === -1 || to < from) throw new Error(`${page} has no place for the codes of ${name}`)
  return `${text.slice(0, from)}${begin(name)}\n\n${table(declarations)}\n\n${text.slice(to)}`
}

const EFFECTS: Record<Consequence.Effect, string> = {
  lost: "lost",
  changed: "changed",
  left_out_on_purpose: "left out on purpose",
  information: "information"
}

const table = (declarations: Declarations): string =>
  [
    "| code | effect | what it counts | what to do |",
    "| - | - | - | - |",
    ...declarations
      .toSorted(inOrder)
      .map(({ action = "", code, effect, says }) => row([`\`${code}\``, EFFECTS[effect], says, action]))
  ].join("\n")

const row = (cells: ReadonlyArray<string>) =>
  `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`

const inOrder = (a: Consequence.Consequence, b: Consequence.Consequence) =>
  Consequence.effects.indexOf(a.effect) - Consequence.effects.indexOf(b.effect) ||
  (a.code === b.code ? 0 : a.code < b.code ? -1 : 1)

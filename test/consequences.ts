/** The lists of codes in the documentation, generated from the declarations. */
import { PageReader } from "@chatferry/connector"
import { Consequence, Sink, Source, Transform } from "@chatferry/core"
import { BatchBuilder, Corrections } from "@chatferry/core/run"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { Effect, Redacted } from "effect"
import { item, withPart } from "./markdown.ts"

type Declarations = ReadonlyArray<Consequence.Consequence>

interface List {
  /** Its name in the markers. */
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

export const lists: ReadonlyArray<List> = [
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

export const pages: ReadonlyArray<string> = Array.from(new Set(lists.map(({ page }) => page)))

/** A page with its lists replaced; fails if a list has no place. */
export const withLists = (page: string, text: string): string =>
  lists
    .filter((list) => list.page === page)
    .reduce((all, { declarations, name }) => withPart(all, markers(name), listed(declarations)), text)

// internal

const markers = (name: string) =>
  [
    `<!-- codes of ${name}: \`npx -y pnpm@12 consequences\` writes what follows -->`,
    `<!-- end of the codes of ${name} -->`
  ] as const

const TITLES: Record<Consequence.Effect, string> = {
  lost: "Lost",
  changed: "Changed",
  left_out_on_purpose: "Left out on purpose",
  information: "Information"
}

const listed = (declarations: Declarations): string =>
  Consequence.effects
    .flatMap((effect) => {
      const items = declarations
        .filter((one) => one.effect === effect)
        .toSorted(byCode)
        .map(({ action, code, says }) =>
          item(`\`${code}\`: ${says}.`, ...(action === undefined ? [] : [action]))
        )
      return items.length === 0 ? [] : [`**${TITLES[effect]}**`, items.join("\n")]
    })
    .join("\n\n")

const byCode = (a: Consequence.Consequence, b: Consequence.Consequence) =>
  a.code === b.code ? 0 : a.code < b.code ? -1 : 1

// Messages with files, and inventories of them.
import { type Entity, Ids, Ledger, type Sink, type SinkError, Timestamp } from "@chatferry/core"
import { type Json } from "@chatferry/core/files"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { SinkHarness } from "@chatferry/testkit"
import { Effect, FileSystem, type Path, type PlatformError, type Schema } from "effect"

export type Attachment = NonNullable<Entity.Entity<"message">["attachments"]>[number]

/** A text that every credential in these tests contains. */
export const CANARY = "CANARY"

export const PROTECTED: Attachment = {
  type: "image",
  url: "https://files.example.com/a/b.png",
  mimeType: "image/png",
  sizeBytes: 1000,
  isAuthRequired: true
}

export const message = (
  id: string,
  attachments: ReadonlyArray<Attachment>,
  channelId = "c1"
): Entity.Entity<"message"> => ({
  _tag: "message",
  id: Ids.MessageId.make(id),
  channelId: Ids.ChannelId.make(channelId),
  type: "regular",
  text: "private text",
  attachments,
  createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
})

const completionOf = (entities: ReadonlyArray<Entity.Entity>): Sink.Completion => {
  const book = Ledger.open()
  for (const { _tag } of entities) {
    book.read(_tag, 1)
    book.written(_tag, 1)
  }
  return { migrationId: "test", source: "test", fingerprint: "test", ledger: book.snapshot() }
}

export interface Inventory {
  readonly entries: ReadonlyArray<AttachmentInventory.Entry>
  /** The raw lines. */
  readonly text: string
  readonly summary: AttachmentInventory.Summary
  readonly ledger: Ledger.Ledger
  readonly files: ReadonlyArray<Sink.OutputFile>
  /** Everything that was written, including the state. */
  readonly bytes: string
}

/** Writes entities in batches and publishes. */
export const inventoryOf = (
  entities: ReadonlyArray<Entity.Entity>,
  batch = 100
): Effect.Effect<
  Inventory,
  SinkError.SinkError | PlatformError.PlatformError | Json.InvalidJson | Schema.SchemaError,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const directory = `${folder}/out`
    const session = yield* SinkHarness.open(AttachmentInventory.sink({ directory }), `${folder}/state`)
    for (let i = 0; i < entities.length; i += batch) yield* session.write(entities.slice(i, i + batch))
    const receipt = yield* session.commit
    const summaries = yield* SinkHarness.finish(session, completionOf(entities))
    const ledger = summaries[0]?.ledger ?? Ledger.empty
    const names = yield* fs.readDirectory(folder, { recursive: true })
    let bytes = JSON.stringify(receipt)
    for (const name of names.toSorted()) {
      if ((yield* fs.stat(`${folder}/${name}`)).type === "File")
        bytes += Buffer.from(yield* fs.readFile(`${folder}/${name}`)).toString("latin1")
    }
    const text = yield* fs.readFileString(`${directory}/attachments.ndjson`)
    const summary = yield* AttachmentInventory.readSummary(directory)
    return {
      entries: entriesOf(text),
      text,
      summary,
      ledger,
      files: summaries.flatMap(({ files }) => files),
      bytes
    }
  }).pipe(Effect.scoped)

/** The lines as entries with their keys in the written order. */
export const entriesOf = (text: string): ReadonlyArray<AttachmentInventory.Entry> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AttachmentInventory.Entry)

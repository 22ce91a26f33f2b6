import type { Sqlite } from "@chatferry/connector"
import { type Sink, SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { declared } from "./consequences.ts"
import { type Entry, FORMAT, type TotalSummary } from "./model.ts"
import type { Settings } from "./settings.ts"
import { rowsIn, type Stage, type StageReceipt } from "./stage.ts"
import { Tally } from "./tally.ts"

export const ENTRIES = "attachments.ndjson"
export const SUMMARY = "attachments-summary.json"

/** Writes the entries in order and without duplicates, and counts them. Each call writes everything again. */
export const list = (
  settings: Settings,
  task: Phase.Task,
  stage: Stage,
  receipt: StageReceipt
): Effect.Effect<typeof Listed.Type, SinkError.SinkError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { database } = stage
    yield* stage.check(receipt)
    yield* SinkError.attempt(settings.name, stage.path, () => {
      database.exec("DROP TABLE IF EXISTS temp.channels; CREATE TEMP TABLE channels (line TEXT NOT NULL)")
    })
    const listing = yield* SinkError.attempt(settings.name, stage.path, () => new Listing(database))
    const write = writer(task, ENTRIES)
    yield* blocks(settings, stage.path, listing.lines, (lines) =>
      Effect.andThen(
        write(`${lines.join("\n")}\n`),
        task.progress("list files", listing.rows, rowsIn(receipt))
      )
    )
    const total = listing.total()
    // A record is a message. A message with several files has several lines.
    task.append(ENTRIES, "", total.messages)
    yield* writeSummary(settings, stage, total, writer(task, SUMMARY))
    count(task, receipt, total)
    return { files: total.files, channels: total.channels }
  }).pipe(
    SinkError.damageAsFailure(settings.name, stage.path),
    Effect.withSpan("AttachmentInventory.list", { attributes: { sink: settings.name } })
  )

/** Publishes the list. Even an empty list is meaningful. */
export const publish = Effect.fnUntraced(function* (
  output: Phase.Output
): Effect.fn.Return<Sink.Summary, SinkError.SinkError> {
  const [listed] = output.ends("list")
  return yield* output.publish({
    files: [yield* output.join(ENTRIES), yield* output.join(SUMMARY)],
    mayBeEmpty: true,
    details: { format: FORMAT, ...decodeListed(listed) }
  })
})

// internal

/** The details of the list in the manifest. */
const Listed = Schema.Struct({ files: Schema.Finite, channels: Schema.Finite })
const decodeListed = Schema.decodeUnknownSync(Listed)

const LINES = 1000

type Write = (text: string) => Effect.Effect<void, SinkError.SinkError>

/** Reads entries in order and without duplicates, and counts them on the way. */
class Listing {
  rows = 0
  readonly lines: IterableIterator<string>
  readonly #total = new Tally()
  #channels = 0

  constructor(database: Sqlite.Database) {
    this.lines = this.#read(database)
  }

  total(): TotalSummary {
    return this.#total.total(this.#channels)
  }

  *#read(database: Sqlite.Database): Generator<string, void, undefined> {
    const close = database.prepare("INSERT INTO temp.channels (line) VALUES (?)").execute
    let channel = new Tally()
    let last: Row | undefined
    let counted: Row | undefined
    // Rows of the same file are in the order of reading, so the last one is the source's latest description.
    for (const row of database.prepare<Row>(ORDERED).iterate()) {
      this.rows++
      if (last !== undefined && !isSame(last, row)) {
        yield* this.#count(last, counted, channel)
        counted = last
      }
      if (last !== undefined && last.channel !== row.channel) {
        close(channelLine(last, channel))
        channel = new Tally()
      }
      last = row
    }
    if (last === undefined) return
    yield* this.#count(last, counted, channel)
    close(channelLine(last, channel))
  }

  *#count(row: Row, before: Row | undefined, channel: Tally): Generator<string, void, undefined> {
    const entry = Json.parse(row.line) as Entry
    const isNewChannel = before?.channel !== row.channel
    const isNewMessage = isNewChannel || before?.message !== row.message
    if (isNewChannel) this.#channels++
    channel.add(entry, isNewMessage)
    this.#total.add(entry, isNewMessage)
    yield row.line
  }
}

interface Row {
  readonly channel: string
  readonly message: string
  readonly position: number
  readonly role: string
  readonly line: string
}

const ORDERED = `SELECT channel, message, position, role, line FROM entries
  ORDER BY channel, message, position, role, row`

const isSame = (a: Row, b: Row) =>
  a.message === b.message && a.channel === b.channel && a.position === b.position && a.role === b.role

const channelLine = ({ line }: Row, channel: Tally) =>
  Json.write(channel.channel((Json.parse(line) as Entry).channelId))

const writeSummary = Effect.fnUntraced(function* (
  settings: Settings,
  stage: Stage,
  total: TotalSummary,
  write: Write
) {
  yield* write(`{\n"format": ${JSON.stringify(FORMAT)},\n"total": ${JSON.stringify(total)},\n"channels": [`)
  const lines = yield* SinkError.attempt(settings.name, stage.path, () =>
    linesOf(
      stage.database
        .prepare<{ readonly line: string }>("SELECT line FROM temp.channels ORDER BY rowid")
        .iterate()
    )
  )
  let before = "\n"
  yield* blocks(settings, stage.path, lines, (block) => {
    const text = `${before}${block.join(",\n")}`
    before = ",\n"
    return write(text)
  })
  yield* write("\n]\n}\n")
})

function* linesOf(rows: Iterable<{ readonly line: string }>): Generator<string, void, undefined> {
  for (const { line } of rows) yield line
}

/** Passes on lines in blocks, and always closes the query. */
const blocks = (
  settings: Settings,
  path: string,
  lines: IterableIterator<string>,
  use: (lines: ReadonlyArray<string>) => Effect.Effect<void, SinkError.SinkError>
): Effect.Effect<void, SinkError.SinkError> =>
  Effect.gen(function* () {
    for (;;) {
      const block = yield* SinkError.attempt(settings.name, path, () => take(lines))
      if (block.length === 0) return
      yield* use(block)
      yield* Effect.yieldNow
    }
  }).pipe(Effect.ensuring(Effect.sync(() => void lines.return?.())))

const take = (lines: Iterator<string>): ReadonlyArray<string> => {
  const block: Array<string> = []
  while (block.length < LINES) {
    const next = lines.next()
    if (next.done === true) break
    block.push(next.value)
  }
  return block
}

const writer =
  (task: Phase.Task, piece: string): Write =>
  (text) =>
    Effect.suspend(() => {
      task.append(piece, text)
      return task.drain
    })

/** The outcomes of messages are only known once duplicates have been found. */
const count = ({ book }: Phase.Task, { listed }: StageReceipt, total: TotalSummary): void => {
  book.written("message", total.messages)
  book.add("message", "merged", declared.repeatedMessage.code, listed - total.messages)
  book.note(declared.needsAuthorisation.code, total.needAuthorisation)
  book.note(declared.signedLink.code, total.signedLinks)
  book.note(declared.expires.code, total.expire)
}

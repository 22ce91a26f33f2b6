import { Consequence, SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import { notes } from "../format/consequences.ts"
import { failed } from "../format/failures.ts"
import type { ItemType } from "../format/itemTypes.ts"
import { type Assembly, chunks, step } from "../resolve/assembly.ts"
import { BETWEEN } from "./entries.ts"
import type { SourceFile } from "./sourceFile.ts"
import type { Piece } from "./splitClosure.ts"
import type { OrderedKind } from "./splitEntries.ts"
import * as TextFile from "./textFile.ts"

/** Synchronous code that yields effects, and resumes after each of them. */
export type Steps<A = void> = Generator<Effect.Effect<void, SinkError.SinkError>, A>

/** Reads messages or reactions by their numbers, as joined items. */
export type ReadItems = (
  kind: OrderedKind,
  from: number,
  to: number,
  add: (items: Uint8Array, count: number) => Effect.Effect<void, SinkError.SinkError>
) => Effect.Effect<void, SinkError.SinkError>

/** Files that are planned and written one by one. */
export interface SplitFiles {
  /** Adds the pieces that a file lacks, which must be in one file. If that starts a new file, `pieces` is called again. */
  readonly add: (pieces: (file: number) => ReadonlyArray<Piece>) => Steps
  readonly finish: () => Steps
  readonly closed: () => ReadonlyArray<Phase.ClosedPiece>
}

/** Starts with file 1, which is empty. `head` has all items besides messages and reactions. */
export const makeSplitFiles = (
  assembly: Assembly,
  head: SourceFile,
  readItems: ReadItems,
  nameOf: (number: number) => string
): SplitFiles => {
  const { book, database, settings } = assembly
  database.exec(`CREATE TABLE assembly.split_plan (section INTEGER, first INTEGER, end INTEGER NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (section, first)) WITHOUT ROWID`)
  const insert = database.prepare("INSERT INTO assembly.split_plan VALUES (?, ?, ?, ?)")
  const closed: Array<Phase.ClosedPiece> = []
  // The open run of each type, because most items are consecutive.
  const runs = new Map<ItemType, Run>()
  let number = 1
  let bytes = 0
  let added = 0
  const place = ({ bytes: length, count, first, isRepeated, kind, place }: Piece) => {
    place(number)
    bytes += length + BETWEEN
    if (isRepeated) book.note(Consequence.codeOf(notes.itemRepeated, kind), count)
    const section = sectionOf(kind)
    const end = first + (section === HEAD ? length + BETWEEN : 1)
    const run = runs.get(kind)
    if (run !== undefined && run.end === first) {
      run.end = end
      run.count += count
      return
    }
    if (run !== undefined) insert.execute(run.section, run.first, run.end, run.count)
    runs.set(kind, { section, first, end, count })
  }
  const size = (pieces: ReadonlyArray<Piece>) => pieces.reduce((sum, piece) => sum + piece.bytes + BETWEEN, 0)
  const window = makeWindow(head)
  const write = Effect.gen(function* () {
    yield* step(assembly, () => {
      for (const { count, end, first, section } of runs.values()) insert.execute(section, first, end, count)
      runs.clear()
    })
    const file = TextFile.checked(assembly, nameOf(number))
    const separator = () => (file.records() === 0 ? "[\n" : ",\n")
    const addItems = (items: Uint8Array, count: number) =>
      Effect.andThen(file.append(separator(), 0), file.append(items, count))
    const rows = chunks(
      database.prepare<Run>("SELECT * FROM assembly.split_plan ORDER BY section, first").iterate()
    )
    for (;;) {
      const block = yield* step(assembly, () => rows.next())
      if (block.done === true) break
      for (const { count, end, first, section } of block.value) {
        const kind = SECTIONS[section]
        if (kind !== undefined) {
          yield* readItems(kind, first, end - 1, addItems)
          continue
        }
        yield* file.append(separator(), count)
        for (let from = first; from < end - BETWEEN; from += WINDOW_BYTES) {
          yield* file.append(yield* window(from, Math.min(WINDOW_BYTES, end - BETWEEN - from)), 0)
        }
      }
      yield* Effect.yieldNow
    }
    yield* file.append("\n]\n", 0)
    closed.push(yield* file.close)
    yield* step(assembly, () => database.exec("DELETE FROM assembly.split_plan"))
    number++
    bytes = 0
  })
  return {
    *add(piecesOf) {
      let pieces = piecesOf(number)
      if (OUTSIDE + bytes + size(pieces) > settings.maxFileBytes && bytes > 0) {
        yield write
        pieces = piecesOf(number)
      }
      const needed = OUTSIDE + size(pieces)
      if (bytes === 0 && needed > settings.maxFileBytes) yield tooLarge(assembly, pieces, needed)
      pieces.forEach(place)
      // Other fibers get their turn while a large file is planned.
      if (++added % MOST_AT_ONCE === 0) yield Effect.void
    },
    *finish() {
      if (bytes > 0) yield write
    },
    closed: () => closed
  }
}

/** The bytes of an array besides its items, each counted with a separator. */
export const OUTSIDE = 3

// internal

interface Run {
  readonly section: number
  readonly first: number
  end: number
  count: number
}

// Where items come from, in the order of a file: the head by bytes, messages and reactions by numbers.
const SECTIONS: ReadonlyArray<OrderedKind | undefined> = [undefined, "message", "reaction"]
const HEAD = 0
const sectionOf = (kind: ItemType) => (kind === "message" ? 1 : kind === "reaction" ? 2 : HEAD)

const MOST_AT_ONCE = 256
const WINDOW_BYTES = 512 * 1024

// Users of one file are close to each other in the source, so that most of them are already in the window.
const makeWindow = (source: SourceFile) => {
  let start = 0
  const memory = Buffer.allocUnsafeSlow(WINDOW_BYTES)
  let window = memory.subarray(0, 0)
  /** Returns at most `WINDOW_BYTES`, which are valid until the next call. */
  return (position: number, bytes: number): Effect.Effect<Buffer, SinkError.SinkError> => {
    const slice = () => window.subarray(position - start, position - start + bytes)
    if (position >= start && position + bytes <= start + window.length) return Effect.succeed(slice())
    start = position
    window = memory.subarray(0, Math.min(WINDOW_BYTES, source.bytes - position))
    return Effect.map(source.read(position, window), slice)
  }
}

const tooLarge = ({ settings }: Assembly, pieces: ReadonlyArray<Piece>, needed: number) =>
  failed(
    settings,
    new SinkError.Conflict({
      problem: `an item of type ${pieces.at(-1)?.kind ?? "user"} needs ${needed} bytes with everything that it refers to, but a file may only have ${settings.maxFileBytes}`,
      hint: "Raise maxFileBytes, remove mutes from users in a transform, or use the dialect jsonl."
    })
  )

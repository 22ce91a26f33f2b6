import { Consequence, SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import { notes } from "../format/consequences.ts"
import { failed } from "../format/failures.ts"
import type { ItemType } from "../format/itemTypes.ts"
import { type Assembly, chunks, step } from "../resolve/assembly.ts"
import type { SourceFile, Steps } from "./itemCursor.ts"
import type { Piece } from "./splitClosure.ts"
import * as TextFile from "./textFile.ts"

/** Files that are filled one by one with pieces of the source file. */
export interface SplitFiles {
  /** The number of the current file. */
  readonly number: () => number
  /** Adds pieces that must be in one file. If that starts a new file, `pieces` is called again. */
  readonly add: (pieces: () => ReadonlyArray<Piece>) => Steps
  readonly finish: () => Steps
  readonly closed: () => ReadonlyArray<Phase.ClosedPiece>
}

/** Starts with file 1, which is empty. */
export const makeSplitFiles = (
  assembly: Assembly,
  source: SourceFile,
  nameOf: (number: number) => string
): SplitFiles => {
  const { book, database, settings } = assembly
  database.exec(
    `CREATE TABLE assembly.split_plan (first INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, count INTEGER NOT NULL)`
  )
  const insert = database.prepare("INSERT INTO assembly.split_plan VALUES (?, ?, ?)")
  const closed: Array<Phase.ClosedPiece> = []
  // The open run of each type: most items are consecutive in the source.
  const runs = new Map<ItemType, Run>()
  let number = 1
  let bytes = 0
  const place = (piece: Piece) => {
    piece.place(number)
    bytes += piece.bytes + BETWEEN
    if (piece.isRepeated) book.note(Consequence.codeOf(notes.itemRepeated, piece.kind), piece.count)
    const run = runs.get(piece.kind)
    if (run !== undefined && run.first + run.bytes + BETWEEN === piece.first) {
      run.bytes += BETWEEN + piece.bytes
      run.count += piece.count
      return
    }
    if (run !== undefined) insert.execute(run.first, run.bytes, run.count)
    runs.set(piece.kind, { first: piece.first, bytes: piece.bytes, count: piece.count })
  }
  const size = (pieces: ReadonlyArray<Piece>) => pieces.reduce((sum, piece) => sum + piece.bytes + BETWEEN, 0)
  const write = Effect.gen(function* () {
    yield* step(assembly, () => {
      for (const { bytes: length, count, first } of runs.values()) insert.execute(first, length, count)
      runs.clear()
    })
    const file = TextFile.checked(assembly, nameOf(number))
    const window = makeWindow(source)
    const rows = chunks(
      database.prepare<Run>("SELECT first, bytes, count FROM assembly.split_plan ORDER BY first").iterate()
    )
    for (;;) {
      const block = yield* step(assembly, () => rows.next())
      if (block.done === true) break
      for (const run of block.value) {
        yield* file.append(file.records() === 0 ? "[\n" : ",\n", run.count)
        for (let from = 0; from < run.bytes; from += WINDOW_BYTES) {
          const bytes = yield* window(run.first + from, Math.min(WINDOW_BYTES, run.bytes - from))
          yield* file.append(bytes, 0)
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
    number: () => number,
    *add(piecesOf) {
      let pieces = piecesOf()
      if (OUTSIDE + bytes + size(pieces) > settings.maxFileBytes && bytes > 0) {
        yield write
        pieces = piecesOf()
      }
      const needed = OUTSIDE + size(pieces)
      if (bytes === 0 && needed > settings.maxFileBytes) yield tooLarge(assembly, pieces, needed)
      pieces.forEach(place)
    },
    *finish() {
      if (bytes > 0) yield write
    },
    closed: () => closed
  }
}

// internal

interface Run {
  readonly first: number
  bytes: number
  count: number
}

// BETWEEN is for the comma and line feed after an item. OUTSIDE is for the brackets and line feeds around all items, minus
// the separator that the last item lacks.
const BETWEEN = 2
const OUTSIDE = 3
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

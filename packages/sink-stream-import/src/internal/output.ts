import { DurableFile, type Entity, Publication, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Limits from "../StreamImportLimits.ts"
import type { Assembly } from "./assembly.ts"
import type { Moved } from "./custom.ts"
import { writeFailed } from "./failures.ts"
import type { Settings } from "./settings.ts"

/** The files of one assembly, still under their temporary names. */
export interface Output {
  /** Writes items of one kind, given as JSON. The kinds must come in Stream's order. */
  readonly items: (
    kind: Entity.Kind,
    items: ReadonlyArray<string>
  ) => Effect.Effect<void, SinkError.SinkError>
  /** Writes items that are joined with `between` already. */
  readonly joined: (
    kind: Entity.Kind,
    items: string,
    count: number
  ) => Effect.Effect<void, SinkError.SinkError>
  readonly idMap: (lines: ReadonlyArray<string>) => Effect.Effect<void, SinkError.SinkError>
  readonly moved: (lines: ReadonlyArray<string>) => Effect.Effect<void, SinkError.SinkError>
  readonly close: Effect.Effect<ReadonlyArray<Publication.StagedFile>, SinkError.SinkError>
}

/** Names of the files: the import, the id map, and what the import cannot hold, if there is any. */
export const fileNames = ({ dialect }: Settings): readonly [string, string, string] => [
  dialect === "json-array" ? "import.json" : "import.jsonl",
  "id-map.ndjson",
  "oversize-custom.ndjson"
]

/** Starts the files anew. */
export const open = ({
  book,
  settings
}: Assembly): Effect.Effect<Output, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const isArray = settings.dialect === "json-array"
    const part = (name: string) => Publication.partName(path.join(settings.directory, name))
    const [importName, idMapName, movedName] = fileNames(settings)
    const orFail = <A>(effect: Effect.Effect<A, PlatformError.PlatformError>) =>
      Effect.catchTag(effect, "PlatformError", (cause) => writeFailed(settings, settings.directory, cause))
    const file = (name: string) =>
      Effect.map(DurableFile.append(part(name), 0), (appender) => ({
        appender,
        path: name,
        records: 0,
        bytes: 0,
        block: Buffer.allocUnsafe(0),
        filled: 0
      }))
    const main = yield* file(importName)
    const idMap = yield* file(idMapName)
    const moved = yield* file(movedName)
    const writeOut = (to: typeof main, next: Buffer<ArrayBuffer>) => {
      const bytes = to.block.subarray(0, to.filled)
      to.block = next
      to.filled = 0
      return bytes.length === 0 ? Effect.void : orFail(to.appender.write(bytes))
    }
    // Bytes live outside the heap, where small pieces pile up until it is cleaned: all goes into large blocks.
    const room = (to: typeof main, bytes: number) =>
      to.filled + bytes <= to.block.length
        ? Effect.void
        : writeOut(to, Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, bytes)))
    const append = (to: typeof main, text: string, records: number) =>
      Effect.suspend(() => {
        to.records += records
        return Effect.map(room(to, text.length * 3), () => {
          to.filled += to.block.write(text, to.filled)
        })
      })
    const lines = (to: typeof main) => (texts: ReadonlyArray<string>) =>
      texts.length === 0 ? Effect.void : append(to, `${texts.join("\n")}\n`, texts.length)
    const joined: Output["joined"] = (kind, items, count) => {
      if (count === 0) return Effect.void
      book.written(kind, count)
      return append(main, isArray ? `${main.records === 0 ? "[\n" : ",\n"}${items}` : `${items}\n`, count)
    }
    return {
      items: (kind: Entity.Kind, items: ReadonlyArray<string>) =>
        joined(kind, items.join(between({ settings })), items.length),
      joined,
      idMap: lines(idMap),
      moved: lines(moved),
      close: Effect.gen(function* () {
        if (isArray) yield* append(main, main.records === 0 ? "[]\n" : "\n]\n", 0)
        for (const file of [main, idMap, moved]) {
          yield* writeOut(file, Buffer.allocUnsafe(0))
          file.bytes = yield* orFail(file.appender.flush)
        }
        if (main.bytes > Limits.fileBytes) book.note("file_over_limit", 1)
        if (moved.records === 0) yield* orFail(fs.remove(part(moved.path), { force: true }))
        return [main, idMap, moved]
          .filter((file) => file !== moved || file.records > 0)
          .map(({ bytes, path, records }) => ({ path, records, bytes }))
      })
    }
  }).pipe(Effect.catchTag("PlatformError", (cause) => writeFailed(settings, settings.directory, cause)))

/** The envelope of items of a kind: what goes before and after an item. */
export const envelope = ({ settings }: Assembly, kind: Entity.Kind): readonly [string, string] => {
  const type = kind === "member" ? settings.memberItem : kind
  return [`{"type":"${type}","${settings.dialect === "jsonl" ? "data" : "item"}":`, "}"]
}

/** What goes between two items. */
export const between = ({ settings }: Pick<Assembly, "settings">): string =>
  settings.dialect === "jsonl" ? "\n" : ",\n"

/** Lines of the side file for what was moved out of one record. */
export const movedLines = (
  kind: Entity.Kind,
  ids: object,
  moved: ReadonlyArray<Moved>
): ReadonlyArray<string> => moved.map(({ field, value }) => JSON.stringify({ kind, ...ids, field, value }))

/** Counts the notes of one record. */
export const countNotes = ({ book }: Assembly, notes: ReadonlyArray<string>): void => {
  for (const note of notes) book.note(note, 1)
}

// internal

// So much that a block is over a megabyte when the next piece has no room: the file then takes it without a copy.
const BLOCK_BYTES = 1.25 * 1024 * 1024

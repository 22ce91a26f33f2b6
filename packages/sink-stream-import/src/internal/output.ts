import { DurableFile, type Entity, type Publication, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import type { Assembly } from "./assembly.ts"
import type { Moved } from "./custom.ts"
import { writeFailed } from "./failures.ts"
import * as ImportFiles from "./importFiles.ts"
import type { ItemType } from "./itemTypes.ts"
import type { Settings } from "./settings.ts"
import * as TextFile from "./textFile.ts"

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
  /** Writes items that are no records of their own but part of users. */
  readonly ofUsers: (
    kind: "device" | "future_channel_ban",
    items: ReadonlyArray<string>
  ) => Effect.Effect<void, SinkError.SinkError>
  readonly idMap: (lines: ReadonlyArray<string>) => Effect.Effect<void, SinkError.SinkError>
  readonly moved: (lines: ReadonlyArray<string>) => Effect.Effect<void, SinkError.SinkError>
  readonly close: Effect.Effect<Closed, SinkError.SinkError>
}

/** What is to be published. */
interface Closed {
  /** In the order in which they are to be imported. */
  readonly imports: ReadonlyArray<Publication.StagedFile>
  readonly others: ReadonlyArray<Publication.StagedFile>
}

/** Names of the files: the import, the first of several, the id map, and what the import cannot hold, if there is any. */
export const fileNames = (settings: Settings): ReadonlyArray<string> => [
  ImportFiles.singleName(settings),
  ImportFiles.numberedName(settings, 1),
  ID_MAP,
  MOVED
]

/** Starts the files anew. */
export const open = (
  assembly: Assembly
): Effect.Effect<Output, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const { book, settings } = assembly
    const fs = yield* FileSystem.FileSystem
    const imports = yield* ImportFiles.open(assembly)
    const idMap = yield* TextFile.open(settings, ID_MAP)
    const moved = yield* TextFile.open(settings, MOVED)
    const lines = (to: TextFile.TextFile) => (texts: ReadonlyArray<string>) => {
      const [first, ...others] = texts
      if (first === undefined) return Effect.void
      if (others.length > 0) return to.append(`${texts.join("\n")}\n`, texts.length)
      // One that comes alone may be long, and joining it would copy it.
      return Effect.andThen(to.append(first, 1), to.append("\n", 0))
    }
    const joined: Output["joined"] = (kind, items, count) => {
      if (count === 0 || kind === "failed_webhook") return Effect.void
      book.written(kind, count)
      return imports.add(kind, items, count)
    }
    return {
      items: (kind: Entity.Kind, items: ReadonlyArray<string>) =>
        joined(kind, items.join(between(assembly)), items.length),
      joined,
      ofUsers: (kind: "device" | "future_channel_ban", items: ReadonlyArray<string>) =>
        items.length === 0 ? Effect.void : imports.add(kind, items.join(between(assembly)), items.length),
      idMap: lines(idMap),
      moved: lines(moved),
      close: Effect.gen(function* () {
        const files = yield* imports.close
        const map = yield* idMap.close()
        const side = yield* moved.close()
        if (side.records > 0) return { imports: files, others: [map, side] }
        yield* Effect.catchTag(
          DurableFile.awaited(fs.remove(moved.path, { force: true })),
          "PlatformError",
          (cause) => writeFailed(settings, moved.path, cause)
        )
        return { imports: files, others: [map] }
      })
    }
  })

/** The envelope of items of a kind: what goes before and after an item. */
export const envelope = (
  { settings }: Pick<Assembly, "settings">,
  kind: ItemType
): readonly [string, string] => {
  const type = kind === "member" ? settings.memberItem : kind
  return [`{"type":"${type}","${settings.dialect === "jsonl" ? "data" : "item"}":`, "}"]
}

/** What goes between two items. */
export const between = ({ settings }: Pick<Assembly, "settings">): string => ImportFiles.between(settings)

/** Lines of the side file for what was moved out of one record. */
export const movedLines = (
  kind: Entity.Kind,
  ids: object,
  moved: ReadonlyArray<Moved>
): ReadonlyArray<string> => moved.map(({ field, json }) => movedLine({ kind, ...ids, field }, json))

/** A line of the side file for a value that is JSON already. */
export const movedLine = (fields: object, json: string): string =>
  `${JSON.stringify(fields).slice(0, -1)},"value":${json}}`

/** Counts the notes of one record. */
export const countNotes = ({ book }: Assembly, notes: ReadonlyArray<string>): void => {
  for (const note of notes) book.note(note, 1)
}

// internal

const ID_MAP = "id-map.ndjson"
const MOVED = "oversize-custom.ndjson"

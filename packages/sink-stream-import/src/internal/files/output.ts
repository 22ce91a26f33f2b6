import { type Entity, type Sink, type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { Moved } from "../format/custom.ts"
import type { ItemType } from "../format/itemTypes.ts"
import type { Settings } from "../format/settings.ts"
import type { Assembly } from "../resolve/assembly.ts"
import * as Entries from "./entries.ts"
import * as ImportFiles from "./importFiles.ts"
import { ID_MAP, inOrder, MOVED } from "./names.ts"
import type { OrderedItems } from "./splitArray.ts"
import type { OrderedKind } from "./splitEntries.ts"
import * as TextFile from "./textFile.ts"

/** The unpublished files of one assembly. */
export interface Output {
  /** Writes items of one kind as JSON. The kinds must come in Stream's order. */
  readonly items: (
    kind: Entity.Kind,
    items: ReadonlyArray<string>
  ) => Effect.Effect<void, SinkError.SinkError>
  /** Writes items that are already joined with `between`. */
  readonly joined: (
    kind: Entity.Kind,
    items: string | Uint8Array,
    count: number
  ) => Effect.Effect<void, SinkError.SinkError>
  /** Writes items that are parts of users instead of records. */
  readonly userItems: (
    kind: "device" | "future_channel_ban",
    items: ReadonlyArray<string>
  ) => Effect.Effect<void, SinkError.SinkError>
  /** Where the next item of an array starts. */
  readonly next: () => number
  /** What is kept of the items, in case an array must be split. */
  readonly entries: Entries.Entries
  /** Writes messages and reactions into several files if one would be over the limit. Returns whether it has written them. */
  readonly split: (
    items: OrderedItems,
    counts: Readonly<Record<OrderedKind, number>>
  ) => Effect.Effect<boolean, SinkError.SinkError, FileSystem.FileSystem>
  readonly idMap: (lines: ReadonlyArray<string>) => Effect.Effect<void, SinkError.SinkError>
  readonly moved: (lines: ReadonlyArray<string>) => Effect.Effect<void, SinkError.SinkError>
  /** Closes and returns the import files, in the order in which they must be imported. */
  readonly close: Effect.Effect<ReadonlyArray<Phase.ClosedPiece>, SinkError.SinkError>
}

/** Publishes the files: first the import files in their order. */
export const publish = Effect.fnUntraced(function* (
  { dialect }: Settings,
  output: Phase.Output
): Effect.fn.Return<Sink.Summary, SinkError.SinkError> {
  const names = output.pieces.map(({ name }) => name)
  const others = [ID_MAP, MOVED].filter((name) => names.includes(name))
  const imports = inOrder(names.filter((name) => !others.includes(name)))
  return yield* output.publish({
    files: yield* Effect.forEach([...imports, ...others], (name) => output.join(name)),
    details: { dialect, importFiles: imports.length }
  })
})

/** Starts the files. */
export const open = (assembly: Assembly): Output => {
  const { book, task } = assembly
  const imports = ImportFiles.make(assembly)
  const idMap = TextFile.make(task, ID_MAP)
  const moved = TextFile.make(task, MOVED)
  const lines = (to: TextFile.TextFile) => (texts: ReadonlyArray<string>) => {
    const [first, ...others] = texts
    if (first === undefined) return Effect.void
    if (others.length > 0) return to.append(`${texts.join("\n")}\n`, texts.length)
    // A single item may be long, and joining it would copy it.
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
    userItems: (kind: "device" | "future_channel_ban", items: ReadonlyArray<string>) =>
      items.length === 0 ? Effect.void : imports.add(kind, items.join(between(assembly)), items.length),
    next: imports.next,
    entries: Entries.make(assembly),
    split: Effect.fnUntraced(function* (items, counts) {
      if (imports.split === undefined || !(yield* imports.split(items))) return false
      book.written("message", counts.message)
      book.written("reaction", counts.reaction)
      return true
    }),
    idMap: lines(idMap),
    moved: lines(moved),
    close: Effect.gen(function* () {
      const files = yield* imports.close
      yield* idMap.close
      if (moved.records() > 0) yield* moved.close
      return files
    })
  }
}

/** The envelope for items of a kind: the text before and after an item. */
export const envelope = (
  { settings }: Pick<Assembly, "settings">,
  kind: ItemType
): readonly [string, string] => {
  const type = kind === "member" ? settings.memberItem : kind
  return [`{"type":"${type}","${settings.dialect === "jsonl" ? "data" : "item"}":`, "}"]
}

/** The separator of two items. */
export const between = ({ settings }: Pick<Assembly, "settings">): string => ImportFiles.between(settings)

/** Lines of the side file for the values that were moved out of one record. */
export const movedLines = (
  kind: Entity.Kind,
  ids: object,
  moved: ReadonlyArray<Moved>
): ReadonlyArray<string> => moved.map(({ field, json }) => movedLine({ kind, ...ids, field }, json))

/** A line of the side file for a value that is already JSON. */
export const movedLine = (fields: object, json: string): string =>
  `${Json.write(fields).slice(0, -1)},"value":${json}}`

/** Counts the notes of one record. */
export const countNotes = ({ book }: Assembly, notes: ReadonlyArray<string>): void => {
  for (const note of notes) book.note(note, 1)
}

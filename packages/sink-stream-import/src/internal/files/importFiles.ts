import { SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { failed } from "../format/failures.ts"
import type { ItemType } from "../format/itemTypes.ts"
import type { Settings } from "../format/settings.ts"
import { type Assembly, step } from "../resolve/assembly.ts"
import { BETWEEN } from "./entries.ts"
import { numberedName, singleName } from "./names.ts"
import { type OrderedItems, splitArray } from "./splitArray.ts"
import { bytesOfOrdered } from "./splitEntries.ts"
import { OUTSIDE } from "./splitFiles.ts"
import * as TextFile from "./textFile.ts"

/** The import file, or several files if one would be over the limit. */
export interface ImportFiles {
  /** Adds items that are already joined with `between`. */
  readonly add: (
    kind: ItemType,
    items: string | Uint8Array,
    count: number
  ) => Effect.Effect<void, SinkError.SinkError>
  /** Where the next item of an array starts. */
  readonly next: () => number
  /**
   * Writes several files in place of an array that would be over the limit with its
   * messages and reactions, and returns whether it has. Absent if a file can end
   * after any item.
   */
  readonly split?: (items: OrderedItems) => Effect.Effect<boolean, SinkError.SinkError, FileSystem.FileSystem>
  readonly close: Effect.Effect<ReadonlyArray<Phase.ClosedPiece>, SinkError.SinkError>
}

/** The separator of two items. */
export const between = ({ dialect }: Pick<Settings, "dialect">): string =>
  dialect === "jsonl" ? "\n" : ",\n"

/** Starts the import file. */
export const make = (assembly: Assembly): ImportFiles =>
  assembly.settings.dialect === "jsonl" ? makeLines(assembly) : makeArray(assembly)

// internal

// Items only refer to earlier items, so a file may end after any of them.
const makeLines = (assembly: Assembly): ImportFiles => {
  const { settings, task } = assembly
  const closed: Array<Phase.ClosedPiece> = []
  let file = TextFile.checked(assembly, singleName(settings))
  const nextFile = Effect.gen(function* () {
    closed.push(yield* file.close)
    file = TextFile.checked(assembly, numberedName(settings, closed.length + 1))
  })
  const addEach = Effect.fnUntraced(function* (kind: ItemType, items: string) {
    for (const item of items.split("\n")) {
      const bytes = Buffer.byteLength(item) + 1
      if (bytes > settings.maxFileBytes) return yield* tooLarge(settings, kind, bytes)
      if (file.bytes() + bytes > settings.maxFileBytes) yield* nextFile
      yield* file.append(`${item}\n`, 1)
    }
  })
  return {
    add: (kind: ItemType, items: string | Uint8Array, count: number) =>
      file.bytes() + mostBytes(items) + 1 <= settings.maxFileBytes ||
      file.bytes() + Buffer.byteLength(items) + 1 <= settings.maxFileBytes
        ? Effect.andThen(file.append(items, count), file.append("\n", 0))
        : addEach(kind, typeof items === "string" ? items : Buffer.from(items).toString()),
    next: () => file.bytes(),
    close: Effect.gen(function* () {
      closed.push(yield* file.close)
      const [first, ...others] = closed
      if (first === undefined || others.length === 0) return closed
      const name = numberedName(settings, 1)
      yield* task.rename(first.name, name)
      return [{ ...first, name }, ...others]
    })
  }
}

// Everything that an item of an array refers to is in the same file. Whether one file is enough is known before messages
// are written, from their sizes.
const makeArray = (assembly: Assembly): ImportFiles => {
  const { settings } = assembly
  const file = TextFile.checked(assembly, singleName(settings))
  const next = () => file.bytes() + BETWEEN
  let firstDevice = 0
  let split: ReadonlyArray<Phase.ClosedPiece> | undefined
  const append = (content: string | Uint8Array, count: number) => {
    const appended = file.append(content, count)
    if (file.bytes() > settings.maxFileBytes) file.forget()
    return appended
  }
  const close = Effect.suspend(() =>
    Effect.andThen(append(file.records() === 0 ? "[]\n" : "\n]\n", 0), file.close)
  )
  return {
    add: (kind: ItemType, items: string | Uint8Array, count: number) =>
      Effect.suspend(() => {
        if (kind === "device" && firstDevice === 0) firstDevice = next()
        return Effect.andThen(append(file.records() === 0 ? "[\n" : ",\n", 0), append(items, count))
      }),
    next,
    split: Effect.fnUntraced(function* (items: OrderedItems) {
      const following = yield* step(assembly, () => bytesOfOrdered(assembly, items.outside))
      if (file.bytes() + following + OUTSIDE <= settings.maxFileBytes) return false
      file.forget()
      const head = { piece: yield* close, firstDevice }
      split = yield* splitArray(assembly, head, items, (number) => numberedName(settings, number))
      return true
    }),
    close: Effect.suspend(() =>
      split === undefined ? Effect.map(close, (whole) => [whole]) : Effect.succeed(split)
    )
  }
}

/** A UTF-16 unit takes at most three bytes, so most blocks need not be measured. */
const mostBytes = (items: string | Uint8Array) =>
  typeof items === "string" ? items.length * 3 : items.length

const tooLarge = (settings: Settings, kind: ItemType, bytes: number) =>
  failed(
    settings,
    new SinkError.Conflict({
      problem: `an item of type ${kind} has ${bytes} bytes, but a file may only have ${settings.maxFileBytes}`,
      hint: "Raise maxFileBytes, or make the longest lists of ids shorter in a transform."
    })
  )

import { SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { failed } from "../format/failures.ts"
import type { ItemType } from "../format/itemTypes.ts"
import type { Settings } from "../format/settings.ts"
import type { Assembly } from "../resolve/assembly.ts"
import { numberedName, singleName } from "./names.ts"
import { type Section, splitArray } from "./splitArray.ts"
import * as TextFile from "./textFile.ts"

/** The import file, or several files if one would be over the limit. */
export interface ImportFiles {
  /** Adds items that are already joined with `between`. */
  readonly add: (kind: ItemType, items: string, count: number) => Effect.Effect<void, SinkError.SinkError>
  readonly close: Effect.Effect<ReadonlyArray<Phase.ClosedPiece>, SinkError.SinkError, FileSystem.FileSystem>
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
    add: (kind: ItemType, items: string, count: number) =>
      // A UTF-16 unit takes at most three bytes, so most blocks need not be measured.
      file.bytes() + items.length * 3 + 1 <= settings.maxFileBytes ||
      file.bytes() + Buffer.byteLength(items) + 1 <= settings.maxFileBytes
        ? file.append(`${items}\n`, count)
        : addEach(kind, items),
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

// Only the end of an array shows whether it must be split, so it is written as a whole, and split if it is too large.
const makeArray = (assembly: Assembly): ImportFiles => {
  const { settings } = assembly
  const file = TextFile.checked(assembly, singleName(settings))
  const sections: Array<Section> = []
  const append = (content: string, count: number) => {
    const appended = file.append(content, count)
    if (file.bytes() > settings.maxFileBytes) file.forget()
    return appended
  }
  return {
    add: (kind: ItemType, items: string, count: number) =>
      Effect.suspend(() => {
        const isFirst = file.records() === 0
        if (sections.at(-1)?.kind !== kind) sections.push({ kind, start: file.bytes() + 2 })
        return append(`${isFirst ? "[\n" : ",\n"}${items}`, count)
      }),
    close: Effect.gen(function* () {
      yield* append(file.records() === 0 ? "[]\n" : "\n]\n", 0)
      const whole = yield* file.close
      return whole.bytes <= settings.maxFileBytes
        ? [whole]
        : yield* splitArray(assembly, whole, sections, (number) => numberedName(settings, number))
    })
  }
}

const tooLarge = (settings: Settings, kind: ItemType, bytes: number) =>
  failed(
    settings,
    new SinkError.Conflict({
      problem: `an item of type ${kind} has ${bytes} bytes, but a file may only have ${settings.maxFileBytes}`,
      hint: "Raise maxFileBytes, or make the longest lists of ids shorter in a transform."
    })
  )

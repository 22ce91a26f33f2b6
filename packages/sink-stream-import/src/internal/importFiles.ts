import { DurableFile, Publication, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import type { Assembly } from "./assembly.ts"
import { failed, writeFailed } from "./failures.ts"
import type { ItemType } from "./itemTypes.ts"
import type { Settings } from "./settings.ts"
import { type Section, splitArray } from "./splitArray.ts"
import * as TextFile from "./textFile.ts"

/** The import file, or files where one would be over the limit. */
export interface ImportFiles {
  /** Adds items that are joined with `between` already. */
  readonly add: (kind: ItemType, items: string, count: number) => Effect.Effect<void, SinkError.SinkError>
  readonly close: Effect.Effect<ReadonlyArray<Publication.StagedFile>, SinkError.SinkError>
}

/** The name of the import file when there is one. */
export const singleName = ({ dialect }: Pick<Settings, "dialect">): string => `import.${EXTENSIONS[dialect]}`

/** The name of one of several; `number` counts from 1. */
export const numberedName = ({ dialect }: Pick<Settings, "dialect">, number: number): string =>
  `import-${String(number).padStart(4, "0")}.${EXTENSIONS[dialect]}`

/** What goes between two items. */
export const between = ({ dialect }: Pick<Settings, "dialect">): string =>
  dialect === "jsonl" ? "\n" : ",\n"

/** Starts the import file anew. */
export const open = (
  assembly: Assembly
): Effect.Effect<ImportFiles, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  assembly.settings.dialect === "jsonl" ? openLines(assembly) : openArray(assembly)

// internal

const EXTENSIONS = { jsonl: "jsonl", "json-array": "json" } as const

// Items are in an order in which each refers to earlier ones alone, so a file may end after any of them.
const openLines = (assembly: Assembly) =>
  Effect.gen(function* () {
    const { settings } = assembly
    const services = yield* Effect.context<FileSystem.FileSystem | Path.Path | Scope.Scope>()
    const closed: Array<Publication.StagedFile> = []
    let file = yield* TextFile.open(settings, singleName(settings))
    const nextFile = Effect.gen(function* () {
      closed.push(yield* file.close())
      file = yield* TextFile.open(settings, numberedName(settings, closed.length + 1))
    }).pipe(Effect.provideContext(services))
    const addEach = (kind: ItemType, items: string) =>
      Effect.gen(function* () {
        for (const item of items.split("\n")) {
          const bytes = Buffer.byteLength(item) + 1
          if (bytes > settings.maxFileBytes) return yield* tooLarge(settings, kind, bytes)
          if (file.bytes() + bytes > settings.maxFileBytes) yield* nextFile
          yield* file.append(`${item}\n`, 1)
        }
      })
    return {
      add: (kind: ItemType, items: string, count: number) =>
        // A UTF-16 unit is at most three bytes, so most blocks fit without being measured.
        file.bytes() + items.length * 3 + 1 <= settings.maxFileBytes ||
        file.bytes() + Buffer.byteLength(items) + 1 <= settings.maxFileBytes
          ? file.append(`${items}\n`, count)
          : addEach(kind, items),
      close: Effect.gen(function* () {
        closed.push(yield* file.close())
        const [first, ...others] = closed
        if (first === undefined || others.length === 0) return closed
        const name = numberedName(settings, 1)
        yield* rename(settings, first.path, name)
        return [{ ...first, path: name }, ...others]
      }).pipe(Effect.provideContext(services))
    }
  })

// Whether an array must be split shows at its end: it is written whole, and taken apart only when it is too large.
const openArray = (assembly: Assembly) =>
  Effect.gen(function* () {
    const { settings } = assembly
    const services = yield* Effect.context<FileSystem.FileSystem | Path.Path | Scope.Scope>()
    const file = yield* TextFile.open(settings, singleName(settings))
    const sections: Array<Section> = []
    return {
      add: (kind: ItemType, items: string, count: number) =>
        Effect.suspend(() => {
          const isFirst = file.records() === 0
          if (sections.at(-1)?.kind !== kind) sections.push({ kind, start: file.bytes() + 2 })
          return file.append(`${isFirst ? "[\n" : ",\n"}${items}`, count)
        }),
      close: Effect.gen(function* () {
        yield* file.append(file.records() === 0 ? "[]\n" : "\n]\n", 0)
        const whole = yield* file.close(file.records() === 0 ? 1 : 2)
        return file.bytes() <= settings.maxFileBytes
          ? [whole]
          : yield* splitArray(assembly, file.path, whole, sections, (number) =>
              numberedName(settings, number)
            )
      }).pipe(Effect.provideContext(services))
    }
  })

const rename = (settings: Settings, from: string, to: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const part = (name: string) => Publication.partName(path.join(settings.directory, name))
    yield* DurableFile.awaited(fs.rename(part(from), part(to)))
  }).pipe(Effect.catchTag("PlatformError", (cause) => writeFailed(settings, settings.directory, cause)))

const tooLarge = (settings: Settings, kind: ItemType, bytes: number) =>
  failed(
    settings,
    new SinkError.Conflict({
      problem: `an item of type ${kind} has ${bytes} bytes, and a file may have ${settings.maxFileBytes}`,
      hint: "Raise maxFileBytes, or make the longest lists of ids shorter in a transform."
    })
  )

// Finds the archives among the given paths.
import { SourceError } from "@chatferry/core"
import { OwnFiles } from "@chatferry/core/files"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { bufferOf } from "../bufferOf.ts"
import type { LooseFile } from "./archive.ts"
import { readFailed, readHead } from "./bytes.ts"
import { isDebris } from "./debris.ts"

type Reason = SourceError.SourceErrorReason

/** A unit of work: one zip archive, or all loose files of one input. */
export interface Part {
  /** The id does not contain the input's folder, so the input may be moved. */
  readonly id: string
  readonly bytes: number
  readonly content:
    | { readonly _tag: "zip"; readonly path: string }
    | { readonly _tag: "files"; readonly files: ReadonlyArray<LooseFile> }
}

/** A unit of work with the given path under which it was found. */
export interface FoundPart extends Part {
  readonly input: string
}

/** Finds all units of work, in the order of the inputs and then of names. `isOwn` recognises the source's own files by their names. */
export const find = Effect.fnUntraced(function* (
  inputs: ReadonlyArray<string>,
  isOwn: (name: string) => boolean = () => false
): Effect.fn.Return<ReadonlyArray<FoundPart>, Reason, FileSystem.FileSystem | Path.Path> {
  if (inputs.length === 0) return yield* invalid("give at least one archive or folder")
  const found = (yield* Effect.forEach(inputs, (input) =>
    Effect.gen(function* () {
      const parts = yield* partsOf(input, isOwn)
      if (parts.length === 0) return yield* empty(input)
      return parts.map(({ bytes, content, id }) => ({ id, bytes, content, input }))
    })
  )).flat()
  const seen = new Map<string, number>()
  return found.map((part) => {
    const number = (seen.get(part.id) ?? 0) + 1
    seen.set(part.id, number)
    return number === 1 ? part : renamed(part, `${part.id}#${number}`)
  })
})

// internal

const invalid = (problem: string) => new SourceError.InvalidConfig({ setting: "inputs", problem })

const empty = Effect.fnUntraced(function* (input: string) {
  const fs = yield* FileSystem.FileSystem
  const names = yield* Effect.mapError(fs.readDirectory(input), readFailed(input))
  const problem = (yield* OwnFiles.isOwnFolder(names, headsIn(input)))
    ? `${input} is the output or the state of a migration; NdjsonSource reads what NdjsonSink wrote`
    : `there are no files in ${input}`
  return yield* invalid(problem)
})

const renamed = (part: FoundPart, id: string): FoundPart => ({ ...part, id })

const partsOf = Effect.fnUntraced(function* (
  input: string,
  isOwn: (name: string) => boolean
): Effect.fn.Return<ReadonlyArray<Part>, Reason, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const id = path.basename(path.resolve(input)) || "root"
  const info = yield* Effect.mapError(fs.stat(input), SourceError.unopened("inputs", input))
  if (info.type !== "Directory") {
    const file: LooseFile = { name: id, path: input, size: Number(ByteSize.toBigInt(info.size)) }
    return (yield* isZip(file))
      ? [zipPart(id, file)]
      : [{ id, bytes: file.size, content: { _tag: "files", files: [file] } }]
  }
  const files = (yield* filesOf(input, "", isOwn)).toSorted((a, b) =>
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))
  )
  const zips = files.filter(hasZipName)
  const loose = files.filter((file) => !hasZipName(file))
  if (zips.length === 0 && loose.every(({ name }) => isDebris(name))) return []
  const bytes = loose.reduce((sum, { size }) => sum + size, 0)
  const first: ReadonlyArray<Part> =
    loose.length === 0 ? [] : [{ id, bytes, content: { _tag: "files", files: loose } }]
  return [...first, ...zips.map((file) => zipPart(`${id}/${file.name}`, file))]
})

const zipPart = (id: string, file: LooseFile): Part => ({
  id,
  bytes: file.size,
  content: { _tag: "zip", path: file.path }
})

const hasZipName = ({ name }: LooseFile) =>
  name.toLowerCase().endsWith(".zip") && !/(?:^|\/)\._[^/]*$/u.test(name)

const isZip = (file: LooseFile) =>
  hasZipName(file)
    ? Effect.succeed(true)
    : Effect.map(readHead(file.path, 4, SourceError.unopened("inputs", file.path)), (head) =>
        bufferOf(head).toString("latin1").startsWith("PK\u0003\u0004")
      )

/** Lists the files below a folder, except those of a migration. Links to files are followed. Links to folders are not, because they may form a cycle. */
const filesOf = Effect.fnUntraced(function* (
  folder: string,
  prefix: string,
  isOwn: (name: string) => boolean
): Effect.fn.Return<ReadonlyArray<LooseFile>, Reason, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const entries = yield* Effect.mapError(
    fs.readDirectoryEntries(folder),
    prefix === "" ? SourceError.unopened("inputs", folder) : readFailed(folder)
  )
  const names = entries.map(({ name }) => name)
  const heads = headsIn(folder)
  if (yield* OwnFiles.isOwnFolder(names, heads)) return []
  const locks = yield* OwnFiles.lockNames(names, heads)
  const others = entries.filter(
    ({ name }) => !OwnFiles.isOwnName(name) && !isOwn(name) && !locks.includes(name)
  )
  const found = yield* Effect.forEach(others, (entry) =>
    Effect.gen(function* () {
      const full = path.join(folder, entry.name)
      const name = `${prefix}${entry.name}`
      if (entry.type === "Directory") return yield* filesOf(full, `${name}/`, isOwn)
      const info = yield* Effect.mapError(fs.stat(full), readFailed(full))
      if (info.type === "File") return [{ name, path: full, size: Number(ByteSize.toBigInt(info.size)) }]
      return info.type === "Directory" && entry.type === "Unknown"
        ? yield* filesOf(full, `${name}/`, isOwn)
        : []
    })
  )
  return found.flat()
})

const headsIn = (folder: string): OwnFiles.ReadHead<Reason, FileSystem.FileSystem | Path.Path> =>
  Effect.fnUntraced(function* (name: string) {
    const path = (yield* Path.Path).join(folder, name)
    const fs = yield* FileSystem.FileSystem
    const { type } = yield* Effect.mapError(fs.stat(path), readFailed(path))
    return type === "File" ? bufferOf(yield* readHead(path, OwnFiles.HEAD_BYTES)).toString("latin1") : ""
  })

import { Entity, SourceError } from "@chatferry/core"
import { DurableFile, Sha256 } from "@chatferry/core/files"
import { Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Gzip from "./gzip.ts"
import { FORMAT } from "./layout.ts"
import * as Manifest from "./manifest.ts"

/** A file to read, which is one partition. */
export interface InputFile {
  /** The file's name, prefixed with the number of its input if two files have the same name. */
  readonly id: string
  readonly path: string
  /** The given path under which the file was found. */
  readonly input: string
  readonly bytes: number
  readonly isGzip: boolean
  /** SHA-256 of the first 64 KiB. */
  readonly head: string
  /** The SHA-256 of the file according to the manifest. */
  readonly sha256?: string
}

export type Failure = PlatformError.PlatformError | SourceError.SourceErrorReason
type Platform = FileSystem.FileSystem | Path.Path

/** Lists the files of all inputs in the order of reading: users, channels, …, then files with other names. */
export const resolve = Effect.fnUntraced(function* (
  inputs: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyArray<InputFile>, Failure, Platform> {
  const nested = yield* Effect.forEach(inputs, (input, i) =>
    Effect.map(listed(input), (files) => files.map((file) => ({ ...file, input: i + 1 })))
  )
  const found = nested.flat()
  const doubled = duplicate(found.map(({ path }) => path))
  if (doubled !== undefined) return yield* invalid(`${doubled} is given twice`)
  const isAmbiguous = duplicate(found.map(({ name }) => name)) !== undefined
  const ordered = found.toSorted(
    (a, b) => rank(a.name) - rank(b.name) || a.input - b.input || (a.name < b.name ? -1 : 1)
  )
  return yield* Effect.forEach(ordered, (file) =>
    inspect(file, inputs[file.input - 1] ?? "", isAmbiguous ? `${file.input}/${file.name}` : file.name)
  )
})

interface Listed {
  readonly name: string
  readonly path: string
  readonly expected?: { readonly bytes: number; readonly sha256: string }
}

const listed = Effect.fnUntraced(function* (
  input: string
): Effect.fn.Return<ReadonlyArray<Listed>, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const at = path.resolve(input)
  const { type } = yield* Effect.mapError(fs.stat(input), unopened(input))
  if (type !== "Directory") return [{ name: path.basename(at), path: at }]
  const manifest = yield* Manifest.read(input)
  if (Option.isSome(manifest)) return yield* fromManifest(input, manifest.value)
  const names = yield* Effect.mapError(fs.readDirectory(input), unopened(input))
  if (names.some((name) => name.endsWith(".part"))) {
    return yield* corrupt(input, "the folder contains the output of an unfinished run", FINISH)
  }
  const files = names.filter((name) => NDJSON.test(name))
  if (files.length === 0)
    return yield* invalid(`${input} contains no .ndjson or .jsonl files, compressed or not`)
  return files.map((name) => ({ name, path: path.join(at, name) }))
})

const fromManifest = Effect.fnUntraced(function* (
  directory: string,
  manifest: Manifest.Manifest | "unreadable"
): Effect.fn.Return<ReadonlyArray<Listed>, Failure, Platform> {
  const path = yield* Path.Path
  const location = path.join(directory, Manifest.MANIFEST)
  if (manifest === "unreadable") {
    return yield* corrupt(
      location,
      "the manifest cannot be read",
      "Copy the folder again, or use the files as inputs."
    )
  }
  if (manifest.sink.format !== FORMAT) {
    return yield* invalid(
      `${location} was written by the sink ${manifest.sink.name}, which does not write canonical entities`
    )
  }
  const outside = manifest.files.find((file) => !isInside(file.path))
  if (outside !== undefined) {
    return yield* corrupt(
      location,
      "the manifest lists a file outside its folder",
      "Do not trust this folder."
    )
  }
  return manifest.files.map((file) => ({
    name: file.path,
    path: path.resolve(directory, file.path),
    expected: file
  }))
})

const inspect = Effect.fnUntraced(function* (
  { expected, path }: Listed,
  input: string,
  id: string
): Effect.fn.Return<InputFile, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  if (expected !== undefined && !(yield* fs.exists(path))) {
    return yield* corrupt(path, "the file is missing, but the manifest lists it", COPY)
  }
  const bytes = Number((yield* fs.stat(path)).size)
  if (expected !== undefined && bytes !== expected.bytes) {
    const problem = `the file has ${bytes} bytes, but the manifest says ${expected.bytes}`
    return yield* corrupt(path, problem, COPY)
  }
  const head = yield* readHead(path)
  const hash = Sha256.running()
  hash.update(head)
  const isGzip = Gzip.isGzip(head)
  // Otherwise a compressed file that was truncated to nothing would look like an empty plain file.
  if (!isGzip && path.endsWith(".gz")) return yield* corrupt(path, "the file is not a gzip file", COPY)
  const sha256 = expected === undefined ? {} : { sha256: expected.sha256 }
  return { id, path, input, bytes, isGzip, head: hash.hex(), ...sha256 }
})

/** Reads the head completely, although a single read may return fewer bytes: the head is part of the fingerprint. */
const readHead = Effect.fnUntraced(function* (path: string) {
  const pieces: Array<Buffer> = []
  yield* readBytes(path, HEAD, (bytes) => {
    pieces.push(Buffer.from(bytes))
  })
  return Buffer.concat(pieces)
})

/** Fails if the file's SHA-256 differs from the manifest. */
export const verify = Effect.fnUntraced(function* ({
  path,
  sha256
}: InputFile): Effect.fn.Return<void, Failure, Platform> {
  if (sha256 === undefined) return
  const hash = Sha256.running()
  yield* readBytes(path, Number.POSITIVE_INFINITY, hash.update)
  if (hash.hex() === sha256) return
  return yield* corrupt(path, "the file is not the one that the manifest lists (its SHA-256 differs)", COPY)
})

/** The checksum of the first `length` bytes of a file; `undefined` if it has fewer. */
export const checksumOf = Effect.fnUntraced(function* (
  path: string,
  length: number
): Effect.fn.Return<number | undefined, PlatformError.PlatformError, FileSystem.FileSystem> {
  const passage = new Passage.Passage(0)
  const missing = yield* readBytes(path, length, (bytes) => {
    passage.push(bytes)
    // The bytes are overwritten by the next read.
    passage.end()
  })
  return missing > 0 ? undefined : passage.upTo(length)
})

/** Reads into the same memory each time, which is several times as fast. Returns the number of missing bytes. */
const readBytes = (path: string, length: number, take: (bytes: Uint8Array) => void) =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* (yield* FileSystem.FileSystem).open(path, { flag: "r" })
      const buffer = new Uint8Array(1 << 20)
      let left = length
      while (left > 0) {
        const count = yield* file.read(left < buffer.length ? buffer.subarray(0, left) : buffer)
        if (count === 0) break
        take(buffer.subarray(0, count))
        left -= count
      }
      return left
    })
  ).pipe(DurableFile.naming(path))

const HEAD = 64 << 10
const NDJSON = /\.(?:ndjson|jsonl)(?:\.gz)?$/u
const COPY = "Copy the file from its origin again."
const FINISH = "Run the migration that writes it to its end, or use the files as inputs."

const rank = (name: string): number => {
  const stem = name.slice(name.lastIndexOf("/") + 1).replace(NDJSON, "")
  const kind = Entity.kinds.findIndex((one) => one === stem)
  return kind < 0 ? Entity.kinds.length : kind
}

const isInside = (path: string) => !/^(?:[/\\]|[A-Za-z]:)/u.test(path) && !path.split(/[/\\]/u).includes("..")

const duplicate = (texts: ReadonlyArray<string>): string | undefined =>
  texts.find((text, i) => texts.indexOf(text) < i)

const invalid = (problem: string) => new SourceError.InvalidConfig({ setting: "inputs", problem })

const unopened = (input: string) => SourceError.unopened("inputs", input)

const corrupt = (location: string, problem: string, hint: string) =>
  new SourceError.CorruptInput({ location, problem, hint })

// Recognises inputs with files of a format by the first bytes of the files.
import { Entity, type SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { bufferOf } from "../bufferOf.ts"
import type { Archive } from "./archive.ts"
import { fromFile, fromMemory } from "./bytes.ts"
import { isDebris } from "./debris.ts"
import { HEAD, headOf, inflated } from "./heads.ts"
import type { FoundPart, Part } from "./inputs.ts"
import { open as openZip } from "./zip.ts"
import type { Limits } from "./zipDirectory.ts"

type Reason = SourceError.SourceErrorReason

/** The first bytes of a file. */
export interface Head {
  readonly name: string
  /** At most 64 KiB, inflated if the file is gzip. */
  readonly bytes: Uint8Array
  /** The bytes are the whole file. */
  readonly isWhole: boolean
}

/**
 * The verdict on a file by its first bytes: it is of the format, it is not, only reading it decides, it is an archive to
 * examine, or it has another known format, with a hint what to do.
 */
export type Judgement = "own" | "nothing" | "undecided" | "archive" | { readonly hint: string }

/** The format that a source reads. */
export interface Format {
  /** The name with its article: `a Sendbird export`. */
  readonly expected: string
  readonly judge: (head: Head) => Judgement
}

/** The verdict on an input. */
export interface Recognised {
  readonly input: string
  /** It has a file of the format, or one that only reading can decide. */
  readonly isRecognised: boolean
  /** The names of all of its files. */
  readonly files: ReadonlyArray<string>
  /** What the input seems to be, and how to read that. */
  readonly hint?: string
}

export const recogniseParts = (
  parts: ReadonlyArray<FoundPart>,
  limits: Limits,
  format: Format
): Effect.Effect<ReadonlyArray<Recognised>, never, FileSystem.FileSystem> =>
  Effect.forEach(
    Map.groupBy(parts, ({ input }) => input),
    ([input, of]) =>
      Effect.gen(function* () {
        const seen: Seen = { files: [], hint: undefined, looked: 0 }
        for (const part of of) {
          // An input that cannot be opened is reported when it is read.
          const found = yield* Effect.orElseSucceed(judgePart(part, limits, format, seen), () => true)
          if (found) return { input, isRecognised: true, files: seen.files }
        }
        const { files, hint } = seen
        return { input, isRecognised: false, files, ...(hint !== undefined && { hint }) }
      })
  )

// internal

interface Seen {
  files: Array<string>
  hint: string | undefined
  looked: number
}

/** The most files that are examined. */
const MOST_FILES = 2000
const MAX_DEPTH = 4
/** A larger archive inside another one is not examined, because it would be held in memory. */
const MOST_NESTED = 64 << 20

const judgePart = Effect.fnUntraced(function* (
  { content, id }: Part,
  limits: Limits,
  format: Format,
  seen: Seen
): Effect.fn.Return<boolean, Reason, FileSystem.FileSystem> {
  if (content._tag === "files") {
    const { files } = content
    for (const { name, path } of likelyFirst(files, seen)) {
      const head = yield* headOf(path)
      const judgement = judge(name, head, format)
      if (judgement !== "archive") {
        if (isDecided(judgement, seen)) return true
        continue
      }
      const nested = Effect.flatMap(fromFile(path, 0), (bytes) => openZip(bytes, name, limits))
      if (yield* Effect.scoped(Effect.flatMap(nested, (zip) => judgeZip(zip, limits, format, seen, 1))))
        return true
    }
    return seen.looked > MOST_FILES
  }
  const zip = Effect.flatMap(fromFile(content.path, 0), (bytes) => openZip(bytes, id, limits))
  return yield* Effect.scoped(Effect.flatMap(zip, (opened) => judgeZip(opened, limits, format, seen, 1)))
})

const judgeZip = Effect.fnUntraced(function* (
  archive: Archive,
  limits: Limits,
  format: Format,
  seen: Seen,
  depth: number
): Effect.fn.Return<boolean, Reason> {
  const entries = archive.entries.map((entry, index) => ({ ...entry, index }))
  for (const { index, name, size } of likelyFirst(entries, seen)) {
    const stored = yield* firstBytes(archive, index)
    const judgement = judge(name, inflated(stored, size <= stored.length), format)
    if (judgement !== "archive") {
      if (isDecided(judgement, seen)) return true
      continue
    }
    if (size > MOST_NESTED || depth >= MAX_DEPTH) return true
    const nested = yield* openZip(fromMemory(yield* allBytes(archive, index)), name, limits)
    if (yield* judgeZip(nested, limits, format, seen, depth + 1)) return true
  }
  return seen.looked > MOST_FILES
})

/** Notes the names of all files, and puts those with a data extension first. */
const likelyFirst = <A extends { readonly name: string }>(
  files: ReadonlyArray<A>,
  seen: Seen
): ReadonlyArray<A> => {
  const real = files.filter(({ name }) => !isDebris(name))
  for (const { name } of real) seen.files.push(name)
  const [likely, others] = [real.filter(isLikely), real.filter((file) => !isLikely(file))]
  const looked = [...likely, ...others].slice(0, Math.max(0, MOST_FILES - seen.looked))
  seen.looked += real.length
  return looked
}

const isLikely = ({ name }: { readonly name: string }) => /\.(?:json|jsonl|ndjson|csv|gz|zip)$/iu.test(name)

const judge = (name: string, head: Omit<Head, "name"> | undefined, format: Format): Judgement => {
  if (head === undefined) return "undecided"
  return isCanonical(head.bytes) ? CANONICAL : format.judge({ name, ...head })
}

const isDecided = (judgement: Exclude<Judgement, "archive">, seen: Seen): boolean => {
  if (typeof judgement !== "object") return judgement !== "nothing"
  seen.hint ??= judgement.hint
  return false
}

const CANONICAL: Judgement = {
  hint: "It looks like what NdjsonSink writes: use NdjsonSource."
}

/** Whether content starts with an entity of the canonical model. */
const isCanonical = (bytes: Uint8Array) => {
  const [, kind] =
    /^(?:\uFEFF)?\s*\{\s*"_tag"\s*:\s*"(\w{1,20})"/u.exec(bufferOf(bytes).toString("utf8", 0, 100)) ?? []
  return Entity.kinds.some((one) => one === kind)
}

const firstBytes = (archive: Archive, index: number): Effect.Effect<Uint8Array, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const chunks = yield* archive.open(index, 0)
      const pieces: Array<Buffer> = []
      for (let length = 0; length < HEAD;) {
        const piece = yield* chunks.next
        if (piece === undefined) break
        // A piece is valid until the next one is requested.
        pieces.push(Buffer.from(piece))
        length += piece.length
      }
      return Buffer.concat(pieces).subarray(0, HEAD)
    })
  )

const allBytes = (archive: Archive, index: number): Effect.Effect<Uint8Array, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const chunks = yield* archive.open(index, 0)
      const pieces: Array<Buffer> = []
      for (let piece = yield* chunks.next; piece !== undefined; piece = yield* chunks.next)
        pieces.push(Buffer.from(piece))
      return Buffer.concat(pieces)
    })
  )

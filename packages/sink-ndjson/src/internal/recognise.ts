// Recognises inputs with lines of canonical entities by the first bytes of their files.
import { Archives, type ArchiveSource } from "@chatferry/connector"
import { Entity, type SourceError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { InputFile } from "./inputs.ts"

export const EXPECTED = "lines of canonical entities"

export const recognise = (
  files: ReadonlyArray<InputFile>
): Effect.Effect<
  ReadonlyArray<ArchiveSource.Recognised>,
  SourceError.SourceErrorReason,
  FileSystem.FileSystem
> =>
  Effect.forEach(
    Map.groupBy(files, ({ input }) => input),
    ([input, of]) =>
      Effect.gen(function* () {
        let hint: string | undefined
        for (const { path, sha256 } of of) {
          // Files in a manifest are compared with it instead, and an empty file contains no entities.
          const head = sha256 === undefined ? yield* Archives.headOf(path) : undefined
          const judgement = head === undefined || head.bytes.length === 0 ? "own" : judge(head)
          if (judgement === "own") return { input, isRecognised: true, files: of.map(({ path }) => path) }
          if (judgement === "stream") hint ??= STREAM
        }
        return {
          input,
          isRecognised: false,
          files: of.map(({ path }) => path),
          ...(hint !== undefined && { hint })
        }
      })
  )

// internal

const STREAM = "It looks like a Stream export: use StreamSource.files."
const STREAM_LINE = /^\s*\{\s*"type"\s*:\s*"\w+"\s*,\s*"(?:data|item)"\s*:|^\s*[[{][^\n]{0,4096}"cid"\s*:/u

/** `own` includes heads that only reading can judge: damaged lines, and a line longer than the head. */
const judge = ({ bytes, isWhole }: Omit<ArchiveSource.Head, "name">): "own" | "stream" | "nothing" => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
  const lines = text.split("\n")
  if (!isWhole) lines.pop()
  const tags = lines.flatMap((line) => tagOf(line) ?? [])
  if (tags.some((tag) => Entity.kinds.some((kind) => kind === tag))) return "own"
  if (STREAM_LINE.test(text)) return "stream"
  return tags.length === 0 ? "own" : "nothing"
}

/** The `_tag` of a line with an object; `undefined` for any other line. */
const tagOf = (line: string): string | undefined => {
  if (!/^\s*\{/u.test(line)) return undefined
  try {
    const value = Json.parse(line) as { readonly _tag?: unknown }
    return typeof value._tag === "string" ? value._tag : ""
  } catch {
    return undefined
  }
}

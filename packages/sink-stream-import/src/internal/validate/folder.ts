// Folders among the files to check: the manifest lists their files in order, and gives the dialect.
import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { Dialect } from "../../StreamImportPolicies.ts"
import * as Manifest from "../upload/manifest.ts"
import { failure, type ValidatorError } from "./failures.ts"
import { MAX_FILES } from "./settings.ts"

export interface Expanded {
  readonly files: ReadonlyArray<string>
  /** The dialect in the first manifest. */
  readonly dialect: Dialect | undefined
}

/** Replaces each folder by its files. */
export const expand = Effect.fnUntraced(function* (
  paths: ReadonlyArray<string>
): Effect.fn.Return<Expanded, ValidatorError, FileSystem.FileSystem> {
  const found = yield* Effect.forEach(paths, filesAt)
  const files = found.flatMap((one) => one.files)
  if (files.length >= MAX_FILES) return yield* invalid(`must be at most ${MAX_FILES - 1}`)
  return { files, dialect: found.find(({ dialect }) => dialect !== undefined)?.dialect }
})

// internal

const invalid = (problem: string) => failure(new SinkError.InvalidConfig({ setting: "files", problem }))

const filesAt = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<Expanded, ValidatorError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  // If stat fails, reading fails too, and that error says why.
  const isFolder = yield* Effect.orElseSucceed(
    Effect.map(fs.stat(path), ({ type }) => type === "Directory"),
    () => false
  )
  if (!isFolder) return { files: [path], dialect: undefined }
  const folder = path.replace(/(?<=.)\/+$/u, "")
  const text = yield* Effect.option(fs.readFileString(`${folder}/${Manifest.NAME}`))
  const found = Manifest.importFiles(text)
  if (typeof found === "string") {
    return yield* invalid(
      `${folder} ${found}. List its files instead, in the order in which they will be imported`
    )
  }
  return { files: found.files.map((file) => `${folder}/${file.path}`), dialect: found.dialect }
})

// Folders among the files to check: their manifest says which files there are, in which order and of which dialect.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { Dialect } from "../../StreamImportPolicies.ts"
import * as Manifest from "../importApi/manifest.ts"
import { failure, InvalidSettings, type ValidatorError } from "./failures.ts"

export interface Expanded {
  readonly files: ReadonlyArray<string>
  /** What the first manifest says. */
  readonly dialect: Dialect | undefined
}

/** Puts its files in the place of each folder. */
export const expand = (
  paths: ReadonlyArray<string>
): Effect.Effect<Expanded, ValidatorError, FileSystem.FileSystem> =>
  Effect.map(Effect.forEach(paths, filesAt), (found) => ({
    files: found.flatMap(({ files }) => files),
    dialect: found.find(({ dialect }) => dialect !== undefined)?.dialect
  }))

// internal

const filesAt = (path: string): Effect.Effect<Expanded, ValidatorError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // What cannot be looked at cannot be read either, which says why.
    const isFolder = yield* Effect.orElseSucceed(
      Effect.map(fs.stat(path), ({ type }) => type === "Directory"),
      () => false
    )
    if (!isFolder) return { files: [path], dialect: undefined }
    const folder = path.replace(/(?<=.)\/+$/u, "")
    const text = yield* Effect.option(fs.readFileString(`${folder}/${Manifest.NAME}`))
    const found = Manifest.importFiles(text)
    if (typeof found === "string") {
      const problem = `${folder} ${found}. Name its files instead, in the order in which they will be imported`
      return yield* failure(new InvalidSettings({ setting: "files", problem }))
    }
    return { files: found.files.map((file) => `${folder}/${file.path}`), dialect: found.dialect }
  })

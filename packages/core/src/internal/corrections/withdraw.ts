// Withdraws the output of a finished run, so that a run with corrections can replace it. Only files that the run has
// published are removed, and only if they are unchanged.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Printable from "../../errors/Printable.ts"
import * as DurableFile from "../../files/DurableFile.ts"
import * as PublishedManifest from "../output/manifest.ts"
import * as OutputMarker from "../output/marker.ts"
import { nameOf, otherOwner } from "../output/owner.ts"
import type { Published } from "./base.ts"
import { rejected } from "./lines.ts"

/** Fails, before anything is changed, unless all published files exist unchanged. */
export const ensureUnchanged = Effect.fnUntraced(function* (
  corrections: string,
  published: ReadonlyArray<Published>,
  owner: OutputMarker.Owner
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const { directory, files } of published) {
    const shown = Printable.line(directory)
    const reject = (problem: string) => rejected(corrections, problem, CHOOSE)
    const marker = (yield* fs.exists(directory)) ? yield* OutputMarker.find(directory) : undefined
    // A marker of this run exists if it was killed before it had removed anything.
    const other = otherOwner(marker, owner)
    if (other !== undefined) return yield* reject(`${shown} holds ${other}; this is ${nameOf(owner)}`)
    const manifest = yield* PublishedManifest.find(directory)
    const isOwn =
      manifest?.migration === owner.migrationId &&
      manifest.files?.length === files.length &&
      files.every(({ path: name, sha256 }, i) => {
        const listed = manifest.files?.[i]
        return listed?.path === name && listed.sha256 === sha256
      })
    if (!isOwn) {
      return yield* reject(
        `the output of the finished run is to be replaced, but ${path.join(shown, PublishedManifest.NAME)} is not its manifest`
      )
    }
    for (const file of files) {
      const at = path.join(directory, file.path)
      const isSame =
        (yield* fs.exists(at)) &&
        Number((yield* fs.stat(at)).size) === file.bytes &&
        (yield* DurableFile.sha256Of(at, file.bytes)) === file.sha256
      if (!isSame) {
        return yield* reject(
          `the output of the finished run is to be replaced, but ${Printable.line(at)} is gone or changed`
        )
      }
    }
  }
})

/** Marks the output of each folder as unfinished before any of it is removed. May be repeated after a kill. */
export const mark = Effect.fnUntraced(function* (
  published: ReadonlyArray<Published>,
  owner: OutputMarker.Owner
) {
  for (const { directory, files } of published) {
    yield* DurableFile.makeDirectory(directory)
    yield* OutputMarker.claim(directory, owner, namesOf(files))
  }
})

/** Removes the remaining files, starting with the manifest, without which nothing counts as published. */
export const remove = Effect.fnUntraced(function* (
  published: ReadonlyArray<Published>,
  owner: OutputMarker.Owner
) {
  const path = yield* Path.Path
  for (const { directory, files } of published) {
    const marker = yield* OutputMarker.find(directory)
    // It belongs to another run now; the sink reports that.
    if (typeof marker !== "object" || marker.runId !== owner.runId) continue
    for (const name of namesOf(files)) yield* DurableFile.remove(path.join(directory, name))
  }
})

// internal

const namesOf = (files: Published["files"]): ReadonlyArray<string> => [
  PublishedManifest.NAME,
  ...files.map(({ path }) => path)
]

const CHOOSE =
  "Restore the output, or run the migration again from the start with another id and another folder, and correct the rejects of that run"

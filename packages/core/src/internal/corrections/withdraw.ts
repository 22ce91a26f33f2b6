// Takes back what a finished run has published, so that a run with corrections can take its place. Only what the run has
// published is touched, and only if it is as it was.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Printable from "../../errors/Printable.ts"
import * as DurableFile from "../../files/DurableFile.ts"
import * as PublishedManifest from "../output/manifest.ts"
import * as OutputMarker from "../output/marker.ts"
import { nameOf, otherOwner } from "../output/owner.ts"
import type { Published } from "./base.ts"
import { refused } from "./lines.ts"

/** Fails, before anything is touched, unless all that was published is there as it was. */
export const demandUnchanged = Effect.fnUntraced(function* (
  corrections: string,
  published: ReadonlyArray<Published>,
  owner: OutputMarker.Owner
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const { directory, files } of published) {
    const shown = Printable.line(directory)
    const refuse = (problem: string) => refused(corrections, problem, CHOOSE)
    const marker = (yield* fs.exists(directory)) ? yield* OutputMarker.find(directory) : undefined
    // A marker of this run is there when it was killed before it had taken anything away.
    const other = otherOwner(marker, owner)
    if (other !== undefined) return yield* refuse(`${shown} holds ${other}; this is ${nameOf(owner)}`)
    const manifest = yield* PublishedManifest.find(directory)
    const isOwn =
      manifest?.migration === owner.migrationId &&
      manifest.files?.length === files.length &&
      files.every(({ path: name, sha256 }, i) => {
        const listed = manifest.files?.[i]
        return listed?.path === name && listed.sha256 === sha256
      })
    if (!isOwn) {
      return yield* refuse(
        `the output of the finished run is to be replaced, and ${path.join(shown, PublishedManifest.NAME)} is not its manifest`
      )
    }
    for (const file of files) {
      const at = path.join(directory, file.path)
      const isSame =
        (yield* fs.exists(at)) &&
        Number((yield* fs.stat(at)).size) === file.bytes &&
        (yield* DurableFile.sha256Of(at, file.bytes)) === file.sha256
      if (!isSame) {
        return yield* refuse(
          `the output of the finished run is to be replaced, and ${Printable.line(at)} is gone or changed`
        )
      }
    }
  }
})

/** Says in each folder that its output is not finished, before any of it goes. May be done again after a kill. */
export const mark = Effect.fnUntraced(function* (
  published: ReadonlyArray<Published>,
  owner: OutputMarker.Owner
) {
  for (const { directory, files } of published) {
    yield* DurableFile.makeDirectory(directory)
    yield* OutputMarker.claim(directory, owner, namesOf(files))
  }
})

/** Removes what is left of it: first the manifest, without which nothing counts as published. */
export const remove = Effect.fnUntraced(function* (
  published: ReadonlyArray<Published>,
  owner: OutputMarker.Owner
) {
  const path = yield* Path.Path
  for (const { directory, files } of published) {
    const marker = yield* OutputMarker.find(directory)
    // Somebody else's by now: the sink says so.
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
  "Put the output back as it was. Or run the migration again from the start, under another id and into another folder, and correct the rejects of that run"

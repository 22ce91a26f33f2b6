import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as DurableFile from "../DurableFile.ts"
import * as Json from "../Json.ts"
import * as ExclusiveFile from "./exclusiveFile.ts"

const FORMAT = "chatferry-run/1"

/**
 * The id of the run whose state a folder holds. It is on the disk before any
 * output is, so that a run that was killed before its first checkpoint knows its
 * output again. A checkpoint knows the id too, where the file is damaged.
 */
export const of = (
  file: string,
  inCheckpoint: Option.Option<string>
): Effect.Effect<string, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const found = (yield* fs.exists(file)) ? decode(yield* fs.readFileString(file)) : Option.none()
    const known = Option.orElse(inCheckpoint, () => Option.map(found, ({ run }) => run))
    const run = Option.getOrElse(known, ExclusiveFile.newToken)
    if (!Option.exists(found, (one) => one.run === run)) {
      yield* DurableFile.replace(file, `${JSON.stringify({ format: FORMAT, run })}\n`)
    }
    return run
  })

/** How such a file begins. */
export const HEAD = `{"format":"${FORMAT}"`

// internal

const decode = Json.decodeOption(Schema.Struct({ format: Schema.Literal(FORMAT), run: Schema.String }))

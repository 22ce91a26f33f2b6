// Lines of rejects: the original ones, and those of a copy that a user has corrected.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Entity, kinds } from "../../Entity.ts"
import * as NdjsonLines from "../../files/NdjsonLines.ts"
import { CorrectionsRejected } from "../../MigrationError.ts"
import { check } from "../../run/EntityCheck.ts"
import { contentOf, decode, type RejectedLine } from "../../run/RejectedLine.ts"
import * as Fingerprint from "../../settings/Fingerprint.ts"
import * as Sha256 from "../files/sha256.ts"
import { written } from "../rejects/originals.ts"
import { locationOf } from "./ofRun.ts"

/** One line of a file. */
export interface Line {
  readonly number: number
  readonly text: string
}

/** Calls a function for each line of a file that is not blank. `bytes` limits how much of the file is read. */
export const each = Effect.fnUntraced(function* <E, R>(
  path: string,
  use: (line: Line) => Effect.Effect<void, E, R>,
  bytes?: number
) {
  const fs = yield* FileSystem.FileSystem
  if (bytes === 0) return
  yield* fs.stream(path, { chunkSize: CHUNK, ...(bytes !== undefined && { bytesToRead: bytes }) }).pipe(
    NdjsonLines.decode({ maxLineBytes: MOST_LINE_BYTES }),
    Stream.runForEach((part) =>
      Effect.gen(function* () {
        for (const i of part.values.keys()) {
          const number = part.lineOf(i)
          if (part.failures.get(i) === "too long")
            return yield* rejected(
              path,
              `line ${number} is longer than ${MOST_LINE_BYTES >> 20} MiB, so it is not a line of rejects`,
              "Give a copy of the rejects with corrected lines"
            )
          yield* use({ number, text: Buffer.from(part.bytesOf(i)).toString("utf8") })
        }
      })
    )
  )
})

/** Reads a line of a copy; the error names the line. */
export const read = (
  path: string,
  { number, text }: Line
): Effect.Effect<RejectedLine, CorrectionsRejected> =>
  Effect.mapError(decode(text, "exact"), ({ problem }) =>
    rejected(path, `line ${number}: ${problem}`, TAKE_AGAIN)
  )

/** The key of a line's record, independent of changes to its original; `undefined` if no correction can replace the record. */
export const keyOf = (line: RejectedLine): string | undefined => {
  const { address, code, message, location, sink, stage, transform } = line
  if (stage !== "source") return JSON.stringify([stage, sink ?? transform ?? null, code, message, location])
  return address?.partition === undefined
    ? undefined
    : JSON.stringify([address.partition, locationOf(address)])
}

/** A digest of everything in a line that must not be changed. */
export const headOf = (line: RejectedLine): string =>
  Fingerprint.digest(
    Object.fromEntries(
      Object.entries<Schema.Json>({ ...line, original: null } as object as Schema.JsonObject).filter(
        ([name]) => name !== "original"
      )
    )
  )

export const isSameOriginal = (one: RejectedLine, other: RejectedLine): boolean =>
  written(one.original) === written(other.original)

/** A short fingerprint of a line. Collisions are practically impossible. */
export const fingerprintOf = (text: string): number =>
  Number.parseInt(Sha256.hex(text.trimEnd()).slice(0, 12), 16)

/** The entity in a line of a transform or a sink, or its problem. */
export const entityIn = (
  line: RejectedLine,
  original: RejectedLine["original"]
): { readonly entity: Entity } | { readonly problem: string } => {
  const { problem, value } = contentOf({ ...line, original }, "exact")
  if (problem !== undefined) return { problem: `its original is ${problem}` }
  const found = check(value)
  if (!("entity" in found)) return { problem: `its original is not an entity (${found.problem.message})` }
  return found.entity._tag === line.kind || !kinds.includes(line.kind as Entity["_tag"])
    ? found
    : { problem: `its original is a ${found.entity._tag}, but was a ${line.kind}` }
}

export const notCorrectable = (
  path: string,
  number: number,
  stage: RejectedLine["stage"]
): CorrectionsRejected =>
  rejected(
    path,
    stage === "source"
      ? `line ${number}: the rejected record cannot be replaced, because it is a whole file or was not read from one`
      : `line ${number}: the rejected record is not an entity`,
    "Leave the line unchanged, and correct the input or the code that made it"
  )

export const rejected = (path: string, problem: string, hint: string): CorrectionsRejected =>
  new CorrectionsRejected({ path, problem, hint })

export const TAKE_AGAIN =
  "Copy the line again from the rejects of the finished run, and change only `original`"

// internal

const CHUNK = 256 << 10
const MOST_LINE_BYTES = 256 << 20

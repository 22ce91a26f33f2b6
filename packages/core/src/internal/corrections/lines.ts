// Lines of rejects: as they were set aside, and in a copy that a person has corrected.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import { sha256Of } from "../../DurableFile.ts"
import { type Entity, kinds } from "../../Entity.ts"
import { check } from "../../EntityCheck.ts"
import { CorrectionsRefused } from "../../MigrationError.ts"
import * as NdjsonLines from "../../NdjsonLines.ts"
import { contentOf, decode, type RejectedLine } from "../../RejectedLine.ts"
import { written } from "../originals.ts"
import * as Sha256 from "../sha256.ts"
import { placeOf } from "./ofRun.ts"

/** One line of a file. */
export interface Line {
  readonly number: number
  readonly text: string
}

/** Gives each line of a file that is not blank to a function. */
export const each = <E, R>(path: string, use: (line: Line) => Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.stream(path, { chunkSize: CHUNK }).pipe(
      NdjsonLines.decode({ maxLineBytes: MOST_LINE_BYTES }),
      Stream.runForEach((part) =>
        Effect.gen(function* () {
          for (const i of part.values.keys()) {
            const number = part.lineOf(i)
            if (part.failures.get(i) === "too long")
              return yield* refused(path, `line ${number} is too long`, TAKE_AGAIN)
            yield* use({ number, text: Buffer.from(part.bytesOf(i)).toString("utf8") })
          }
        })
      )
    )
  })

/** Reads a line of a copy, or says which one cannot be read. */
export const read = (path: string, { number, text }: Line): Effect.Effect<RejectedLine, CorrectionsRefused> =>
  Effect.mapError(decode(text, "exact"), ({ problem }) =>
    refused(path, `line ${number}: ${problem}`, TAKE_AGAIN)
  )

/** What tells whose record a line is of, whatever its original has become; `undefined` where no correction can be put in its place. */
export const keyOf = (line: RejectedLine): string | undefined => {
  const { address, code, message, place, sink, stage, transform } = line
  if (stage !== "source") return JSON.stringify([stage, sink ?? transform ?? null, code, message, place])
  return address?.partition === undefined ? undefined : JSON.stringify([address.partition, placeOf(address)])
}

export const isSameOriginal = (one: RejectedLine, other: RejectedLine): boolean =>
  written(one.original) === written(other.original)

/** A short word for a line; two that differ have the same one as good as never. */
export const printOf = (text: string): number => Number.parseInt(Sha256.hex(text.trimEnd()).slice(0, 12), 16)

/** The entity that a line of a transform or a sink holds, or what is wrong with it. */
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
    : { problem: `its original is a ${found.entity._tag} and was a ${line.kind}` }
}

export const digestOf = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.flatMap(fs.stat(path), ({ size }) => sha256Of(path, Number(size)))
  )

export const refused = (path: string, problem: string, hint: string): CorrectionsRefused =>
  new CorrectionsRefused({ path, problem, hint })

export const TAKE_AGAIN =
  "Take the line again from the rejects of the finished run, and change nothing in it but `original`"

// internal

const CHUNK = 256 << 10
const MOST_LINE_BYTES = 256 << 20

// Opens a file at its start to recognise its format.
import { type Corrections, Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Archives from "../../files/Archives.ts"
import { ahead, contentOf, END, type Entry } from "./content.ts"
import type { File, Limits, Reason, Settled, Verdict } from "./model.ts"

/** The verdict on a file, and its content from the start. */
export interface Examined {
  readonly verdict: Settled<string>
  readonly file: File
  readonly content: Followed
}

export interface Followed {
  readonly chunks: Archives.Chunks
  /** Follows the content of a loose file as it is read. */
  readonly passage: Passage.Passage | undefined
  /** Follows the stored bytes of a loose file. */
  readonly stored: Passage.Passage | undefined
  /** The corrections of the file. */
  readonly splices?: Corrections.Splices | undefined
}

/** `isFollowed`: the content of a loose file is pushed to passages. */
export const examine = Effect.fnUntraced(function* (
  recognise: (file: File) => Verdict<string>,
  entry: Entry,
  isFollowed: boolean
): Effect.fn.Return<Examined, Reason, Scope.Scope> {
  const { chunks: opened, packed, splices } = yield* contentOf(entry, 0)
  const isLoose = isFollowed && !entry.archive.isSealed
  const passage = isLoose ? new Passage.Passage(entry.limits.maxElementBytes) : undefined
  const chunks = passage === undefined ? opened : Archives.followed(opened, passage)
  const first = yield* chunks.next
  let head = first ?? NOTHING
  let isWhole = first === undefined
  let verdict = verdictOf(recognise, fileOf(entry, head, isWhole), entry.limits)
  while (verdict === "more" && !isWhole) {
    // A piece is valid until the next one is requested.
    const before = Buffer.from(head)
    const next = yield* chunks.next
    isWhole = next === undefined
    head = next === undefined ? before : Buffer.concat([before, next])
    verdict = verdictOf(recognise, fileOf(entry, head, isWhole), entry.limits)
  }
  const rest = isWhole ? END : chunks
  return {
    verdict: verdict === "more" ? "reject" : verdict,
    file: inInput(fileOf(entry, head, isWhole), splices),
    content: {
      chunks: head.length === 0 ? rest : ahead([head], rest),
      passage,
      stored: packed ?? passage,
      splices
    }
  }
})

/** The verdict on a file by its known content. */
export const verdictOf = (
  recognise: (file: File) => Verdict<string>,
  file: File,
  { maxNestedBytes }: Limits
): Verdict<string> => (maxNestedBytes !== undefined && isZip(file.head) ? "archive" : recognise(file))

/** Adds the mapping of offsets to the input. */
export const inInput = (file: File, splices: Corrections.Splices | undefined): File =>
  splices === undefined ? file : { ...file, inInput: splices.inInput }

// internal

const NOTHING = new Uint8Array()

const fileOf = (entry: Entry, head: Uint8Array, isWhole: boolean): File => {
  const { name, size } = entry.archive.entries[entry.index] as Archives.ArchiveEntry
  const open = (from: number) => Effect.map(contentOf(entry, from), ({ chunks }) => chunks)
  return { name, location: entry.location, size, head, isWhole, open }
}

const isZip = (head: Uint8Array) => head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)

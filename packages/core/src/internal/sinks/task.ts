import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as Ledger from "../../Ledger.ts"
import type { Member, Phase, Task } from "../../run/Phase.ts"
import type { Context } from "./contract.ts"
import { Fault } from "./fault.ts"
import * as Feed from "./feed.ts"
import * as Keys from "./keys.ts"
import type { Receipt } from "./model.ts"
import type { Scratch } from "./scratch.ts"

interface Made<R> {
  readonly path: Path.Path
  readonly member: Member<R>
  readonly context: Context
  readonly book: Ledger.Book
  readonly scratch: Scratch
  readonly pathOf: (key: string) => string
  /** The phase that makes each piece, for all writers. */
  readonly makers: Map<string, string>
  readonly later: ReadonlyArray<Phase<R>>
  readonly phase: Phase<R>
  readonly part: number
  readonly receipt: Receipt | undefined
}

/** Notes the phase that makes a piece, which must be the only one. */
export const claim = (makers: Map<string, string>, piece: string, phase: string): void => {
  const maker = makers.get(piece) ?? phase
  if (maker !== phase)
    throw new Fault(
      `the phases ${maker} and ${phase} make the piece ${piece}: each piece must be made by one phase`
    )
  makers.set(piece, maker)
}

/** Makes the task of one writer. */
export const makeTask = <R>(made: Made<R>): Task => {
  const { book, context, later, makers, member, part, path, pathOf, phase, receipt, scratch } = made
  const of = { phase: phase.name, part }
  // Called for each record, and usually answered from this cache.
  const keys = new Map<string, string>()
  const keyOf = (piece: string) => {
    const known = keys.get(piece)
    if (known !== undefined) return known
    if (!Keys.isFileName(piece)) throw new Fault(Keys.notAFileName("a piece", piece))
    claim(makers, piece, phase.name)
    const key = Keys.pieceKey(of, piece)
    keys.set(piece, key)
    return key
  }
  return {
    runId: context.runId,
    part,
    threads: context.threads ?? 0,
    receipt: Option.fromUndefinedOr(receipt),
    directory: path.join(context.stateDirectory, Keys.folderOf(phase, part)),
    append: (piece, content, records = 0) => scratch.append(keyOf(piece), content, records),
    line: (piece, text) => scratch.line(keyOf(piece), text),
    emit: (to, bucket, row) => {
      const target = later.find(({ after, name }) => name === to && after.includes(phase.name))
      if (target === undefined)
        throw new Fault(`${phase.name} emits rows to ${to}, which is not a phase after it`)
      Feed.send(scratch, target, bucket, Keys.partId(of), { row })
    },
    drain: scratch.drain,
    close: (piece) =>
      Effect.map(scratch.close(keyOf(piece)), ({ bytes, records, sha256 }) => ({
        name: piece,
        bytes,
        records,
        sha256
      })),
    pathOf: (piece) => pathOf(keyOf(piece)),
    rename: (piece, name) => scratch.rename(keyOf(piece), keyOf(name)),
    discard: (piece) => scratch.discard(keyOf(piece)),
    reject: (rejected) =>
      Effect.suspend(() => {
        for (const { code, kind } of rejected) book.add(kind, "rejected", code, 1)
        return rejected.length === 0 ? Effect.void : context.reject(rejected, member.name)
      }),
    book,
    progress: context.progress
  }
}

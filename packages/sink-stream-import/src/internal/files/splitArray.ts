import { SinkError } from "@chatferry/core"
import { DurableFile } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { failed, writeFailed } from "../format/failures.ts"
import { type Assembly, step } from "../resolve/assembly.ts"
import * as SourceFile from "./sourceFile.ts"
import { makeClosure, tables } from "./splitClosure.ts"
import * as Entries from "./splitEntries.ts"
import { makeSplitFiles, type ReadItems, type SplitFiles, type Steps } from "./splitFiles.ts"

/** The items of a split array besides those in its head. */
export interface OrderedItems {
  readonly read: ReadItems
  readonly outside: Entries.Outside
}

/** The start of an array, with all items besides messages and reactions. */
export interface Head {
  readonly piece: Phase.ClosedPiece
  /** Where the first device starts. */
  readonly firstDevice: number
}

/**
 * Writes an array that would be over the limit as several closed ones: everything
 * that an item refers to is in the same file, so users, channels, members of
 * distinct channels and thread parents may be in several files. They are equal in
 * all of them, so that importing them again changes nothing. The items of a
 * channel stay together as far as possible, and channels keep their order. What
 * goes into each file is known before it is written, from the sizes of the items.
 */
export const splitArray = (
  assembly: Assembly,
  head: Head,
  items: OrderedItems,
  nameOf: (number: number) => string
): Effect.Effect<ReadonlyArray<Phase.ClosedPiece>, SinkError.SinkError, FileSystem.FileSystem> => {
  const { settings, task } = assembly
  const { bytes, name, sha256 } = head.piece
  const path = task.pathOf(name)
  const split = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const source = SourceFile.make(settings, path, yield* fs.open(path, { flag: "r" }), bytes)
    yield* step(assembly, (database) => database.exec(tables))
    const files = makeSplitFiles(assembly, source, items.read, nameOf)
    const steps = drive(assembly, files, head, items.outside)
    for (;;) {
      const next = yield* step(assembly, () => steps.next())
      if (next.done === true) break
      yield* next.value
      yield* Effect.yieldNow
    }
    return files.closed()
  }).pipe(Effect.scoped)
  return Effect.gen(function* () {
    const files = yield* split
    if ((yield* DurableFile.sha256Of(path, bytes)) !== sha256) {
      const problem = "does not have the content that was written"
      return yield* failed(settings, new SinkError.StagedDataDamaged({ path, problem }))
    }
    yield* task.discard(name)
    return files
  }).pipe(Effect.catchTag("PlatformError", (cause) => writeFailed(settings, path, cause)))
}

// internal

function* drive(assembly: Assembly, files: SplitFiles, head: Head, outside: Entries.Outside): Steps {
  const closure = makeClosure(assembly)
  const members = Entries.members(assembly)
  const messages = Entries.messages(assembly, outside)
  const reactions = Entries.reactions(assembly, outside)
  for (const { no } of Entries.channels(assembly)) {
    yield* files.add((file) => closure.channel(no, file))
    for (const member of members.takeWhile(({ channelNo }) => channelNo === no)) {
      yield* files.add((file) => closure.member(member, no, file))
    }
    for (const entry of messages.takeWhile(({ channelNo }) => channelNo === no)) {
      const message = closure.openMessage(entry)
      yield* files.add((file) => closure.message(message, file))
      for (const reaction of reactions.takeWhile(({ messageRow }) => messageRow === entry.row)) {
        yield* files.add((file) => closure.reaction(reaction, message, file))
      }
    }
  }
  for (const device of Entries.devices(assembly, head.firstDevice, outside)) {
    yield* files.add((file) => closure.device(device, file))
  }
  for (const { id } of Entries.unplacedUsers(assembly)) {
    // A user may have been placed together with one who has muted them.
    if (closure.isUnplaced(id)) yield* files.add((file) => closure.user(id, file))
  }
  yield* files.finish()
}

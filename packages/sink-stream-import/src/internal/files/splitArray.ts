import { SinkError } from "@chatferry/core"
import { DurableFile } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { failed, writeFailed } from "../format/failures.ts"
import type { ItemType } from "../format/itemTypes.ts"
import { type Assembly, step } from "../resolve/assembly.ts"
import * as ItemCursor from "./itemCursor.ts"
import { makeClosure, tables } from "./splitClosure.ts"
import { makeSplitFiles } from "./splitFiles.ts"

/** The start of the items of one type in an array of all items. */
export interface Section {
  readonly kind: ItemType
  readonly start: number
}

/**
 * Splits an array that is over the limit into several closed ones: everything
 * that an item refers to is in the same file, so users, channels, members of
 * distinct channels and thread parents may be in several files. They are equal in
 * all of them, so that importing them again changes nothing. The items of a
 * channel stay together as far as possible, and channels keep their order.
 */
export const splitArray = (
  assembly: Assembly,
  { bytes, name, sha256 }: Phase.ClosedPiece,
  sections: ReadonlyArray<Section>,
  nameOf: (number: number) => string
): Effect.Effect<ReadonlyArray<Phase.ClosedPiece>, SinkError.SinkError, FileSystem.FileSystem> => {
  const { settings, task } = assembly
  const path = task.pathOf(name)
  const split = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const source = ItemCursor.sourceFile(settings, path, yield* fs.open(path, { flag: "r" }), bytes)
    yield* step(assembly, (database) => database.exec(tables))
    const files = makeSplitFiles(assembly, source, nameOf)
    const steps = drive(assembly, source, files, rangesOf(sections, bytes))
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

type Range = readonly [start: number, end: number]

// A comma and a line feed separate two items; after the last one come a line feed, a bracket and a line feed.
const rangesOf = (sections: ReadonlyArray<Section>, bytes: number) => {
  const ranges = new Map<ItemType, Range>(
    sections.map(({ kind, start }, index) => [kind, [start, (sections[index + 1]?.start ?? bytes - 1) - 2]])
  )
  return (kind: ItemType): Range => ranges.get(kind) ?? [0, 0]
}

function* drive(
  assembly: Assembly,
  source: ItemCursor.SourceFile,
  files: ReturnType<typeof makeSplitFiles>,
  rangeOf: (kind: ItemType) => Range
): ItemCursor.Steps {
  const closure = makeClosure(assembly)
  const open = (kind: ItemType) => ItemCursor.openCursor(source, ...rangeOf(kind))
  function* each(kind: ItemType, use: (item: ItemCursor.Item) => void): ItemCursor.Steps {
    const cursor = yield* open(kind)
    for (let item = cursor.item(); item !== undefined; item = cursor.item()) {
      use(item)
      yield* cursor.advance()
    }
  }
  yield* each("user", closure.addUser)
  yield* each("channel", closure.addChannel)
  if (closure.hasDistinct()) yield* each("member", closure.addDistinctMember)

  const channels = yield* open("channel")
  const members = yield* open("member")
  const messages = yield* open("message")
  const reactions = yield* open("reaction")
  for (let channel = channels.item(); channel !== undefined; channel = channels.item()) {
    const key = closure.keyOf(channel.fields)
    yield* files.add(() => closure.channel(key, files.number()))
    for (let item = members.item(); item !== undefined && closure.referenceOf(item.fields) === key;) {
      const member = item
      // Members of a distinct channel were written with the channel.
      if (!closure.isDistinct(member.fields)) {
        yield* files.add(() => closure.member(member, key, files.number()))
      }
      yield* members.advance()
      item = members.item()
    }
    for (let item = messages.item(); item !== undefined && closure.referenceOf(item.fields) === key;) {
      const message = closure.openMessage(item, key)
      yield* files.add(() => closure.message(message, files.number()))
      for (let reaction = reactions.item(); reaction?.fields["message_id"] === message.id;) {
        const entry = reaction
        yield* files.add(() => closure.reaction(entry, message, files.number()))
        yield* reactions.advance()
        reaction = reactions.item()
      }
      yield* messages.advance()
      item = messages.item()
    }
    yield* channels.advance()
  }
  const devices = yield* open("device")
  for (let item = devices.item(); item !== undefined; item = devices.item()) {
    const device = item
    yield* files.add(() => closure.device(device, files.number()))
    yield* devices.advance()
  }
  const users = yield* open("user")
  for (let user = users.item(); user !== undefined; user = users.item()) {
    const id = closure.idOf(user.fields)
    if (closure.isUnplaced(id)) yield* files.add(() => closure.user(id, files.number()))
    yield* users.advance()
  }
  yield* files.finish()
}

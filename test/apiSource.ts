/** Sources that have exports made, and the folders where they keep these. */
import type { Source } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { Effect, FileSystem } from "effect"

/** All batches, after the partitions and the position of an earlier run. */
export const readAll = <R>(source: Source.Source<R>, done = 0, position?: Source.Position) =>
  Effect.map(SourceHarness.readAll(source, { done, position }), ({ batches }) => batches)

export const recordsOf = (batches: ReadonlyArray<Source.Batch>) => SourceHarness.joined(batches).records

/** How many things of each kind there are. */
export const distinct = (batches: ReadonlyArray<Source.Batch>) =>
  SourceHarness.distinct(SourceHarness.joined(batches))

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** The folder of a source, elsewhere. */
export const copied = (directory: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const copy = `${yield* temporary}/copy`
    yield* fs.copy(directory, copy)
    return copy
  })

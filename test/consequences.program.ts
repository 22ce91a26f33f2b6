/**
 * Writes the tables of codes and of fields into the documentation.
 *
 *     node --conditions=@chatferry/source test/consequences.program.ts
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem } from "effect"
import { pages, withTables } from "./consequences.ts"
import * as Fields from "./model/table.ts"

Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  for (const page of pages) {
    const path = `${import.meta.dirname}/../${page}`
    const text = withTables(page, yield* fs.readFileString(path))
    yield* fs.writeFileString(path, page === Fields.page ? Fields.withTable(text) : text)
  }
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)

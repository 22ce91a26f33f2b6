/**
 * Writes the tables of codes into the documentation.
 *
 *     node --conditions=@chatferry/source test/consequences.program.ts
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem } from "effect"
import { pages, withTables } from "./consequences.ts"

Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  for (const page of pages) {
    const path = `${import.meta.dirname}/../${page}`
    yield* fs.writeFileString(path, withTables(page, yield* fs.readFileString(path)))
  }
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)

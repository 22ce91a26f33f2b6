/**
 * Writes the lists of codes, of fields and of the validator's rules into the documentation.
 *
 *     node --conditions=@chatferry/source test/consequences.program.ts
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem } from "effect"
import * as Codes from "./consequences.ts"
import * as Fields from "./model/list.ts"
import * as Rules from "./validatorRules.ts"

const parts = [
  ...Codes.pages.map((page) => ({ page, written: (text: string) => Codes.withLists(page, text) })),
  { page: Fields.page, written: Fields.withList },
  { page: Rules.page, written: Rules.withList }
]

Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  for (const { page, written } of parts) {
    const path = `${import.meta.dirname}/../${page}`
    yield* fs.writeFileString(path, written(yield* fs.readFileString(path)))
  }
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)

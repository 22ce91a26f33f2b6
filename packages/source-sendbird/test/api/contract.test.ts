import { SourceContract } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { copied, copyFiles, readAll, services, sourceOf, start, temporary } from "./harness.ts"

const fixture = Effect.gen(function* () {
  const data = { messages: 80, windows: 1 }
  const emulator = yield* start({ data })
  const directory = yield* temporary
  // Waiting for an export gives batches with progress, and a second reading does not wait.
  yield* readAll(sourceOf(emulator, directory))
  // Files of the same names with other content. An export that is made again has another id and is a different case.
  const other = yield* temporary
  yield* readAll(sourceOf(yield* start({ data: { ...data, seed: 8 } }), other))
  const replaced = yield* copied(directory)
  yield* copyFiles(other, replaced, ".zip")
  return {
    emulator,
    directory,
    replaced,
    copy: yield* copied(directory),
    changed: sourceOf(emulator, yield* temporary, { to: emulator.to + 1 }),
    rejected: sourceOf({ ...emulator, apiToken: "another token" }, yield* temporary)
  }
})

const rules = SourceContract.rules({
  fixture,
  source: ({ directory, emulator }, limits) => sourceOf(emulator, directory, { batchRecords: 20, ...limits }),
  changed: ({ changed }) => [{ what: "to", source: changed }],
  moved: ({ copy, emulator }) => sourceOf(emulator, copy, { batchRecords: 20 }),
  replaced: ({ emulator, replaced }, limits) => sourceOf(emulator, replaced, limits),
  failing: ({ rejected }) => [{ source: rejected, reason: "RequestRejected" }],
  secrets: ({ emulator }) => [SendbirdExport.secret, emulator.apiToken],
  // Exports are as large as their files, which contain more than the records.
  bytesTolerance: 0.05
})

it.layer(services, { excludeTestServices: true })(
  "exports from the API satisfy the source contract:",
  (it) => {
    it.effect.each(rules)("$name", ({ check }) => check)
  }
)

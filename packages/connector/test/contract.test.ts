import { Contract, Reading, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect, type FileSystem, type Path } from "effect"
import { containers, people, pigeon } from "./pigeon.ts"

type Rules = ReadonlyArray<Contract.Rule<FileSystem.FileSystem | Path.Path>>

const optionsOf = (inputs: string, changed: string) => ({
  source: pigeon({ inputs, batchRecords: 100 }),
  changed: pigeon({ inputs: changed, batchRecords: 100 }),
  expected: { records: { user: 7300 }, rejected: { user: 2, unknown: 1 } },
  content: ["Person"]
})

const broken = {
  "f.json": '{"people":[{"name":"Person"},{bad}]}',
  "g.csv": "name\nPerson\n"
}

// Names only: the fixture is written when a rule is checked.
const names = SourceContract.rules(optionsOf("unused", "unused")).map(({ name }) => name)

describe.each(Object.entries(containers).filter(([name]) => name.startsWith("folder")))(
  "files in a %s keep the source contract:",
  (_, content) => {
    const rules = Effect.gen(function* () {
      const inputs = yield* Reading.folderOf({ ...content, ...broken })
      const changed = yield* Reading.folderOf({ "a.json": JSON.stringify(people(0, 3)) })
      const all: Rules = SourceContract.rules(optionsOf(inputs, changed))
      return all
    })

    it.live.each(names.map((name) => ({ name })))("$name", ({ name }) =>
      Effect.flatMap(rules, (all) => Contract.check(all, name)).pipe(
        Effect.scoped,
        Effect.provide(NodeServices.layer)
      )
    )
  }
)

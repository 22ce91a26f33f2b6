import { SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { containers, pigeon } from "./pigeon.ts"

const broken = {
  "f.json": '{"people":[{"name":"Person"},{bad}]}',
  "g.csv": "name\nPerson\n"
}

describe.each(Object.entries(containers).filter(([name]) => name.startsWith("folder")))(
  "files in a %s keep the source contract:",
  (_, content) => {
    const rules = SourceContract.rules({
      files: { ...content, ...broken },
      source: (inputs) => pigeon({ inputs, batchRecords: 100 }),
      expected: { records: { user: 7300 }, rejected: { user: 2, unknown: 1 } },
      content: ["Person"]
    })

    it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer))
  }
)

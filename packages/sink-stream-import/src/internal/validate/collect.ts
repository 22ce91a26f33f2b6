import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import type { ValidatorError } from "./failures.ts"
import type { Inspected } from "./fileInspection.ts"
import type { Finding } from "./finding.ts"
import type { Inspection } from "./inspect.ts"
import type { Group, Result } from "./report.ts"
import { type Code, rules } from "./rules.ts"

/** Runs a check and counts its findings. */
export const collect = (
  inspection: Inspection
): Effect.Effect<Result, ValidatorError, FileSystem.FileSystem> => {
  const groups = new Groups(inspection.settings.examples)
  return Effect.map(
    Stream.runForEach(inspection.findings, (findings) => Effect.sync(() => groups.add(findings))),
    () => groups.result(inspection)
  )
}

/** Counts findings by rule, with the first examples of each. */
export class Groups {
  readonly #examples: number
  readonly #groups = new Map<Code, { count: number; readonly examples: Array<Finding> }>()

  constructor(examples: number) {
    this.#examples = examples
  }

  add(findings: ReadonlyArray<Finding>): void {
    for (const finding of findings) {
      let group = this.#groups.get(finding.code)
      if (group === undefined) this.#groups.set(finding.code, (group = { count: 0, examples: [] }))
      group.count += finding.times
      if (group.examples.length < this.#examples) group.examples.push(finding)
    }
  }

  result({ counts, files }: Checked): Result {
    const grouped = (Object.keys(rules) as Array<Code>).flatMap((code): ReadonlyArray<Group> => {
      const group = this.#groups.get(code)
      const { severity } = rules[code]
      return group === undefined ? [] : [{ code, severity, count: group.count, examples: group.examples }]
    })
    const errors = grouped.filter(({ severity }) => severity === "error")
    return {
      isValid: errors.length === 0,
      errors,
      warnings: grouped.filter(({ severity }) => severity === "warning"),
      items: Object.fromEntries(Array.from(counts).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      files
    }
  }
}

// internal

interface Checked {
  readonly counts: ReadonlyMap<string, number>
  readonly files: ReadonlyArray<Inspected>
}

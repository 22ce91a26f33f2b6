import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import type { ValidatorError } from "./failures.ts"
import type { Finding } from "./finding.ts"
import type { Inspection } from "./inspect.ts"
import type { Group, Result } from "./report.ts"
import { type Code, rules } from "./rules.ts"

/** Runs a check and counts its findings. */
export const collect = (
  inspection: Inspection
): Effect.Effect<Result, ValidatorError, FileSystem.FileSystem> => {
  const { settings } = inspection
  const groups = new Map<Code, { count: number; readonly examples: Array<Finding> }>()
  const add = (finding: Finding) => {
    let group = groups.get(finding.code)
    if (group === undefined) groups.set(finding.code, (group = { count: 0, examples: [] }))
    group.count += finding.times
    if (group.examples.length < settings.examples) group.examples.push(finding)
  }
  return Effect.map(
    Stream.runForEach(inspection.findings, (findings) => Effect.sync(() => findings.forEach(add))),
    () => {
      const grouped = (Object.keys(rules) as Array<Code>).flatMap((code): ReadonlyArray<Group> => {
        const group = groups.get(code)
        const { severity } = rules[code]
        return group === undefined ? [] : [{ code, severity, count: group.count, examples: group.examples }]
      })
      const errors = grouped.filter(({ severity }) => severity === "error")
      return {
        isValid: errors.length === 0,
        errors,
        warnings: grouped.filter(({ severity }) => severity === "warning"),
        items: Object.fromEntries(Array.from(inspection.counts).toSorted(([a], [b]) => (a < b ? -1 : 1))),
        files: inspection.files
      }
    }
  )
}

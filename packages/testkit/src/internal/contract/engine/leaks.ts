// Texts where they must not be: which one, and the path to it, and never the text.
import type * as Telemetry from "../../../harness/Telemetry.ts"
import { locate } from "./difference.ts"
import type { Verdict } from "./rule.ts"

/** `what` the texts are, and `where` they must not be. */
export const textIn = (
  where: string,
  value: unknown,
  what: "secret" | "text of `content`",
  texts: ReadonlyArray<string>
): Verdict | undefined => {
  const found = locate(value, texts)
  return found && { expected: `no ${what} in ${where}`, actual: `number ${found.text + 1} at ${found.path}` }
}

/** A secret that is logged, traced or in an error, by the span or the log that says it. */
export const secretHeard = (
  heard: Telemetry.Telemetry,
  secrets: ReadonlyArray<string>
): Verdict | undefined => {
  const found = heard.find(secrets)
  return (
    found && {
      expected: "no secret in what it logs, traces and fails with",
      actual: `number ${found.text + 1} in ${found.in}, at ${found.path}`
    }
  )
}

// Finds texts where they must not be. Reports their number and path, never the text.
import type * as Telemetry from "../../../harness/Telemetry.ts"
import { locate } from "./difference.ts"
import type { Verdict } from "./rule.ts"

/** `what` says what the texts are, `where` names the value that must not contain them. */
export const textIn = (
  where: string,
  value: unknown,
  what: "secret" | "text of `content`",
  texts: ReadonlyArray<string>
): Verdict | undefined => {
  const found = locate(value, texts)
  return found && { expected: `no ${what} in ${where}`, actual: `number ${found.text + 1} at ${found.path}` }
}

/** A secret in logs, spans or errors, with the name of the span or log. */
export const secretRecorded = (
  telemetry: Telemetry.Telemetry,
  secrets: ReadonlyArray<string>
): Verdict | undefined => {
  const found = telemetry.find(secrets)
  return (
    found && {
      expected: "no secret in its logs, spans and errors",
      actual: `number ${found.text + 1} in ${found.in}, at ${found.path}`
    }
  )
}

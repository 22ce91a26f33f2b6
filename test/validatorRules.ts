/** The list of the validator's rules in the documentation. */
import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { item, withPart } from "./markdown.ts"

export const page = "docs/validator.md"

/** The page with its list in the place of the one that it has; fails where the list has no place. */
export const withList = (text: string): string =>
  withPart(
    text,
    ["<!-- rules: `npx -y pnpm@12 consequences` writes what follows -->", "<!-- end of the rules -->"],
    Object.entries(StreamImportValidator.rules)
      .map(([code, { dialect, hint, problem, severity }]) =>
        item(`\`${code}\` (${severity}${dialect === undefined ? "" : `, \`${dialect}\``}): ${problem}.`, hint)
      )
      .join("\n")
  )

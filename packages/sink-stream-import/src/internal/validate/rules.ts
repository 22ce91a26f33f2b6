import type { Rule } from "./rule.ts"
import { ofFields } from "./rulesOfFields.ts"
import { ofEnvelopes, ofFiles } from "./rulesOfFiles.ts"
import { ofItems, ofReferences } from "./rulesOfItems.ts"

/** Every rule, by the code that findings have. */
export const rules = {
  ...ofFiles,
  ...ofEnvelopes,
  ...ofFields,
  ...ofItems,
  ...ofReferences
} as const satisfies Record<string, Rule>

export type Code = keyof typeof rules

/** What the `{names}` of a rule's texts are in one finding. */
export type Params = Readonly<Record<string, string | number>>

/** Fills a text of a rule in. A name that is not known stays out. */
export const fill = (text: string, params: Params): string =>
  text.replace(/\{(\w+)\}/gu, (_, name: string) => String(params[name] ?? ""))

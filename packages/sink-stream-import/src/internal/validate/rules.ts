import type { Rule } from "./rule.ts"
import { ofFields } from "./rulesOfFields.ts"
import { ofEnvelopes, ofFiles } from "./rulesOfFiles.ts"
import { ofItems, ofReferences } from "./rulesOfItems.ts"

/** All rules by code. */
export const rules = {
  ...ofFiles,
  ...ofEnvelopes,
  ...ofFields,
  ...ofItems,
  ...ofReferences
} as const satisfies Record<string, Rule>

export type Code = keyof typeof rules

/** The values of the `{names}` in a rule's texts, for one finding. */
export type Params = Readonly<Record<string, string | number>>

/** Fills in a text of a rule. Unknown names become empty. */
export const fill = (text: string, params: Params): string =>
  text.replace(/\{(\w+)\}/gu, (_, name: string) => String(params[name] ?? ""))

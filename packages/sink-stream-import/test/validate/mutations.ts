import { ofFields } from "./mutationsOfFields.ts"
import { ofFiles } from "./mutationsOfFiles.ts"
import { ofItems } from "./mutationsOfItems.ts"
import type { Pairs } from "./pair.ts"

/** Files that break each rule, and similar files that do not. */
export const pairs: Pairs = { ...ofFiles, ...ofFields, ...ofItems }

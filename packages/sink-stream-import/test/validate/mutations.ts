import { ofFields } from "./mutationsOfFields.ts"
import { ofFiles } from "./mutationsOfFiles.ts"
import { ofItems } from "./mutationsOfItems.ts"
import type { Pairs } from "./pair.ts"

/** For every rule files that break it and neighbours that do not. */
export const pairs: Pairs = { ...ofFiles, ...ofFields, ...ofItems }

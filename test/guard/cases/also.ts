/** A real export, which is not part of the project. */
import { basename } from "node:path"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sources from "../sources.ts"

/** Each path is a case named after its last segment: the same export must be in a folder of the same name. */
export const alsoCase = (path: string): Case =>
  ofFiles(`also: ${basename(path)}`, Inputs.there(path), { source: Sources.sendbird() })

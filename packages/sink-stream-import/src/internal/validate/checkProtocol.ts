// What the thread that writes import files and the thread that checks them say to each other.
import type { Dialect } from "../../StreamImportPolicies.ts"
import type { Failed } from "../threads/failed.ts"
import type { Result } from "./report.ts"
import type { Settings } from "./settings.ts"

/** What the thread is started with. */
export interface Start {
  readonly settings: Settings
  readonly dialect: Dialect | undefined
  /** The folder for what does not fit into memory. */
  readonly directory: string
}

export type ToCheck =
  | { readonly _tag: "begin"; readonly path: string }
  | { readonly _tag: "bytes"; readonly bytes: Uint8Array }
  | { readonly _tag: "forget" }
  | { readonly _tag: "end" }

export type FromCheck =
  | { readonly _tag: "checked"; readonly bytes: number }
  | { readonly _tag: "result"; readonly result: Result }
  /** The folder could not be used. */
  | Failed

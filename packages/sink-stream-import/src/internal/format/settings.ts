import { type Fingerprint, Settings as Config } from "@chatferry/core/settings"
import type * as Policies from "../../StreamImportPolicies.ts"
import { replyTypeIn, SinkConfig } from "./config.ts"

/** Everything the sink was told, defaults filled in. */
export interface Settings extends Policies.Policies {
  readonly name: string
  readonly directory: string
  readonly dialect: Policies.Dialect
  /** Path of the id map of an earlier run. */
  readonly idMap: string | undefined
}

export const of = (given: typeof SinkConfig.Type): Settings => ({
  ...given,
  idMap: given.idMap,
  replyType: given.replyType ?? replyTypeIn(given.dialect)
})

/** The settings that shape the output. */
export const fingerprint = (settings: Settings): Fingerprint.Fingerprint => ({
  ...Config.fingerprint(SinkConfig, settings),
  // What the map says is in the receipts, as its hash: it may lie elsewhere when a run resumes.
  idMap: settings.idMap !== undefined
})

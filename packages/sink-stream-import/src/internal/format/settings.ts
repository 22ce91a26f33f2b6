import { type Fingerprint, Settings as Config } from "@chatferry/core/settings"
import type * as Policies from "../../StreamImportPolicies.ts"
import { replyTypeIn, SinkConfig } from "./config.ts"

/** The sink's settings with their defaults. */
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

/** The settings that affect the output. */
export const fingerprint = (settings: Settings): Fingerprint.Fingerprint => ({
  ...Config.fingerprint(SinkConfig, settings),
  // Not the path of the id map, which may change when a run resumes: the receipts have the hash of the map.
  idMap: settings.idMap !== undefined
})

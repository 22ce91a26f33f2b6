// Fields the model does not know: they go on under `custom.sendbird`, as they are.
import { type Entity, Leftovers } from "@chatferry/core"
import type { Out } from "./out.ts"
import { withoutSecrets } from "./secrets.ts"

export type Bag = Leftovers.Bag

export const { isDeeper, keep, MAX_DEPTH, TOO_DEEP, TOO_DEEP_MESSAGE } = Leftovers

/** What a record of this kind keeps, secrets at any depth left out. */
export const custom = (bag: Bag, kind: string, out: Out): NonNullable<Entity.Entity["custom"]> => ({
  sendbird: withoutSecrets(bag, out.secrets(kind))
})

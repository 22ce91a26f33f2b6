// Fields the model does not know: they go on under `custom.stream`, as they are.
import { type Entity, Leftovers } from "@chatferry/core"

export type Bag = Leftovers.Bag

export const { keep, TOO_DEEP, TOO_DEEP_MESSAGE } = Leftovers

export const custom = (bag: Bag): NonNullable<Entity.Entity["custom"]> => ({ stream: bag })

// Devices that receive push notifications. Their tokens are secrets, so they are read only if a setting says so.
import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context, stream } from "./context.ts"
import { idOfUser, isObject, list, userId } from "./raw.ts"
import * as Read from "./reads.ts"

const { field } = RawRecord

type Device = NonNullable<Entity.Entity<"user">["devices"]>[number]

/** Maps the devices of a user. Values that are not devices are counted. */
export const devicesOf = (value: unknown, context: Context): ReadonlyArray<Device> | undefined => {
  const found = list(value).flatMap((one) => deviceOf(one, context) ?? [])
  return found.length === 0 ? undefined : found
}

/** Maps devices outside a user record. Each owner becomes a user record that has only devices. */
export const devices = (values: ReadonlyArray<unknown>, context: Context): void => {
  const { out, takesDevices } = context
  const byUser = new Map<Ids.UserId, Array<Device>>()
  for (const value of values) {
    const by = isObject(value) ? (userId(value["user_id"]) ?? idOfUser(value["user"])) : undefined
    if (!takesDevices || by === undefined) {
      out.note(declared.deviceDropped.code)
      continue
    }
    const device = deviceOf(value, context)
    if (device === undefined) continue
    const known = byUser.get(by)
    if (known === undefined) byUser.set(by, [device])
    else known.push(device)
  }
  for (const [id, of] of byUser) {
    out.push({ _tag: "user", id, devices: of })
    if (values.length === 1) out.note(Consequence.codeOf(declared.partialList, "user.devices"))
  }
}

// internal

const table = stream.part<Device>("device").table(
  {
    id: field(Read.text, "id").orReject(declared.missingId.code, "id is missing or empty"),
    provider: field(Read.text, "push_provider", "push_provider_type").orReject(
      declared.missingType.code,
      "the device has no push provider"
    ),
    providerName: field(Read.text, "push_provider_name"),
    isDisabled: field(Read.flag, "disabled"),
    disabledReason: field(Read.text, "disabled_reason"),
    createdAt: field(Read.time, "created_at")
  },
  { elsewhere: ["user_id", "user"], dropped: ["hardware_id", "voip"], unknown: "drop" }
)

const deviceOf = (value: unknown, context: Context): Device | undefined => {
  const found = isObject(value) ? table.read(value, context) : undefined
  if (found !== undefined && !(found instanceof RawRecord.Rejection)) return found
  context.out.note(declared.deviceDropped.code)
  return undefined
}

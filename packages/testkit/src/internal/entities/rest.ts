// Fields that were added to the model last. Drawn from a separate sequence, so that the other fields do not change.
import type { Entity } from "@chatferry/core"
import { type Random, some } from "../random/random.ts"
import { plainWord } from "../random/text.ts"
import { anyUser, type World } from "./ids.ts"
import { later, time } from "./times.ts"

type Fields = Record<string, unknown>

/** Additional fields of an entity. */
export const rest = (kind: Entity.Kind, made: Fields, of: World, r: Random): Fields =>
  makers[kind]?.(made, of, r) ?? {}

// internal

const flags = (r: Random, ...names: ReadonlyArray<string>): Fields =>
  Object.fromEntries(names.flatMap((name) => (r.chance(0.6) ? [[name, r.chance(0.5)]] : [])))

const device = (r: Random): Fields => ({
  // Some share a token with another device.
  id: r.chance(0.1) ? "shared-token" : `token-${r.hex(12)}`,
  provider: r.pick(["firebase", "apn", "huawei", "xiaomi", "web"]),
  ...some(r, 0.3, { providerName: plainWord(r) }),
  ...(r.chance(0.2) ? { isDisabled: true, ...some(r, 0.5, { disabledReason: "token expired" }) } : {}),
  ...some(r, 0.6, { createdAt: time(r) })
})

const futureBan = (of: World, r: Random): Fields => ({
  byId: anyUser(of, r),
  ...some(r, 0.5, { reason: plainWord(r) }),
  ...some(r, 0.3, { isShadow: r.chance(0.5) }),
  ...some(r, 0.6, { createdAt: time(r) })
})

const makers: { readonly [K in Entity.Kind]?: (made: Fields, of: World, r: Random) => Fields } = {
  user: (_, of, r) => ({
    ...some(r, 0.05, { teamRoles: { red: r.pick(["team_moderator", "team_member"]) } }),
    ...some(r, 0.05, { privacy: flags(r, "isTypingShown", "isReadShown", "isDeliveryShown") }),
    ...some(r, 0.08, {
      push: {
        ...some(r, 0.8, { level: r.pick(["all", "mentions", "none"]) }),
        ...some(r, 0.4, { disabledUntil: later(r, 9) })
      }
    }),
    ...some(r, 0.15, { devices: Array.from({ length: 1 + r.below(2) }, () => device(r)) }),
    ...some(r, 0.05, { futureChannelBans: [futureBan(of, r)] }),
    ...some(r, 0.2, { observedAt: time(r) })
  }),
  channel: (_, __, r) => some(r, 0.05, { team: r.pick(["red", "blue"]) }),
  member: (_, __, r) => some(r, 0.1, { isChannelMuted: r.chance(0.7) }),
  message: ({ attachments, pinnedAt, userSnapshot }, _, r) => ({
    ...some(r, 0.03, { isHereMentioned: true }),
    ...some(r, 0.03, { mentionedRoles: r.chance(0.5) ? ["admin"] : ["admin", "guide"] }),
    ...(pinnedAt === undefined ? {} : some(r, 0.4, { pinExpiresAt: later(r, 9) })),
    ...some(r, 0.1, { observedAt: time(r) }),
    ...(typeof userSnapshot === "object" && r.chance(0.3)
      ? { userSnapshot: { ...userSnapshot, imageUrl: `https://files.example.com/${r.hex(12)}.png` } }
      : {}),
    ...(Array.isArray(attachments)
      ? { attachments: attachments.map((one: Fields) => ({ ...one, ...own(one, r) })) }
      : {})
  })
}

/** The source's own type of an attachment, and additional fields. */
const own = ({ custom, type, url }: Fields, r: Random): Fields => {
  if (custom !== undefined || !r.chance(type === "other" ? 0.7 : 0.1)) return {}
  return {
    ...some(r, 0.8, type === "other" ? { customType: r.pick(["payment", "giphy"]) } : ofPreview(type, url)),
    ...some(r, 0.5, { custom: { stream: { amount: r.below(100), author_name: plainWord(r) } } })
  }
}

/** A link preview may have the type of the page's content; other types need no more. */
const ofPreview = (type: unknown, url: unknown): Fields =>
  type === "link" && url !== undefined ? { customType: "image" } : {}

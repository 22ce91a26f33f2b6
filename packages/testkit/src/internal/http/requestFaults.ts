/** What can go wrong with a request of any provider, in the order in which it is decided. */
export const kinds = [
  "rateLimited",
  "serverError",
  "redirected",
  "garbage",
  "lostRequest",
  "lostResponse",
  "cutBody",
  "slowBody"
] as const

export type Fault = (typeof kinds)[number]

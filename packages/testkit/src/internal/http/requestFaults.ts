/** Faults of a request of any provider, in the order in which they are drawn. */
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

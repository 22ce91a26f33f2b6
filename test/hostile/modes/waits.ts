// Waiting times that a server requests.
import { always, busy, DAMAGED, type Hostility } from "../hostility.ts"
import { json } from "../server.ts"

export const waits: ReadonlyArray<Hostility> = [
  {
    name: "a wait of 31 years",
    answer: always(busy("1000000000")),
    says: /longer waits than maxWait allows/u,
    isQuick: true
  },
  {
    name: "a wait until the year 9999",
    answer: always(busy("Fri, 31 Dec 9999 23:59:59 GMT")),
    says: /longer waits than maxWait allows/u
  },
  { name: "a wait of 31 years after an error", answer: always(busy("1000000000", 503)), says: /HTTP 503/u },
  {
    name: "a wait that is not a number",
    answer: always(busy("-1, NaN, Infinity")),
    says: /limits the rate/u
  },
  { name: "a rate limit for ever", answer: always(json({ code: 500_910 }, 429)), says: /limits the rate/u },
  {
    name: "a wait of 31 years after each success",
    answer: (asked) =>
      always(json({}, 200, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999" }))(asked),
    says: DAMAGED
  }
]

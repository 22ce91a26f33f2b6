// Texts of a server in errors.
import { always, ESCAPES, type Hostility } from "../hostility.ts"
import { json } from "../server.ts"

export const words: ReadonlyArray<Hostility> = [
  {
    name: "errors in the language of terminals",
    answer: always(json({ code: 400_111, message: ESCAPES.repeat(1000), error: ESCAPES }, 400)),
    says: /was rejected \(HTTP 400/u,
    isQuick: true
  },
  {
    name: "codes that are not codes",
    answer: always(json({ code: 1e308, message: "x", unrecoverable: "yes" }, 418)),
    says: /was rejected \(HTTP 418/u
  }
]

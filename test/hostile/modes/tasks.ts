// Work of the server that the client waits for.
import { ESCAPES, type Hostility, MEBIBYTE, on, state } from "../hostility.ts"
import { json } from "../server.ts"

export const tasks: ReadonlyArray<Hostility> = [
  {
    name: "work that is never done",
    isSlow: true,
    answer: state(() => ({ status: "pending" })),
    says: /raise (?:exportDeadline|importDeadline)/u,
    isQuick: true
  },
  {
    name: "states that change each time, in the language of terminals",
    isSlow: true,
    answer: state(({ number }) => ({ status: `${ESCAPES}${number}` })),
    says: /raise (?:exportDeadline|importDeadline)/u
  },
  {
    name: "a state of a megabyte",
    isSlow: true,
    answer: state(() => ({ status: "x".repeat(MEBIBYTE) })),
    says: /raise exportDeadline|is not what Stream documents/u
  },
  {
    name: "work that fails each time",
    clients: ["sendbird", "stream"],
    answer: state(() => ({ status: "failed" })),
    says: /reports that it failed/u
  },
  {
    name: "work that is gone each time",
    clients: ["sendbird", "stream"],
    answer: on("look", ({ client }) =>
      client === "sendbird" ? json({ code: 400_201 }, 400) : json({ code: 16, message: "can't find" }, 404)
    ),
    says: /each of its exports is gone/u
  },
  {
    name: "ids in the language of terminals",
    answer: (asked) => {
      const id = `${ESCAPES}/../..${asked.number}`
      if (asked.stage === "ask") {
        return json({
          request_id: id,
          status: "scheduled",
          task_id: id,
          path: id,
          upload_url: `${asked.baseUrl}/storage`,
          import_task: { id, state: "failed", path: id }
        })
      }
      return state(() => ({ status: "failed" }))(asked)
    },
    clients: ["sendbird", "stream"],
    says: /reports that it failed/u
  }
]

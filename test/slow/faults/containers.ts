/** Processes with process id 1 that see no other process, as in a container. */
import { spawnSync } from "node:child_process"

const OPTIONS = ["--pid", "--fork", "--kill-child", "--mount-proc"]

/** Options for root, and for other users, who need user namespaces. */
const ways = [
  ["unshare", ...OPTIONS],
  ["unshare", "--user", "--map-root-user", ...OPTIONS]
]

/** The words before the command of such a process; `undefined` if it cannot be started. */
export const container: ReadonlyArray<string> | undefined = ways.find(
  ([name = "", ...options]) => spawnSync(name, [...options, "true"]).status === 0
)

// Reports that Node is too old before anything else fails with an unclear message. So nothing that is newer than Node
// 18 may be imported by name: modules are linked before the first of them runs.
import process from "node:process"

const LEAST = [22, 19] as const

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  throw new Error(
    `Chatferry needs Node ${LEAST.join(".")} or later, but this is Node ${process.versions.node}: install a newer one from https://nodejs.org and run again`
  )
}

/** The floor: the hand-written loop on one thread. */
import { main } from "./child.ts"
import { loop } from "./script/loop.ts"

await main(loop)


const conditions = ["@chatferry/source"]
export default { resolve: { conditions }, ssr: { resolve: { conditions } }, test: { include: ["block.test.ts"], testTimeout: 60_000 } }

import { memoryMeta } from "./memory.ts";
import { testMeta } from "./suite.ts";

testMeta("memory", async () => ({ meta: memoryMeta(), end: async () => {} }));

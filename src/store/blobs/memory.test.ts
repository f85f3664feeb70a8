import { memoryBlobs } from "./memory.ts";
import { testBlobs } from "./suite.ts";

testBlobs("memory", async () => ({ blobs: memoryBlobs(), end: async () => {} }));

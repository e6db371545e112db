// The mock's time: the machine's, or moved to begin at MOCK_NOW, so that a test sees the same hours whenever it runs.

/** Milliseconds that the mock's clock is ahead of the machine's. */
export const SHIFT = process.env.MOCK_NOW ? Date.parse(process.env.MOCK_NOW) - Date.now() : 0;

export const now = () => Date.now() + SHIFT;

/** ISO time, `seconds` from now or before it. */
export const ahead = (seconds) => new Date(now() + seconds * 1000).toISOString();
export const ago = (seconds) => ahead(-seconds);

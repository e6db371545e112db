// Headless Chromium as an agent has it: a microphone that works, and no network but ours.

import { chromium } from "playwright-core";

/** `autoplay` false: as browsers are by themselves, a page is silent before the first click or key. */
export function launch({ autoplay = true } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      ...(autoplay ? ["--autoplay-policy=no-user-gesture-required"] : []),
    ],
  });
}

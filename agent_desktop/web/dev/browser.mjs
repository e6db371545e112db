// Headless Chromium as an agent has it: a microphone that works, and no network but ours.

import { chromium } from "playwright-core";

/**
 * What Chromium does besides the page: two pages of its own for each window's address bar (as costly as ours), look-ups,
 * hints, other devices. The last such argument wins, so that what Playwright's own turns off is named again.
 */
const WITHOUT = [
  ...["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AimEnabled", "LensOverlay"],
  ...["MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch", "Translate"],
  ...["HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "ThirdPartyStoragePartitioning"],
  ...["AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"],
];

/** `autoplay` false: as browsers are by themselves, a page is silent before the first click or key. */
export function launch({ autoplay = true } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      `--disable-features=${WITHOUT}`,
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      ...(autoplay ? ["--autoplay-policy=no-user-gesture-required"] : []),
    ],
  });
}

// Pictures of every state, for looking at: node dev/shots.mjs [folder] [only,these]

import { mkdirSync } from "node:fs";
import { launch } from "./browser.mjs";
import { startMock } from "./mock.mjs";

const folder = process.argv[2] ?? "../../var/shots";
const only = process.argv[3]?.split(",");
const SMALL = { width: 1366, height: 768 };
const LARGE = { width: 1920, height: 1080 };

const wanted = [
  ["ready", {}],
  ["ready", { dark: true, size: LARGE }],
  ["ringing", {}],
  ["ringing", { dark: true }],
  ["ringing", { size: LARGE }],
  ["talking", {}],
  ["talking", { dark: true, size: LARGE }],
  ["talking", { language: "es" }],
  ["held", {}],
  ["next", { dark: true }],
  ["wrapup", {}],
  ["wrapup", { dark: true }],
  ["wrapup", { language: "es", size: LARGE }],
  ["paused", {}],
  ["missed", {}],
  ["out", {}],
  ["lost", { dark: true }],
  ["maybe", {}],
  ["unknown", {}],
  ["withheld", { dark: true }],
  ["long", {}],
  ["stale", {}],
  ["loose", { dark: true }],
  ["dialling", {}],
  ["dialling", { dark: true, language: "es" }],
  ["unreached", {}],
  ["unreached", { dark: true }],
  ["dial", {}],
  ["dial-night", { dark: true, language: "es" }],
  ["dial-refused", {}],
  ["keypad", {}],
  ["ticket", {}],
  ["ticket", { dark: true, language: "es" }],
  ["found", {}],
  ["moved", {}],
  ["talking", { language: "zh" }],
  ["wrapup", { dark: true, language: "ru" }],
  ["talking", { size: { width: 683, height: 384 } }],
  ["talking", { size: { width: 320, height: 640 } }],
  ["search", {}],
  ["keys", {}],
  ["waiting", {}],
  ["waiting", { dark: true, language: "es" }],
  ["waiting", { size: { width: 375, height: 667 }, language: "ru" }],
  ["waiting", { size: { width: 320, height: 640 }, dark: true, language: "zh" }],
  ["waiting-none", {}],
  ["waiting-paused", { size: LARGE }],
  ["waiting-refused", { dark: true }],
  ["why", {}],
  ["sound", { dark: true }],
  ["states", {}],
  ["user", { dark: true }],
  ["sign-in", {}],
  ["sign-in", { dark: true, size: LARGE }],
  ["sign-in-wrong", { language: "es" }],
];

async function signIn(page, mock, scene) {
  await page.goto(`${mock.url}/sign-in${scene === "sign-in" ? "" : "?reason=expired"}`);
  if (scene === "sign-in") return;
  await page.fill("[name=login]", "amaia");
  await page.fill("[name=password]", "wrong");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=alert]");
}

async function desk(page, mock, scene) {
  await page.goto(mock.url);
  await page.waitForFunction(() => window.__trunkline?.phone().state === "registered");
  const calls = {
    keypad: "talking",
    found: "ready",
    moved: "ready",
    ticket: "talking",
    why: "talking",
    stale: "talking",
    states: "talking",
    waiting: "crowd",
    "waiting-none": "ready",
    "waiting-paused": "paused",
    "waiting-refused": "crowd",
  };
  const base = calls[scene] ?? scene;
  const inCall = ["talking", "held", "next", "maybe", "withheld", "long"].includes(base);
  if (inCall || base === "ringing" || base === "unknown") {
    mock.show(base === "unknown" ? "unknown" : "ringing");
    await page.waitForSelector(".caller");
    mock.world.sip.ring();
    await page.waitForFunction(() => window.__trunkline.phone().sip !== null);
  }
  if (inCall) {
    await page.keyboard.press("Control+Shift+A");
    await page.waitForFunction(() => window.__trunkline.phone().sip?.state === "up");
  }
  if (
    ["paused", "missed", "out", "lost", "wrapup", "dialling", "unreached", "crowd"].includes(base) ||
    inCall
  )
    mock.show(base);
  await steps[scene]?.(page, mock);
}

async function typeNumber(page, number, shown) {
  await page.click(".topbar .end .btn");
  await page.keyboard.type(number);
  await page.waitForSelector(shown);
}

async function whoWaits(page) {
  await page.keyboard.press("Control+Shift+X");
  await page.waitForSelector("dialog[open]");
}

const steps = {
  async stale(page, mock) {
    mock.world.io.close();
    await page.waitForSelector(".banner");
  },
  async loose(page, mock) {
    mock.world.io.close();
    await page.waitForSelector(".banner");
    mock.world.sip.ring("+34655012345", "");
    await page.waitForFunction(() => window.__trunkline.phone().sip !== null);
  },
  dial: (page) => typeNumber(page, "600 111 222", ".clocks"),
  "dial-night": (page) => typeNumber(page, "+1 212 555 0143", ".clocks"),
  "dial-refused": (page) => typeNumber(page, "112", ".problem"),
  async keypad(page) {
    await page.keyboard.press("Control+Shift+K");
    await page.waitForSelector(".keypad");
    await page.keyboard.type("42#");
  },
  async ticket(page) {
    await page.keyboard.press("Control+Shift+Y");
    await page.click(".ticket [type=submit]");
  },
  async search(page) {
    await page.keyboard.press("Control+K");
    await page.keyboard.type("okafor");
    await page.waitForSelector(".found");
  },
  async found(page) {
    await page.keyboard.press("Control+K");
    await page.keyboard.type("t2026");
    await page.waitForSelector(".fits");
  },
  async moved(page, mock) {
    mock.world.io.emit("phone_moved");
    await page.waitForSelector(".banner");
  },
  waiting: whoWaits,
  async "waiting-none"(page, mock) {
    mock.push({ waiting: { total: 0, rows: [] } });
    await whoWaits(page);
  },
  "waiting-paused": whoWaits,
  async "waiting-refused"(page, mock) {
    mock.world.picked = "Tomás Aguirre";
    await whoWaits(page);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog [role=alert]");
  },
  async keys(page) {
    await page.keyboard.press("?");
  },
  async why(page) {
    await page.click(".who .btn");
    await page.waitForSelector(".table");
  },
  async sound(page) {
    await page.click("[data-phone]");
  },
  async states(page) {
    await page.click(".state");
  },
  async user(page) {
    await page.click(".whoami");
  },
  async wrapup(page) {
    await page.keyboard.press("2");
  },
};

mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const [scene, { dark = false, size = SMALL, language = "en" }] of wanted) {
  const name = [scene, size.width, dark ? "dark" : "light", language].join("-");
  if (only && !only.includes(scene)) continue;
  const mock = await startMock();
  mock.world.language = language;
  const context = await browser.newContext({
    viewport: size,
    colorScheme: dark ? "dark" : "light",
    locale: language,
    permissions: ["microphone", "notifications"],
  });
  const page = await context.newPage();
  page.on(
    "console",
    (message) =>
      message.type() === "error" && !/401/.test(message.text()) && console.log(name, message.text()),
  );
  page.on("pageerror", (error) => console.log(name, String(error)));
  await (scene.startsWith("sign-in") ? signIn(page, mock, scene) : desk(page, mock, scene));
  await page.waitForTimeout(350);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
  mock.close();
  console.log(name);
}
await browser.close();
process.exit(0);

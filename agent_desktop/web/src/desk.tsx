// The desk's entry: who am I, then the line, the phone, the alerts, the page.

import { effect } from "@preact/signals";
import { render } from "preact";
import { startAlerts } from "./alert/alert";
import { watchSound } from "./alert/sound";
import { ApiError, get, setCsrf } from "./api";
import { App } from "./desk/app";
import { guardUnload, onSignedOut } from "./desk/leave";
import { startShortcuts } from "./desk/shortcuts";
import { quietComposer } from "./desk/uistate";
import { chooseLanguage } from "./i18n";
import { followKeys } from "./keys";
import { expose } from "./marks";
import { sayDevice } from "./desk/devicewords";
import { askMicrophone, followDevices } from "./phone/devices";
import { followLease, phoneState, startPhone } from "./phone/phone";
import { micProblem, sip } from "./phone/session";
import { startClock } from "./store/clock";
import { startKeeping } from "./store/keep";
import { desk, me, refusedBecause } from "./store/live";
import { followNotices } from "./store/notices";
import { followCalls } from "./store/recent";
import { openLine } from "./store/socket";
import { startTheme } from "./store/theme";
import { followOffers } from "./store/work";
import { followProblems } from "./store/problems";
import { followWrapUps, rescueTo } from "./store/wrapup";
import type { Account } from "./types";

const RETRY_MS = 1500;

async function whoAmI(): Promise<Account | null> {
  for (;;) {
    try {
      const found = await get<Account>("/api/me");
      refusedBecause.value = null;
      return found;
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 401) return null;
      if (failure instanceof ApiError && failure.status === 503) refusedBecause.value = "unavailable";
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function start(): Promise<void> {
  startTheme();
  chooseLanguage();
  startClock();
  expose(
    () => desk.value,
    () => ({ state: phoneState.value, sip: sip.value }),
  );
  const root = document.getElementById("app");
  if (root) render(<App />, root);
  const account = await whoAmI();
  if (!account) return location.assign("/sign-in");
  setCsrf(account.csrf_token);
  chooseLanguage(account.language);
  followKeys(account.id);
  startKeeping(account.id, (left, customer) => rescueTo(customer, left));
  followOffers();
  quietComposer();
  followCalls();
  followWrapUps();
  followNotices();
  followProblems();
  startAlerts();
  watchSound();
  startShortcuts();
  guardUnload();
  openLine(crypto.randomUUID?.() ?? String(Math.random()), onSignedOut);
  startPhone(account.id);
  effect(() => {
    if (me.value) followLease(me.value);
  });
  followDevices(sayDevice);
  if (navigator.mediaDevices) micProblem.value = await askMicrophone();
}

void start();

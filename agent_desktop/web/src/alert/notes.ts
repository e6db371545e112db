// Notifications of the browser: whether they may be shown, and asking for them at a key or click of the agent's own.

export type NotesState = NotificationPermission | "none";

export function notesState(): NotesState {
  return typeof Notification === "undefined" ? "none" : Notification.permission;
}

/** Ask once; whoever refused is not asked again by the browser, and learns in the settings how to change it. */
export async function askNotifications(): Promise<NotesState> {
  if (notesState() === "default") await Notification.requestPermission().catch(() => undefined);
  return notesState();
}

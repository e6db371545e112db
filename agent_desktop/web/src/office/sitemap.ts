// Every page of the office: its address, what it is called, the right that it needs, and whether the menu names it.

import type { ComponentType } from "preact";
import type { Key } from "../i18n";
import type { IconName } from "../ui/icon";
import { AccountPage } from "./accountpage";
import { AuditPage } from "./audit";
import { CallPage } from "./calls/call";
import { CallsPage } from "./calls/list";
import { NewPersonPage } from "./people/newperson";
import { PeoplePage } from "./people/list";
import { PersonPage } from "./people/person";
import { AnnouncementsPage } from "./setup/announcements";
import { CalendarPage } from "./setup/calendar";
import { ChangesPage } from "./setup/changes";
import { DoNotCallPage } from "./setup/donotcall";
import { GroupsPage, SkillsPage } from "./setup/named";
import { HoursPage } from "./setup/hours";
import { CalendarListPage, HoursListPage } from "./setup/hourslist";
import { OutcomesPage } from "./setup/outcomes";
import { QueuePage } from "./setup/queue";
import { QueuesPage } from "./setup/queues";
import { TeamPage } from "./teams/team";
import { TeamsPage } from "./teams/list";

export interface PageEntry {
  pattern: string;
  right: string | null;
  page: ComponentType<{ params: Record<string, string> }>;
  menu?: { section: "admin" | "account"; title: Key; icon: IconName };
}

export const SITEMAP: PageEntry[] = [
  {
    pattern: "/admin/people",
    right: "user_read",
    page: PeoplePage,
    menu: { section: "admin", title: "people.title", icon: "user" },
  },
  { pattern: "/admin/people/new", right: "user_manage", page: NewPersonPage },
  { pattern: "/admin/people/:id", right: "user_read", page: PersonPage },
  {
    pattern: "/admin/teams",
    right: "user_read",
    page: TeamsPage,
    menu: { section: "admin", title: "teams.title", icon: "users" },
  },
  { pattern: "/admin/teams/:id", right: "user_read", page: TeamPage },
  {
    pattern: "/admin/calls",
    right: "call_watch",
    page: CallsPage,
    menu: { section: "admin", title: "calls.title", icon: "phone" },
  },
  { pattern: "/admin/calls/:id", right: "call_watch", page: CallPage },
  {
    pattern: "/admin/queues",
    right: "setup_write",
    page: QueuesPage,
    menu: { section: "admin", title: "setup.queues", icon: "queue" },
  },
  { pattern: "/admin/queues/:id", right: "setup_write", page: QueuePage },
  {
    pattern: "/admin/skills",
    right: "setup_write",
    page: SkillsPage,
    menu: { section: "admin", title: "skills.title", icon: "star" },
  },
  {
    pattern: "/admin/groups",
    right: "setup_write",
    page: GroupsPage,
    menu: { section: "admin", title: "groups.title", icon: "users" },
  },
  {
    pattern: "/admin/announcements",
    right: "setup_write",
    page: AnnouncementsPage,
    menu: { section: "admin", title: "announcements.title", icon: "speaker" },
  },
  {
    pattern: "/admin/hours",
    right: "setup_write",
    page: HoursListPage,
    menu: { section: "admin", title: "hours.title", icon: "clock" },
  },
  { pattern: "/admin/hours/:id", right: "setup_write", page: HoursPage },
  {
    pattern: "/admin/calendars",
    right: "setup_write",
    page: CalendarListPage,
    menu: { section: "admin", title: "calendar.title", icon: "sun" },
  },
  { pattern: "/admin/calendars/:id", right: "setup_write", page: CalendarPage },
  {
    pattern: "/admin/outcomes",
    right: "setup_write",
    page: OutcomesPage,
    menu: { section: "admin", title: "outcomes.title", icon: "wrap" },
  },
  {
    pattern: "/admin/do-not-call",
    right: "do_not_call_manage",
    page: DoNotCallPage,
    menu: { section: "admin", title: "dnc.title", icon: "end" },
  },
  {
    pattern: "/admin/changes",
    right: "setup_read",
    page: ChangesPage,
    menu: { section: "admin", title: "changes.title", icon: "callback" },
  },
  {
    pattern: "/admin/audit",
    right: "audit_read",
    page: AuditPage,
    menu: { section: "admin", title: "audit.title", icon: "list" },
  },
  {
    pattern: "/account",
    right: null,
    page: AccountPage,
    menu: { section: "account", title: "account.title", icon: "shield" },
  },
];

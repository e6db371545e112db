// Every page of the office: its address, what it is called, the right that it needs, and whether the menu names it.

import type { ComponentType } from "preact";
import type { Key } from "../i18n";
import type { IconName } from "../ui/icon";
import { AccountPage } from "./accountpage";
import { AuditPage } from "./audit";
import { NewPersonPage } from "./people/newperson";
import { PeoplePage } from "./people/list";
import { PersonPage } from "./people/person";
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

// Words for what the server names by id.

import type { Key } from "../i18n";
import { t, tryT } from "../i18n";
import type { Option } from "../ui/field";

export const ROLES = ["agent", "telemarketer", "engineer", "sales", "supervisor", "admin"] as const;

export const roleName = (id: string): string => tryT(`role.${id}`, id);

export const roleOptions = (): (Option & { about: string })[] =>
  ROLES.map((id) => ({ id, label: roleName(id), about: t(`role_about.${id}` as Key) }));

export const actionName = (id: string): string => tryT(`act.${id}`, id.replaceAll("_", " "));

// What the mock server says of hours and calendars; changes are kept.

import { of } from "./setup.mjs";

const WORKDAY = ["09:00-14:00", "16:00-19:30"];

export const newHours = () => ({
  hours: [
    {
      id: "office",
      name: "Office",
      zone: "Europe/Madrid",
      weekly: {
        mon: WORKDAY,
        tue: WORKDAY,
        wed: WORKDAY,
        thu: WORKDAY,
        fri: ["09:00-15:00"],
        sat: [],
        sun: [],
      },
      calendars: ["madrid"],
      version: 1,
      open: true,
      changes_at: "2026-03-02T13:00:00Z",
    },
    {
      id: "night",
      name: "Night and weekends, when the colleagues overseas look after everybody who calls",
      zone: "America/Argentina/Buenos_Aires",
      weekly: { fri: ["20:00-24:00"], sat: ["00:00-24:00"], sun: ["00:00-24:00"] },
      calendars: [],
      version: 1,
      open: false,
      changes_at: "2026-03-06T23:00:00Z",
    },
  ],
  calendars: [
    {
      id: "madrid",
      name: "Madrid",
      days: [
        { date: "2026-03-19", name: "San José", yearly: false, open: [] },
        { date: "2026-12-24", name: "Nochebuena", yearly: true, open: ["09:00-13:00"] },
        { date: "2026-12-25", name: "Navidad", yearly: true, open: [] },
      ],
      version: 1,
    },
  ],
});

const PREVIEW = {
  open: true,
  changes_at: "2026-03-02T13:00:00Z",
  here: "2026-03-02T11:42",
  special: [{ date: "2026-03-19", name: "San José", open: [] }],
};

const made = (rows, id, row) => (
  rows.push({ id, version: 1, ...row }),
  [201, { id, version: 1, change: "su-9" }]
);

export const HOURS_ROUTES = {
  "GET /api/hours": (world) => [200, { hours: of(world).hours }],
  "GET /api/calendars": (world) => [200, { calendars: of(world).calendars }],
  "POST /api/hours/preview": () => [200, PREVIEW],
  "POST /api/hours": (world, { body }) =>
    made(of(world).hours, "new_hours", { calendars: [], open: false, changes_at: null, ...body }),
  "POST /api/calendars": (world, { body }) =>
    made(of(world).calendars, "new_calendar", { days: [], ...body }),
};

const ofKind =
  (kind) =>
  (world, { method, path, body }) => {
    const setup = of(world);
    const there = setup[kind].find(({ id }) => path.split("?")[0].endsWith(`/${id}`));
    if (method === "DELETE") {
      setup[kind] = setup[kind].filter((one) => one !== there);
      return [200, { id: there.id, version: 0, change: "su-9" }];
    }
    const { version } = there;
    if (body.version !== version)
      return [
        409,
        { error: { id: "setup_changed", message: "changed", details: { version, current: there } } },
      ];
    Object.assign(there, body, { version: version + 1 });
    return [200, { id: there.id, version: version + 1, change: "su-9" }];
  };

export const HOURS_ENDINGS = [
  ["/api/hours/", ofKind("hours")],
  ["/api/calendars/", ofKind("calendars")],
];

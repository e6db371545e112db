// The demo's accounts, which the server puts into the page in demo mode only.

export interface Demo {
  logins: string[];
  password: string;
}

export function demoOf(page: ParentNode): Demo | null {
  const said = page.querySelector<HTMLMetaElement>('meta[name="demo"]')?.content;
  return said ? (JSON.parse(said) as Demo) : null;
}

// A quiet hint below the sign-in form: who may be tried in the demo. A click fills the form.

import { t } from "./i18n";
import type { Demo } from "./store/demo";
import { Button } from "./ui/basics";

export function DemoHint({ demo, fill }: { demo: Demo | null; fill: (login: string) => void }) {
  if (!demo) return null;
  return (
    <div class="demo soft small">
      <span>{t("sign_in.demo")}</span>
      {demo.logins.map((login) => (
        <Button key={login} kind="link" small onClick={() => fill(login)}>
          {login}
        </Button>
      ))}
      <span>{t("sign_in.demo_password", { password: demo.password })}</span>
    </div>
  );
}

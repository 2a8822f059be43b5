/** The one style sheet, served as /style.css. Colours and sizes follow the tokens that the full page will use. */
export const STYLE = `:root {
  color-scheme: light dark;
  --bg: #fff; --bg3: #eceeed; --line: #e3e6e5; --line2: #c4cac7; --field: #7f8985;
  --ink: #141918; --ink2: #47514e; --ink3: #626d6a; --accent: #0e6a51; --amber: #8a5100; --red: #b0261d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #101413; --bg3: #1e2523; --line: #262e2b; --line2: #46524e; --field: #76837e;
    --ink: #eef1f0; --ink2: #b4bebb; --ink3: #8d9995; --accent: #62c7a5; --amber: #eeb45c; --red: #ff8f85;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums;
}
main, footer {
  max-width: 720px; margin: 0 auto;
  padding: 40px max(24px, env(safe-area-inset-right)) 24px max(24px, env(safe-area-inset-left));
}
h1 { margin: 0 0 12px; font-size: 36px; line-height: 1.14; font-weight: 620; letter-spacing: -.024em; text-wrap: balance; }
h1.person { color: var(--amber); }
h1.bad { color: var(--red); }
h2 { margin: 0 0 8px; font-size: 19px; line-height: 1.3; }
p { margin: 0 0 12px; max-width: 62ch; text-wrap: pretty; overflow-wrap: anywhere; }
.lead { font-size: 17px; color: var(--ink2); }
.notice { border-left: 3px solid var(--accent); padding: 4px 0 4px 12px; margin-bottom: 24px; }
.notice.bad { border-color: var(--amber); }
.small, footer { font-size: 13.5px; color: var(--ink3); }
section { border-top: 1px solid var(--line); padding-top: 24px; margin-top: 32px; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 16px 0 0; }
label { display: block; font-size: 13px; color: var(--ink2); margin-bottom: 4px; }
button {
  font: inherit; color: var(--ink); background: none; border: 1px solid var(--line2); border-radius: 8px;
  min-height: 38px; padding: 0 14px; cursor: pointer;
}
button.main { background: var(--ink); border-color: var(--ink); color: var(--bg); }
button:hover { border-color: var(--ink); }
input[name=code] {
  font: 26px/1 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; letter-spacing: .24em;
  width: 9.5ch; min-height: 48px; padding: 4px 12px; color: var(--ink); background: var(--bg3);
  border: 1px solid var(--field); border-radius: 10px;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
progress { display: block; width: 100%; height: 6px; margin: 16px 0; accent-color: var(--accent); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 24px; margin: 0; }
dt { color: var(--ink3); }
dd { margin: 0; overflow-wrap: anywhere; }
footer { padding-top: 0; }
@media (pointer: coarse) { button { min-height: 44px; } }
@media (max-width: 760px) {
  h1 { font-size: 28px; }
  .lead { font-size: 16px; }
  main, footer { padding-left: max(16px, env(safe-area-inset-left)); padding-right: max(16px, env(safe-area-inset-right)); }
  main { padding-top: 24px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
}
@media (forced-colors: active) { button, input { border-color: ButtonText; } }
`;

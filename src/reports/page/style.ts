/** The style of a report. The page allows no other style: its hash is in the policy. */
import { createHash } from 'node:crypto';

const LIGHT =
  '--bg:#fff;--text:#1b2026;--soft:#59636e;--line:#e1e5ea;--panel:#f6f7f9;--bar:#7386a0;' +
  '--good:#1a7340;--warn:#8a5300;--bad:#b3261e;--badbg:#fdf1f0;--warnbg:#fdf6ea';
const DARK =
  '--bg:#14171b;--text:#e4e7eb;--soft:#9ea8b3;--line:#2b3138;--panel:#1b1f25;--bar:#7f93ad;' +
  '--good:#63c58b;--warn:#e2ac55;--bad:#ff8f85;--badbg:#2b1a19;--warnbg:#292116';

/** CSS without comments and with few spaces: it is part of each page. */
export const STYLE = `
:root{${LIGHT};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:1200px;margin:0 auto;padding:40px 24px 56px}
h1,h2,h3,p,ul,dl,dd,figure{margin:0;padding:0}
h1{font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:21px;line-height:1.3;font-weight:650;overflow-wrap:anywhere}
h3{font-size:15px;font-weight:650;margin:32px 0 10px}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.soft{color:var(--soft)}
.lead{margin-top:8px;color:var(--soft)}
.place{margin-top:48px;padding-top:24px;border-top:1px solid var(--line)}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;
white-space:nowrap}
.items{list-style:none;display:grid;gap:10px}
.items li{border-left:3px solid var(--line);background:var(--panel);padding:10px 14px;
overflow-wrap:anywhere}
.items .now{border-color:var(--bad);background:var(--badbg)}
.items .notice{border-color:var(--warn);background:var(--warnbg)}
.items b{font-weight:650}
.items p{max-width:100ch}
.tag{font-size:13px;color:var(--soft)}
.now .tag{color:var(--bad)}.notice .tag{color:var(--warn)}
.facts{display:grid;grid-template-columns:repeat(4,1fr);gap:28px}
.facts dt{color:var(--soft);font-size:13px}
.facts dd b{font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}
.facts dd span{color:var(--soft)}
.facts svg{margin-top:6px}
svg{display:block;width:100%;height:28px;fill:var(--bar)}
.facts svg{height:36px}
.base{stroke:var(--line);fill:none}.limit{stroke:var(--soft);stroke-dasharray:3 3;fill:none}
.fail{fill:var(--bad)}.stop{fill:none;stroke:var(--warn)}.broke{fill:none;stroke:var(--bad)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;font-weight:400;vertical-align:top;padding:7px 14px 7px 0;
border-top:1px solid var(--line)}
thead th{color:var(--soft);font-size:13px;border-top:0;vertical-align:bottom}
.n{text-align:right}
.zero{color:var(--soft)}
.streams tbody th{font-weight:600;overflow-wrap:anywhere}
.streams>tbody>tr>:last-child,.streams>thead>tr>:last-child{width:240px;padding-right:0}
details>summary{cursor:pointer;border-radius:3px}
details>summary:focus-visible{outline:2px solid var(--text);outline-offset:2px}
.chart>summary{list-style:none}
.chart>summary::-webkit-details-marker{display:none}
.chart table,.runs table{font-size:12px;margin:8px 0}
.chart th,.chart td{padding:2px 8px 2px 0}
.chart th:last-child,.chart td:last-child{padding-right:0}
.runs{margin-top:14px}
.runs>summary{color:var(--soft);font-size:13px;width:fit-content}
.runs th,.runs td{padding:3px 12px 3px 0}
.scroll{overflow-x:auto}
footer{margin-top:40px;padding-top:14px;border-top:1px solid var(--line);color:var(--soft);
font-size:13px}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:10px;color:var(--soft);font-size:13px}
.key svg{display:inline-block;width:8px;height:14px;margin-right:6px;vertical-align:-2px}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
@media screen and (max-width:1000px){
main{padding:24px 16px 40px}h1{font-size:25px}
.facts{grid-template-columns:1fr 1fr;gap:20px}
.streams,.streams>tbody{display:block}
.streams>thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.streams>tbody>tr{display:grid;grid-template-columns:repeat(4,1fr);gap:6px 10px;padding:14px 0;
border-top:1px solid var(--line)}
.streams>tbody>tr>*{border:0;padding:0;text-align:left}
.streams>tbody>tr>th{grid-column:1/4}
.streams>tbody>tr>td:nth-child(2){text-align:right}
.streams>tbody>tr>td:last-child{grid-column:1/5;width:auto}
.streams td[data-label]::before{content:attr(data-label);display:block;color:var(--soft);
font-size:12px;line-height:1.3}
}
@media print{
@page{margin:9mm}
:root{${LIGHT};color-scheme:light}
body{font-size:8px;line-height:1.35;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{padding:0;max-width:none}
h1{font-size:17px}h2{font-size:13px}h3{font-size:9px;margin:9px 0 4px}
.place+.place{break-before:page}.place{margin-top:12px;padding-top:10px}
.lead{margin-top:3px}
.items{gap:3px}.items li{padding:3px 8px}
.items p{max-width:none}
.tag,thead th,.facts dt,footer,.key{font-size:7px}
.facts{grid-template-columns:repeat(4,1fr);gap:14px}.facts dd b{font-size:11px}
.facts svg,svg{height:16px;margin-top:2px}
th,td{padding:2px 7px 2px 0}
.streams{display:table}
.streams>tbody>tr>:last-child,.streams>thead>tr>:last-child{width:130px}
.streams svg{height:12px;margin:0}
.runs{display:none}
footer{margin-top:8px;padding-top:4px}
tr,li{break-inside:avoid}
}
`.replaceAll('\n', '');

/** The policy of the page: nothing is loaded, and no style but this one applies. */
export const POLICY =
  `default-src 'none'; base-uri 'none'; form-action 'none'; ` +
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

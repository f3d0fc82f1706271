#include "report/html.hpp"

namespace rootseal::report {

// Colours have at least 4.5:1 against what they stand on, in both schemes; none of them is the only sign.
Markup html_style() {
  return Markup::raw(R"(<style>
:root { --page: #ffffff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --box: #f6f8fa; --link: #0550ae;
  --good: #12652c; --bad: #a4160f; --open: #7a4b00;
  --good-box: #e6f4ea; --bad-box: #fdecea; --open-box: #fff4d6; --band: #cfe3d6; --twin: #b6bec7; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --text: #e6e8eb; --soft: #9aa4af; --line: #363d46; --box: #1c2127; --link: #79b8ff;
    --good: #5fd082; --bad: #ff8f87; --open: #eab94d;
    --good-box: #16301f; --bad-box: #3d1a18; --open-box: #37290b; --band: #1f4a2e; --twin: #59636e; }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  background: var(--page); color: var(--text); }
body { max-width: 1240px; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 1.5rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 1.25rem 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 75ch; }
a { color: var(--link); }
code, pre { font: 0.85em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { white-space: pre-wrap; margin: 0.25rem 0; padding: 0.5rem; background: var(--box); border-radius: 4px; }
ul { padding-left: 1.2rem; margin: 0.5rem 0; }
li { margin: 0.25rem 0; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding: 0.75rem 0; margin-top: 1rem;
  border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.verdict { font-size: 1.1rem; }
.quiet, .where, .control { color: var(--soft); }
.where, .control { display: block; font-size: 0.8rem; font-weight: normal; }
.scope { border-left: 4px solid var(--line); padding-left: 0.75rem; max-width: 90ch; }
.figures { white-space: nowrap; }
.badge { display: inline-block; font-weight: 600; white-space: nowrap; }
.glance .badge, dd .badge, .verdict .badge { white-space: normal; }
.note { display: block; font-size: 0.8rem; color: var(--open); overflow-wrap: anywhere; max-width: 16rem; }
.badge.good { color: var(--good); }
.badge.bad { color: var(--bad); }
.badge.open { color: var(--open); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
.card { border: 1px solid var(--line); border-left-width: 6px; border-radius: 6px; padding: 0.5rem 1rem 0.75rem;
  background: var(--box); }
.card.good { border-left-color: var(--good); }
.card.bad { border-left-color: var(--bad); }
.card.open { border-left-color: var(--open); }
.card h3 { margin: 0.25rem 0; font-size: 1.15rem; }
.words { font-weight: 600; }
.words.good { color: var(--good); }
.words.bad { color: var(--bad); }
.words.open { color: var(--open); }
dl { margin: 0.5rem 0; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; }
@media (min-width: 1000px) {
  .glance tbody th { min-width: 22rem; }
  dl { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0.35rem 1rem; }
  dd { margin: 0; }
}
summary { cursor: pointer; }
details { margin: 0.25rem 0; }
details details { font-size: 0.95em; }
td details, th details { font-weight: normal; max-width: 32rem; }
.scroll { overflow-x: auto; margin: 0.5rem 0 1rem; }
table { border-collapse: collapse; font-size: 0.875rem; line-height: 1.35; overflow-wrap: normal; }
caption { text-align: left; color: var(--soft); padding: 0.25rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; background: var(--box); }
tbody th { font-weight: normal; min-width: 11rem; max-width: 30rem; overflow-wrap: anywhere; }
td.bad, th.bad { background: var(--bad-box); }
td.open, th.open { background: var(--open-box); }
svg.forest { display: block; font-size: 10px; font-weight: normal; fill: var(--soft); }
svg .margin { fill: var(--band); }
svg .one { stroke: var(--soft); stroke-width: 1; }
svg .twin { stroke: var(--twin); stroke-width: 7; }
svg line.here { stroke: var(--text); stroke-width: 2; }
svg circle.here, svg polygon.here { fill: var(--text); }
@media (max-width: 640px) {
  body { padding: 0.75rem; }
  tbody th { position: sticky; left: 0; background: var(--page); min-width: 9rem; max-width: 11rem; }
}
@media (max-width: 480px) {
  .glance thead { display: none; }
  .glance table, .glance tbody, .glance caption, .glance th { display: block; }
  .glance tr { display: grid; grid-template-columns: 1fr 1fr; border-bottom: 1px solid var(--line); }
  .glance th { grid-column: 1 / -1; position: static; max-width: none; }
  .glance th, .glance td { border: 0; }
  .glance td::before { display: block; color: var(--soft); }
  .glance td:nth-of-type(1)::before { content: "works"; }
  .glance td:nth-of-type(2)::before { content: "recovers"; }
  .glance td:nth-of-type(3)::before { content: "an attacker can write"; }
  .glance td:nth-of-type(4)::before { content: "cost"; }
}
@media print {
  html { font-size: 11px; }
  nav { display: none; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  tr, .card { break-inside: avoid; }
}
</style>
)");
}

}  // namespace rootseal::report

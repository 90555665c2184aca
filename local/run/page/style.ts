/** The page's looks. Colours are told apart by their brightness too, and no value is told by colour alone. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --card: #f5f6f8; --line: #d5d9e0; --text: #1b1f27; --soft: #545c6b; --link: #0b57d0;
  --good: #1a7f4b; --bad: #c02626; --again: #8a5a00; --node: #e8eefc; --node-line: #7d93c4; --flow: #7fa3dd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12151b; --card: #1b2029; --line: #39414f; --text: #e8eaf0; --soft: #a9b1c0; --link: #8ab4f8;
    --good: #4cc38a; --bad: #ff7b72; --again: #e2b04a; --node: #223150; --node-line: #6d86bd; --flow: #55749f;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.1rem; margin: 0; color: var(--soft); font-weight: 600; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
code { font: .875em ui-monospace, monospace; }
.verdict { font-size: 1.75rem; font-weight: 700; margin: .25rem 0; line-height: 1.25; }
.good { color: var(--good); } .bad { color: var(--bad); } .again { color: var(--again); } .soft { color: var(--soft); }
.small { font-size: .875rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: 1rem 0 0; }
nav a { display: inline-block; padding: .25rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tiles div, .card, .files > li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
.tiles dt { color: var(--soft); font-size: .875rem; }
.tiles dd { margin: 0; font-size: 1.4rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.tiles dd small { display: block; font-size: .8125rem; font-weight: 400; color: var(--soft); }
.trouble { border-left: .3rem solid var(--bad); }
.files { list-style: none; padding: 0; margin: 0; display: grid; gap: .5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); }
.card.reasons { padding-left: 1.75rem; }
.files .what { display: flex; flex-wrap: wrap; gap: 0 .75rem; justify-content: space-between; align-items: baseline; }
.reasons { margin: .5rem 0 0; list-style: disc; padding-left: 1.25rem; }
.bar { display: block; width: 100%; height: .625rem; margin: .35rem 0; border-radius: .2rem; background: var(--line); }
.fill-loaded, .fill-span { fill: var(--good); } .fill-replaced { fill: var(--again); }
.fill-rejected, .fill-open { fill: var(--bad); } .fill-missing { fill: var(--soft); }
.fill-inserted { fill: var(--good); } .fill-updated { fill: var(--again); } .fill-deleted { fill: var(--bad); }
.fill-unchanged { fill: var(--node-line); } td .bar { min-width: 7rem; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; }
.key { display: inline-block; width: .75rem; height: .75rem; margin-right: .35rem; vertical-align: -.05rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.scroll svg { display: block; margin: 0 auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; }
th { background: var(--card); font-weight: 600; }
.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td { min-width: 9rem; } td.number { min-width: 3.5rem; } th { white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .4rem 0; padding: 0 .75rem; }
details[open] { padding-bottom: .6rem; }
summary { cursor: pointer; padding: .55rem 0; }
details ul { margin: 0; padding-left: 1.1rem; }
.timeline { display: grid; gap: .15rem .75rem; margin: 0; padding: 0; list-style: none; }
.timeline .bar { margin: 0; }
.timeline li > span { display: flex; justify-content: space-between; gap: .75rem; font-size: .875rem; }
.facts { white-space: nowrap; }
.axis { display: flex; justify-content: space-between; font-size: .8125rem; color: var(--soft); }
@media (min-width: 48rem) {
  .timeline li { display: grid; grid-template-columns: 22rem 1fr; gap: .75rem; align-items: center; }
  .axis { margin-left: 22.75rem; }
}
.node rect { fill: var(--node); stroke: var(--node-line); } .node.refusal rect { fill: none; stroke: var(--bad); stroke-width: 2; }
.node.store rect { rx: 14px; } .node text { fill: var(--text); font: 600 13px system-ui, sans-serif; }
.node .second { fill: var(--soft); font-weight: 400; font-size: 12px; }
.edge { fill: none; stroke: var(--flow); stroke-linecap: round; } .edge.refusal { stroke: var(--bad); }
@media print { .scroll { overflow: visible; } }
`;

"""The style sheet of all pages; colours come from Streamlit's theme, so light and dark both work."""

STYLE = """
<style>
.stMainBlockContainer {padding: 1.4rem 2rem 2rem;}
[data-testid="stHeader"] {background: transparent; height: 2.4rem; min-height: 2.4rem; pointer-events: none;}
[data-testid="stHeader"] button {pointer-events: auto;}
.st-key-charts > * {flex: 1 1 200px !important; min-width: 200px;}
.st-key-figures > :first-child {flex: 2 1 460px !important; min-width: 0;}
.st-key-figures > :last-child {flex: 1 1 300px !important; min-width: 280px;}
[data-testid="stSidebar"] .stElementContainer {margin-bottom: -.35rem;}

.xp-grid {display:grid; grid-template-columns:repeat(5,minmax(0,1fr)); gap:.7rem .8rem;}
@media (max-width:1000px) {.xp-grid {grid-template-columns:repeat(3,minmax(0,1fr));}}
@media (max-width:560px) {.xp-grid {grid-template-columns:repeat(2,minmax(0,1fr));}}
.xp-panel {margin:0;}
.xp-panel figcaption {font-size:.82rem; font-weight:600; line-height:1.25rem; white-space:nowrap;
  overflow:hidden; text-overflow:ellipsis;}
.xp-box {position:relative; background:#000; border-radius:3px; overflow:hidden; aspect-ratio:1;}
.xp-box img {position:absolute; width:100%; height:100%; left:0; top:0; image-rendering:pixelated;}
.xp-box img.xp-over {image-rendering:auto;}
.xp-bar {height:6px; margin-top:4px; border-radius:2px; position:relative;}
.xp-bar i {position:absolute; top:-2px; width:2px; height:10px; background:currentColor;}
.xp-ends {display:flex; justify-content:space-between; font-size:.7rem; opacity:.75; line-height:1rem;
  font-variant-numeric:tabular-nums;}

.xp-table {border-collapse:collapse; width:100%; font-size:.84rem; font-variant-numeric:tabular-nums;}
.xp-table th {font-weight:600; text-align:right; padding:.2rem .5rem; border-bottom:1px solid currentColor;
  vertical-align:bottom;}
.xp-table td {text-align:right; padding:.22rem .5rem; border-bottom:1px solid rgba(128,128,128,.25);}
.xp-table th:first-child,.xp-table td:first-child {text-align:left; white-space:nowrap;}
.xp-table .best {font-weight:700;}
.xp-key {display:inline-block; width:.7rem; height:.7rem; border-radius:2px; margin-right:.45rem;}
.xp-scroll {overflow-x:auto;}
</style>
"""

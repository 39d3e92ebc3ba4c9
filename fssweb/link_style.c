/*
 * The style sheet of the pages of share links: colours, type and distances of
 * the page (ui/src/style), as far as these pages have use for them.  Written
 * for browsers older than the page's own too: strangers bring theirs.
 */
#include "api_handlers.h"
#include "html.h"

/* Two, for a compiler need not take a text of more than 4,095 bytes. */
static const char look[] =
    ":root{color-scheme:light dark;--ground:#f5f5f1;--surface:#ffffff;"
    "--sunken:#eeeee8;--text:#1b2226;--muted:#5a646b;--line:#dfe1da;"
    "--strong-line:#84908f;--accent:#0b6e63;--accent-strong:#085a51;"
    "--on-accent:#ffffff;--accent-soft:#e0efec;--hover:#ecefea;"
    "--danger:#a92a1c;--warn:#7d5200;--warn-soft:#fdf1d9;"
    "--folder:#a8741a;--image:#2f6f9f;--video:#7b4aa0;--audio:#9a3d74;"
    "--pdf:#a8402f}\n"
    "@media (prefers-color-scheme:dark){:root{--ground:#131719;"
    "--surface:#1b2023;--sunken:#0f1214;--text:#e7ebec;--muted:#a3adb3;"
    "--line:#2f373c;--strong-line:#66737a;--accent:#5fcfbd;"
    "--accent-strong:#86dfd0;--on-accent:#06211d;--accent-soft:#173733;"
    "--hover:#272e32;--danger:#ff9c8c;--warn:#f3c06b;--warn-soft:#3b2f17;"
    "--folder:#e7b765;--image:#87bfe8;--video:#c9a2e8;--audio:#eb9cc8;"
    "--pdf:#f2a294}}\n"
    "*{box-sizing:border-box}\n"
    "html{font:100%/1.45 system-ui,-apple-system,\"Segoe UI\",Roboto,"
    "\"Noto Sans\",\"Liberation Sans\",sans-serif;background:var(--ground);"
    "color:var(--text);-webkit-text-size-adjust:100%;text-size-adjust:100%}\n"
    "body{margin:0;min-height:100vh;display:flex;flex-direction:column}\n"
    "h1,p,ul{margin:0;padding:0}\n"
    "header{display:flex;align-items:center;gap:.6rem;padding:.6rem 1rem;"
    "background:var(--surface);border-bottom:1px solid var(--line)}\n"
    ".logo{flex:none}\n"
    ".brand{font-weight:700;font-size:1.1rem;min-width:0;"
    "overflow-wrap:anywhere}\n"
    "main{width:calc(100% - 2rem);max-width:25rem;margin:auto;padding:1.75rem;"
    "border:1px solid var(--line);border-radius:14px;"
    "background:var(--surface);display:flex;flex-direction:column;gap:.9rem;"
    "box-shadow:0 1px 2px rgba(0,0,0,.07),0 8px 24px rgba(0,0,0,.1);"
    "text-align:center}\n"
    "main:not(.wide){margin-top:max(1rem,12vh)}\n"
    "main.wide{max-width:60rem;margin:1rem auto;padding:1.1rem 1.25rem;"
    "text-align:start}\n"
    "h1{font-size:1.35rem;line-height:1.25;font-weight:650;"
    "overflow-wrap:anywhere}\n"
    "p{overflow-wrap:anywhere}\n"
    "a{color:var(--accent);text-decoration:none}\n"
    "a:hover{text-decoration:underline}\n"
    ".muted{color:var(--muted)}\n"
    ".icon{width:1.25rem;height:1.25rem;flex:none;fill:none;"
    "stroke:currentcolor;stroke-width:1.6;stroke-linecap:round;"
    "stroke-linejoin:round}\n"
    ".icons{display:none}\n";
static const char parts[] =
    ".sign{display:grid;place-items:center;width:4rem;height:4rem;"
    "margin:0 auto;border-radius:50%;background:var(--accent-soft);"
    "color:var(--accent)}\n"
    ".sign .icon{width:1.9rem;height:1.9rem}\n"
    ".sign.warn{background:var(--warn-soft);color:var(--warn)}\n"
    ".kind-file,.kind-text,.kind-link{color:var(--muted)}\n"
    ".kind-folder{color:var(--folder);fill:var(--folder);"
    "fill-opacity:.18}\n"
    ".kind-image{color:var(--image)}\n"
    ".kind-video{color:var(--video)}\n"
    ".kind-audio{color:var(--audio)}\n"
    ".kind-pdf{color:var(--pdf)}\n"
    ".head{display:flex;flex-wrap:wrap;align-items:center;"
    "gap:.5rem .75rem}\n"
    ".head h1{flex:1 1 12rem;display:flex;align-items:center;gap:.6rem;"
    "min-width:0}\n"
    "nav{color:var(--muted);overflow-wrap:anywhere}\n"
    "nav a{text-decoration:underline;text-underline-offset:.15em}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{padding:0 .5rem;height:44px;text-align:end;font-size:.9rem;"
    "color:var(--muted);border-bottom:1px solid var(--line);"
    "white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    "th{height:2.2rem;font-weight:550;font-size:.85rem}\n"
    "th:first-child,.name{text-align:start;width:100%}\n"
    ".name{white-space:normal;overflow-wrap:anywhere;font-size:1rem}\n"
    ".name div{display:flex;align-items:center;gap:.6rem;"
    "padding:.35rem 0}\n"
    ".name a,.name .muted{min-width:0}\n"
    ".name a{color:var(--text)}\n"
    "tbody tr:hover{background:var(--hover)}\n"
    ".mark{padding:.05rem .5rem;border-radius:99px;background:var(--sunken);"
    "color:var(--muted);font-size:.8rem;font-weight:550;"
    "white-space:nowrap}\n"
    "form{display:flex;flex-direction:column;gap:.9rem}\n"
    "form,ul{text-align:start}\n"
    "ul{list-style:none;padding:.6rem .8rem;border-radius:6px;"
    "background:var(--sunken);overflow-wrap:anywhere;max-height:14rem;"
    "overflow:auto}\n"
    "input{font:inherit;color:inherit;width:100%;min-height:2.4rem;"
    "padding:.4rem .65rem;border:1px solid var(--strong-line);"
    "border-radius:6px;background:var(--surface)}\n"
    "input[aria-invalid]{border-color:var(--danger)}\n"
    "button,.button{display:inline-flex;align-items:center;"
    "justify-content:center;gap:.45rem;font:inherit;font-weight:550;"
    "font-size:.925rem;line-height:1.2;min-height:2.6rem;padding:.25rem 1rem;"
    "border:1px solid var(--accent);border-radius:6px;"
    "background:var(--accent);color:var(--on-accent);cursor:pointer}\n"
    "button:hover,.button:hover{background:var(--accent-strong);"
    "text-decoration:none}\n"
    ".button.plain{border-color:var(--line);background:var(--surface);"
    "color:var(--text)}\n"
    ".button.plain:hover{background:var(--hover)}\n"
    "main:not(.wide) .button{width:100%}\n"
    ":focus-visible{outline:2px solid var(--accent);outline-offset:2px;"
    "border-radius:6px}\n"
    ".bad{color:var(--danger);font-size:.875rem}\n"
    "@media (max-width:44rem){main.wide{width:calc(100% - 1.5rem);"
    "margin-top:.75rem;padding:1rem .9rem}td:nth-child(3),th:nth-child(3)"
    "{display:none}.head .button{width:100%}}\n";

void
api_link_style(struct web_req *rq)
{
	struct html h;

	html_init(&h);
	html_put(&h, look);
	html_put(&h, parts);
	if (h.failed)
		web_reply_error(rq, FSS_ENOMEM, NULL);
	else {
		web_reply_cache(rq, "public, max-age=3600");
		web_reply(rq, 200, "text/css; charset=utf-8", h.p, h.len);
	}
	html_release(&h);
}

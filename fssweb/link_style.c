/*
 * The style sheet of the pages of share links.
 */
#include "api_handlers.h"

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2024;--paper:#fbfbf9;"
    "--line:#d8d8d2;--mark:#0b5f8a;--dim:#5c6166;--bad:#a4262c}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6e7e8;"
    "--paper:#17191b;--line:#34383c;--mark:#7cc4ea;--dim:#9ba1a6;"
    "--bad:#ff9a9a}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "main{max-width:48rem;margin:0 auto;padding:2rem 1rem}\n"
    "h1{font-size:1.4rem;overflow-wrap:anywhere}\n"
    "a{color:var(--mark)}\n"
    "nav{margin-bottom:1rem;overflow-wrap:anywhere}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;padding:.45rem .5rem;"
    "border-bottom:1px solid var(--line);overflow-wrap:anywhere}\n"
    "th{color:var(--dim);font-weight:500}\n"
    "td:nth-child(n+2){color:var(--dim);white-space:nowrap}\n"
    "input{font:inherit;padding:.5rem;max-width:100%;color:inherit;"
    "background:transparent;border:1px solid var(--line);"
    "border-radius:.3rem}\n"
    "button,.button{display:inline-block;font:inherit;padding:.5rem 1rem;"
    "border:0;border-radius:.3rem;background:var(--mark);"
    "color:var(--paper);text-decoration:none;cursor:pointer}\n"
    "a:focus-visible,button:focus-visible,input:focus-visible{"
    "outline:3px solid var(--mark);outline-offset:2px}\n"
    ".bad{color:var(--bad)}\n"
    "@media (max-width:30rem){td:nth-child(3),th:nth-child(3)"
    "{display:none}}\n";

void
api_link_style(struct web_req *rq)
{
	web_reply_cache(rq, "public, max-age=3600");
	web_reply(rq, 200, "text/css; charset=utf-8", style,
	    sizeof(style) - 1);
}

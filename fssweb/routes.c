/*
 * The table of routes, and what answers for the front end itself.
 */
#include "host.h"

/* GET /api/v1/health: whether this front end and its hub are there. */
static void
health(struct web_req *rq)
{
	web_reply_json(rq, hub_up() ? 200 : 503, json_pack("{s:s,s:b,s:s}",
	    "status", hub_up() ? "ok" : "hub away", "hub", hub_up(),
	    "version", fss_version()));
}

const struct web_route web_routes[] = {
	{ WEB_GET, "/api/v1/health", health, WEB_NO_HUB, NULL },
	{ 0, NULL, NULL, 0, NULL }
};

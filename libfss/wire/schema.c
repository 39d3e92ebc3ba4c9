/*
 * The descriptor of each record of the protocol, made from schema.def.
 *
 * message.c walks these tables; nothing here is code.  Each table of fields
 * ends with an unused row so that a record may have none.
 */
#include "wire/schema.h"

#define FLAG_REQ	true
#define FLAG_OPT	false

#define R(rec)								\
	static const struct fss__field rec##_fields[] = {
#define F(rec, key, kind, member, flags, max)				\
	{ key, FSS__##kind, FLAG_##flags,				\
	    offsetof(struct fss__m_##rec, member), max, NULL, #member },
#define L(rec, key, member, sub, flags, max)				\
	{ key, FSS__LIST, FLAG_##flags,					\
	    offsetof(struct fss__m_##rec, member), max, &fss__r_##sub,	\
	    #member },
#define E(rec)								\
	{ 0, 0, false, 0, 0, NULL, NULL }				\
	};								\
	const struct fss__record fss__r_##rec = {			\
		#rec, rec##_fields,					\
		sizeof(rec##_fields) / sizeof(rec##_fields[0]) - 1,	\
		sizeof(struct fss__m_##rec)				\
	};
#include "wire/schema.def"
#undef R
#undef F
#undef L
#undef E

/*
 * The signs in indexed names; see search_text.c.  Names cannot hold them.
 */
#ifndef FSS__STORE_SEARCH_TEXT_H
#define FSS__STORE_SEARCH_TEXT_H

#define FSS__SEARCH_SIGN_WORD	'\001'
#define FSS__SEARCH_SIGN_START	'\002'
#define FSS__SEARCH_SIGN_END	'\003'

#endif

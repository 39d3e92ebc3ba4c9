/*
 * The versions of the library that runs, as against the headers' macros.
 */
#include <fss/version.h>

const char *
fss_version(void)
{
	return FSS_VERSION_TEXT;
}

int
fss_abi_major(void)
{
	return FSS_ABI_MAJOR;
}

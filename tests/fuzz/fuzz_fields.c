/*
 * Fields of every record there is; the first byte says which.
 */
#include "record.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fss__slice s;

	if (size == 0)
		return 0;
	s.p = data + 1;
	s.n = size - 1;
	(void)record_check(s, record_all[data[0] % record_count]);
	return 0;
}

/*
 * Many SHA-256 at once, by the Multi-Buffer library.
 *
 * One digest is a chain: each block waits for the one before, and most of the
 * processor idles meanwhile.  Leaves do not wait for each other, so as many
 * are worked on as it has lanes: sixteen with AVX-512, two with the SHA
 * instructions, eight with AVX2 alone.  The library takes the widest there
 * is; two with instructions made for it are nearly twice as quick as eight
 * without, so those are asked for.  Figures: docs/adr/0012-leaves.md.
 *
 * A manager is one thread's while it is in use, and takes longer to set up
 * than a chunk takes to hash; those not in use are kept, no more than have
 * ever been in use at once.  They stay until the process ends.  Where there is
 * none to be had leaves are hashed one by one, with the same result.
 */
#include "crypto/leaves.h"

#if FSS_MULTIBUFFER

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include <intel-ipsec-mb.h>

#define KEPT	16	/* managers; hubs and clients have fewer threads */
#define ROUND	16	/* leaves worked on at once, or eight twice */
#define FEW	7	/* fewer of a round take longer than one by one */

static _Atomic(IMB_MGR *) kept[KEPT];
static atomic_bool unfit;	/* the library knows no such processor */

static bool
two_lanes(const IMB_MGR *m)
{
	return m->used_arch != IMB_ARCH_AVX512 &&
	    (m->features & IMB_FEATURE_SHANI) != 0;
}

static IMB_MGR *
take(void)
{
	IMB_MGR *m;
	int i;

	if (atomic_load_explicit(&unfit, memory_order_relaxed))
		return NULL;
	for (i = 0; i < KEPT; i++) {
		m = atomic_exchange(&kept[i], NULL);
		if (m != NULL)
			return m;
	}
	m = alloc_mb_mgr(0);
	if (m == NULL)
		return NULL;
	init_mb_mgr_auto(m, NULL);
	/* Only its functions for SSE know the SHA instructions. */
	if (imb_get_errno(m) == 0 && two_lanes(m))
		init_mb_mgr_sse(m);
	if (imb_get_errno(m) == 0)
		return m;
	free_mb_mgr(m);
	atomic_store_explicit(&unfit, true, memory_order_relaxed);
	return NULL;
}

static void
give_back(IMB_MGR *m)
{
	IMB_MGR *none;
	int i;

	for (i = 0; i < KEPT; i++) {
		none = NULL;
		if (atomic_compare_exchange_strong(&kept[i], &none, m))
			return;
	}
	free_mb_mgr(m);
}

static int
is_done(const IMB_JOB *job)
{
	return job == NULL || job->status == IMB_STATUS_COMPLETED;
}

/* 0 if the manager refused, and then has no job left. */
static int
hash(IMB_MGR *m, const uint8_t *p, size_t n, size_t leaves, uint8_t *dst)
{
	IMB_JOB *job;
	size_t i, len;
	int ok = 1;

	for (i = 0; i < leaves && ok; i++) {
		len = n - i * FSS__LEAF;
		job = IMB_GET_NEXT_JOB(m);
		memset(job, 0, sizeof(*job));
		job->cipher_mode = IMB_CIPHER_NULL;
		job->cipher_direction = IMB_DIR_ENCRYPT;
		job->chain_order = IMB_ORDER_HASH_CIPHER;
		job->hash_alg = IMB_AUTH_SHA_256;
		job->src = p + i * FSS__LEAF;
		job->msg_len_to_hash_in_bytes = len < FSS__LEAF ? len :
		    FSS__LEAF;
		job->auth_tag_output = dst + i * FSS__LEAF_BYTES;
		job->auth_tag_output_len_in_bytes = FSS__LEAF_BYTES;
		job = IMB_SUBMIT_JOB(m);
		ok = imb_get_errno(m) == 0 && is_done(job);
	}
	while ((job = IMB_FLUSH_JOB(m)) != NULL)
		ok &= is_done(job);
	return ok;
}

size_t
fss__leaves(const uint8_t *p, size_t n, uint8_t *dst)
{
	size_t leaves = n / FSS__LEAF + (n % FSS__LEAF != 0);
	IMB_MGR *m;

	if (leaves > FSS__LEAVES)
		leaves = FSS__LEAVES;
	if (leaves < 2)
		return 0;
	m = take();
	if (m == NULL)
		return 0;
	if (!two_lanes(m) && leaves % ROUND < FEW)
		leaves -= leaves % ROUND;
	if (leaves > 0 && !hash(m, p, n, leaves, dst))
		leaves = 0;
	give_back(m);
	return leaves;
}

#else

size_t
fss__leaves(const uint8_t *p, size_t n, uint8_t *dst)
{
	(void)p;
	(void)n;
	(void)dst;
	return 0;
}

#endif

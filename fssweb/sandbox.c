/*
 * The system calls of a worker: this list and nothing else.
 *
 * Kore 4.1's own list is neither complete on Debian 12 (fstat() is
 * newfstatat there) nor strict (kill, open for writing), and what is not on
 * it kills one thread silently.  Filters of a module come before Kore's, so
 * this one is whole and ends the process: Kore then says which worker died
 * of what, and starts another.  A foreign architecture ends it too, by a
 * filter of its own before Kore's, which would end a thread only.
 *
 * No exec, no new process (clone only with CLONE_THREAD; clone3, whose flags
 * a filter cannot see, is "not there", upon which glibc uses clone), no
 * memory that is executable, no opening for writing, no signals to others.
 */
#include "kore_host.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include <kore/seccomp.h>

#if defined(__x86_64__)
#define OUR_ARCH	AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH	AUDIT_ARCH_AARCH64
#else
#error "which architecture is this?"
#endif

void kore_seccomp_hook(void);

static struct sock_filter list[] = {
	/* Most often: bytes, events, locks, time. */
	KORE_SYSCALL_ALLOW(read),
	KORE_SYSCALL_ALLOW(write),
	KORE_SYSCALL_ALLOW(recvfrom),
	KORE_SYSCALL_ALLOW(sendto),
	KORE_SYSCALL_ALLOW(epoll_pwait),
#if defined(SYS_epoll_wait)
	KORE_SYSCALL_ALLOW(epoll_wait),
	KORE_SYSCALL_ALLOW(poll),
#endif
	KORE_SYSCALL_ALLOW(ppoll),
	KORE_SYSCALL_ALLOW(futex),
	KORE_SYSCALL_ALLOW(clock_gettime),
	KORE_SYSCALL_ALLOW(epoll_ctl),
	KORE_SYSCALL_ALLOW(accept),
	KORE_SYSCALL_ALLOW(close),
	KORE_SYSCALL_ALLOW(fcntl),
	KORE_SYSCALL_ALLOW(setsockopt),
	KORE_SYSCALL_ALLOW(writev),
	KORE_SYSCALL_ALLOW(readv),
	KORE_SYSCALL_ALLOW(getrandom),

	/* Files, for reading only. */
	KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_WRONLY, EACCES),
	KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_RDWR, EACCES),
	KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_CREAT, EACCES),
	KORE_SYSCALL_DENY_WITH_FLAG(openat, 2, O_TRUNC, EACCES),
	KORE_SYSCALL_ALLOW(openat),
	/* Its flags are in memory; files.c opens for reading. */
	KORE_SYSCALL_ALLOW(openat2),
	KORE_SYSCALL_ALLOW(newfstatat),
	KORE_SYSCALL_ALLOW(fstat),
	KORE_SYSCALL_ALLOW(pread64),
	KORE_SYSCALL_ALLOW(lseek),
	KORE_SYSCALL_ALLOW(faccessat),
	KORE_SYSCALL_ALLOW(faccessat2),
#if defined(SYS_access)
	KORE_SYSCALL_ALLOW(access),
	KORE_SYSCALL_ALLOW(stat),
	KORE_SYSCALL_ALLOW(lstat),
	KORE_SYSCALL_ALLOW(readlink),
#endif
	KORE_SYSCALL_ALLOW(readlinkat),
	KORE_SYSCALL_ALLOW(getcwd),
	KORE_SYSCALL_DENY(ioctl, ENOTTY),

	/* Memory; never executable. */
	KORE_SYSCALL_ALLOW(brk),
	KORE_SYSCALL_DENY_WITH_FLAG(mmap, 2, PROT_EXEC, EACCES),
	KORE_SYSCALL_ALLOW(mmap),
	KORE_SYSCALL_DENY_WITH_FLAG(mprotect, 2, PROT_EXEC, EACCES),
	KORE_SYSCALL_ALLOW(mprotect),
	KORE_SYSCALL_ALLOW(munmap),
	KORE_SYSCALL_ALLOW(mremap),
	KORE_SYSCALL_ALLOW(madvise),
	/* libsodium keeps keys out of swap and dumps. */
	KORE_SYSCALL_ALLOW(mlock),
	KORE_SYSCALL_ALLOW(munlock),

	/* Threads of ZeroMQ. */
	KORE_SYSCALL_DENY(clone3, ENOSYS),
	KORE_SYSCALL_ALLOW_WITH_FLAG(clone, 0, CLONE_THREAD),
	KORE_SYSCALL_ALLOW(set_robust_list),
	KORE_SYSCALL_ALLOW(rseq),
	KORE_SYSCALL_ALLOW(gettid),
	KORE_SYSCALL_ALLOW(getpid),
	KORE_SYSCALL_ALLOW(getuid),
	KORE_SYSCALL_ALLOW(geteuid),
	KORE_SYSCALL_ALLOW(sched_yield),
	KORE_SYSCALL_ALLOW(sched_getaffinity),
	KORE_SYSCALL_ALLOW(sched_getscheduler),
	KORE_SYSCALL_ALLOW(sched_setscheduler),
	KORE_SYSCALL_ALLOW(sched_getparam),
	KORE_SYSCALL_ALLOW_ARG(prctl, 0, PR_SET_NAME),

	/* Sockets to the hub, and of the resolver. */
	KORE_SYSCALL_ALLOW_ARG(socket, 0, AF_INET),
	KORE_SYSCALL_ALLOW_ARG(socket, 0, AF_INET6),
	KORE_SYSCALL_ALLOW_ARG(socket, 0, AF_UNIX),
	/*
	 * libzmq asks for the network interfaces whenever a connection is
	 * lost, and aborts where it gets none: NETLINK_ROUTE, no other.
	 */
	KORE_BPF_CMP(SYS_socket, 0, 6),
	KORE_BPF_LOAD(args[0], ARGS_LO_OFFSET),
	KORE_BPF_CMP(AF_NETLINK, 0, 3),
	KORE_BPF_LOAD(args[2], ARGS_LO_OFFSET),
	KORE_BPF_CMP(NETLINK_ROUTE, 0, 1),
	KORE_BPF_RET(SECCOMP_RET_ALLOW),
	KORE_BPF_LOAD(nr, 0),
	/* Without listen() nobody can be served by it. */
	KORE_SYSCALL_ALLOW(bind),
	KORE_SYSCALL_DENY(socket, EAFNOSUPPORT),
	KORE_SYSCALL_ALLOW(socketpair),
	KORE_SYSCALL_ALLOW(connect),
	KORE_SYSCALL_ALLOW(getsockopt),
	KORE_SYSCALL_ALLOW(getsockname),
	KORE_SYSCALL_ALLOW(getpeername),
	KORE_SYSCALL_ALLOW(sendmsg),
	KORE_SYSCALL_ALLOW(sendmmsg),
	KORE_SYSCALL_ALLOW(recvmsg),
	KORE_SYSCALL_ALLOW(shutdown),
	KORE_SYSCALL_ALLOW(eventfd2),
	KORE_SYSCALL_ALLOW(epoll_create1),
	KORE_SYSCALL_ALLOW(timerfd_create),
	KORE_SYSCALL_ALLOW(timerfd_settime),
	KORE_SYSCALL_ALLOW(pipe2),
	KORE_SYSCALL_ALLOW(uname),

	/* Signals to oneself, the end. */
	KORE_SYSCALL_ALLOW(rt_sigaction),
	KORE_SYSCALL_ALLOW(rt_sigprocmask),
	KORE_SYSCALL_ALLOW(rt_sigreturn),
	KORE_SYSCALL_ALLOW(sigaltstack),
	/* abort() and the like; another process has another number. */
	KORE_SYSCALL_ALLOW(tgkill),
	KORE_SYSCALL_ALLOW(restart_syscall),
	KORE_SYSCALL_ALLOW(nanosleep),
	KORE_SYSCALL_ALLOW(clock_nanosleep),
	KORE_SYSCALL_ALLOW(exit),
	KORE_SYSCALL_ALLOW(exit_group),

	KORE_BPF_RET(SECCOMP_RET_KILL_PROCESS)
};

static struct sock_filter foreign[] = {
	KORE_BPF_LOAD(arch, 0),
	KORE_BPF_CMP(OUR_ARCH, 1, 0),
	KORE_BPF_RET(SECCOMP_RET_KILL_PROCESS),
	KORE_BPF_RET(SECCOMP_RET_ALLOW)
};

/* Called by Kore in each worker just before it locks itself in. */
WEB_EXPORT void
kore_seccomp_hook(void)
{
	struct sock_fprog prog = { KORE_FILTER_LEN(foreign), foreign };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		fatal("fssweb: cannot filter system calls: %s", errno_s);
	/* kore's seccomp_tracing tells what would be missing, and allows it. */
	if (kore_seccomp_tracing != 0)
		list[KORE_FILTER_LEN(list) - 1].k = SECCOMP_RET_TRACE;
	if (!kore_seccomp_filter("fssweb", list, KORE_FILTER_LEN(list)))
		fatal("fssweb: the filter of system calls was not taken");
}

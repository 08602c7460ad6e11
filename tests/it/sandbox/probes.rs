//! Ways out of a sandbox, one after the other: small programs in Python that end well if they got what they wanted.
//!
//! What they try to reach is made by the test (`Target`), and stands in their environment. Whatever they do outside, they undo, or it is
//! what was so before.

/// For all of them: `call(number, …)` asks the kernel; `must(x)` gives up unless it is so.
pub const PRELUDE: &str = r"
import array, ctypes, errno, fcntl, os, resource, shutil, signal, socket, sqlite3, stat, struct, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
E = os.environ
PID = int(E['VICTIM'])
WORK, TARGET = E['WORK'], E['TARGET']
def must(x):
    if not x: sys.exit(3)
def call(number, *arguments):
    got = libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in (number, *arguments)])
    if got < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return got
def secret(path): must(E['SECRET_IS'] in open(path).read())
def child(): return subprocess.Popen(['sleep', '20'])
";

/// Name, program, and whether only root can do it outside.
pub type Probe = (&'static str, &'static str, bool);

pub const FILES: &[Probe] = &[
    ("the passwords of the host", "must('root:' in open('/etc/shadow').read())", true),
    ("the accounts of the host", "must(len(open('/etc/passwd').readlines()) > 5)", false),
    ("a home", "os.listdir(E['HOST_HOME'])", false),
    ("a secret by its path", "secret(TARGET + '/secret')", false),
    ("the database", "must(sqlite3.connect(TARGET + '/livegen.db').execute('select * from t').fetchall())", false),
    ("a secret through a link", "os.symlink(TARGET + '/secret', WORK + '/link'); secret(WORK + '/link')", false),
    ("a secret through a link to its folder", "os.symlink(TARGET, WORK + '/door'); secret(WORK + '/door/secret')", false),
    ("a secret by a second name", "os.link(TARGET + '/secret', WORK + '/second'); secret(WORK + '/second')", false),
    ("a secret through the process's own root", "secret('/proc/self/root' + TARGET + '/secret')", false),
    ("a secret through another process's root", "secret(f'/proc/{PID}/root{TARGET}/secret')", false),
    ("a secret through another process's folder", "secret(f'/proc/{PID}/cwd/secret')", false),
    ("a secret in shared memory", "secret('/dev/shm/' + E['SHARED'])", false),
    (
        "a secret in an open file of the server",
        "[secret(p) for p in ['/proc/self/fd/' + n for n in os.listdir('/proc/self/fd')] if os.path.exists(p) and os.path.realpath(p).endswith('/secret')] or sys.exit(3)",
        false,
    ),
    // Not a new file: in the sandbox there is a folder of that name, its own and empty.
    ("changing what lies beside", "os.utime(TARGET + '/secret')", false),
    ("writing to the system's programs", "open('/usr/bin/.livegen-probe', 'w'); os.remove('/usr/bin/.livegen-probe')", true),
    ("writing to the system's settings", "open('/etc/.livegen-probe', 'w'); os.remove('/etc/.livegen-probe')", true),
    ("writing to the root folder", "open('/.livegen-probe', 'w'); os.remove('/.livegen-probe')", true),
    ("writing among the devices", "open('/dev/.livegen-probe', 'w'); os.remove('/dev/.livegen-probe')", true),
    ("the machine's devices", "must(os.listdir('/sys/class'))", false),
    ("a device of its own", "os.mknod(WORK + '/zero', stat.S_IFCHR | 0o600, os.makedev(1, 5)); open(WORK + '/zero', 'rb').read(1)", true),
    ("where crashes are sent", "p = '/proc/sys/kernel/core_pattern'; old = open(p).read(); open(p, 'w').write(old)", true),
    ("a setting of the kernel", "p = '/proc/sys/kernel/randomize_va_space'; old = open(p).read(); open(p, 'w').write(old)", true),
    ("being spared when memory is short", "open('/proc/self/oom_score_adj', 'w').write('-10')", true),
    ("the kernel's messages", "os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)", true),
];

pub const PROCESSES: &[Probe] = &[
    ("another process's words", "must(b'sleep' in open(f'/proc/{PID}/cmdline', 'rb').read())", false),
    ("another process's environment", "must(E['SECRET_IS'].encode() in open(f'/proc/{PID}/environ', 'rb').read())", false),
    (
        "any process's environment",
        "must(any(E['SECRET_IS'].encode() in open(f'/proc/{p}/environ', 'rb').read() for p in os.listdir('/proc') if p.isdigit() and int(p) not in (os.getpid(), os.getppid(), 1) and os.access(f'/proc/{p}/environ', os.R_OK) and os.path.exists(f'/proc/{p}/exe')))",
        true,
    ),
    ("another process's memory map", "must(open(f'/proc/{PID}/maps').read())", false),
    ("a signal to another process", "os.kill(PID, signal.SIGCONT)", false),
    ("a handle of another process", "os.pidfd_open(PID)", false),
    ("another process's bounds", "resource.prlimit(PID, resource.RLIMIT_NOFILE)", false),
    ("another process's priority", "os.setpriority(os.PRIO_PROCESS, PID, os.getpriority(os.PRIO_PROCESS, PID))", false),
    ("tracing another process", "must(libc.ptrace(0x4206, PID, None, None) == 0); libc.ptrace(17, PID, None, None)", true),
    ("being traced", "must(libc.ptrace(0, 0, None, None) == 0)", false),
    (
        "reading a child's memory",
        "c = child(); b = ctypes.create_string_buffer(8); v = struct.pack('QQ', ctypes.addressof(b), 8); a = int(open(f'/proc/{c.pid}/maps').read().split('-')[0], 16); r = struct.pack('QQ', a, 8); lv = ctypes.create_string_buffer(v); rv = ctypes.create_string_buffer(r); got = libc.syscall(310, c.pid, lv, 1, rv, 1, 0); c.kill(); must(got == 8)",
        false,
    ),
    ("an open file of a child", "c = child(); f = os.pidfd_open(c.pid)\ntry: call(438, f, 0, 0)\nfinally: c.kill()", false),
    ("comparing processes in the kernel", "call(312, os.getpid(), os.getpid(), 0, 0, 0)", false),
    ("more of the machine than others", "os.nice(-1)", true),
    (
        "all of the machine",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)); os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))",
        true,
    ),
];

pub const RIGHTS: &[Probe] = &[
    ("being root", "os.setuid(0); must(os.getuid() == 0)", true),
    ("being somebody else", "os.setuid(12345)", true),
    ("giving a file away", "open(WORK + '/a', 'w'); os.chown(WORK + '/a', 1, 1)", true),
    ("a file that runs as its owner", "open(WORK + '/a', 'w'); os.chmod(WORK + '/a', 0o4755)", false),
    (
        "a new file that runs as its owner",
        "os.umask(0); os.close(os.open(WORK + '/b', os.O_CREAT | os.O_WRONLY, 0o4755)); must(os.stat(WORK + '/b').st_mode & 0o4000)",
        false,
    ),
    (
        "a node that runs as its owner",
        "os.umask(0); os.mknod(WORK + '/c', stat.S_IFREG | 0o4755); must(os.stat(WORK + '/c').st_mode & 0o4000)",
        false,
    ),
    (
        "a file with capabilities",
        "open(WORK + '/d', 'w'); os.setxattr(WORK + '/d', 'security.capability', struct.pack('<IIIII', 0x02000001, 1 << 21, 0, 0, 0))",
        true,
    ),
    ("another root folder", "os.chroot(WORK)", true),
    (
        "mounting",
        "os.mkdir(WORK + '/m'); must(libc.mount(b'none', (WORK + '/m').encode(), b'tmpfs', 0, None) == 0); libc.umount((WORK + '/m').encode())",
        true,
    ),
    ("mounting in the new way", "os.close(call(430, b'tmpfs', 0))", true),
    ("taking hold of a tree of files", "os.close(call(428, -100, b'/', 0))", false),
    (
        "opening a file by its number",
        "h = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128)); m = ctypes.c_int(); call(303, -100, b'/usr', h, ctypes.byref(m), 0)",
        false,
    ),
    ("watching the file system", "os.close(call(300, 0, 0))", true),
    ("namespaces of its own", "subprocess.run(['unshare', '--user', '--map-root-user', 'true'], check=True)", false),
    (
        "a child in namespaces of its own",
        "r = call(56, 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)\nif r == 0: os._exit(0)\nos.waitpid(r, 0)",
        false,
    ),
    ("another process's namespaces", "must(libc.setns(os.open(f'/proc/{PID}/ns/net', os.O_RDONLY), 0) == 0)", true),
    ("the machine's name", "n = socket.gethostname().encode(); must(libc.sethostname(n, len(n)) == 0)", true),
];

pub const KERNEL: &[Probe] = &[
    ("adding a key", "call(248, b'user', b'livegen-probe', b'x', 1, -2)", false),
    ("the session's keys", "call(250, 0, -3, 1)", false),
    (
        "a program in the kernel",
        "a = ctypes.create_string_buffer(struct.pack('IIII', 2, 4, 8, 1) + bytes(112)); os.close(call(321, 0, a, 120))",
        true,
    ),
    (
        "counting in the kernel",
        "a = ctypes.create_string_buffer(struct.pack('IIQ', 1, 112, 0) + bytes(96)); os.close(call(298, a, 0, -1, -1, 0))",
        true,
    ),
    ("handling page faults", "os.close(call(323, 0))", true),
    ("rings of requests", "os.close(call(425, 1, ctypes.create_string_buffer(120)))", false),
    ("the kernel's log", "call(103, 10, 0, 0)", true),
    (
        "typing into a terminal",
        "m, s = os.openpty()\np = os.fork()\nif p == 0:\n    os.setsid(); fcntl.ioctl(s, 0x540E, 0)\n    try: fcntl.ioctl(s, 0x5412, b'x')\n    except OSError: os._exit(1)\n    os._exit(0)\nmust(os.waitpid(p, 0)[1] == 0)",
        false,
    ),
    (
        "pasting into a terminal",
        "try: fcntl.ioctl(0 if False else os.openpty()[1], 0x541C, array.array('b', [6]))\nexcept OSError as e: must(e.errno in (errno.ENOTTY, errno.EINVAL))",
        false,
    ),
];

pub const NETWORK: &[Probe] = &[
    ("a port of the host", "must(socket.create_connection(('127.0.0.1', int(E['PORT'])), 2).recv(9))", false),
    ("a port of the host, by another address", "must(socket.create_connection(('127.9.9.9', int(E['PORT'])), 2).recv(9))", false),
    ("a port of the host, by IPv6", "must(socket.create_connection(('::1', int(E['PORT6'])), 2).recv(9))", false),
    ("a socket without a file", "s = socket.socket(socket.AF_UNIX); s.connect('\\0' + E['ABSTRACT']); must(s.recv(9))", false),
    ("a socket in a folder", "s = socket.socket(socket.AF_UNIX); s.connect(TARGET + '/socket'); must(s.recv(9))", false),
    ("a way out", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('198.51.100.1', 9))", false),
    ("network cards", "must(len(socket.if_nameindex()) > 1)", false),
    ("whole packets", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", true),
    ("raw sockets", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)", true),
    ("a port for the privileged", "socket.socket().bind(('127.0.0.1', 7))", true),
    (
        "the loopback's settings",
        "s = socket.socket(); r = bytearray(fcntl.ioctl(s, 0x8913, b'lo' + bytes(38))); fcntl.ioctl(s, 0x8914, bytes(r))",
        true,
    ),
    (
        "memory shared by number",
        "libc.shmat.restype = ctypes.c_void_p; must(libc.shmat(int(E['SEGMENT']), None, 0o10000) != ctypes.c_void_p(-1).value)",
        false,
    ),
];

/// These want too much rather than too far. Bounds inside: 24 processes, 128 MiB of memory, 1 s of one core, files of 16 MiB, 32 MiB and
/// 1,000 files in all, 16 MiB of `/tmp`.
pub const BOMBS: &[Probe] = &[
    ("many processes", "c = []\ntry:\n    for _ in range(60): c.append(child())\nfinally:\n    for x in c: x.kill()", false),
    (
        "many threads",
        "import threading\ne = threading.Event(); t = []\ntry:\n    for _ in range(60): t.append(threading.Thread(target=e.wait, args=(15,))); t[-1].start()\nfinally: e.set()",
        false,
    ),
    ("much memory", "b = bytearray(300 << 20); b[::4096] = b'x' * len(b[::4096])", false),
    (
        "much memory in many processes",
        "p = [subprocess.Popen([sys.executable, '-c', 'b = bytearray(80 << 20); b[::4096] = b\"x\" * len(b[::4096]); import time; time.sleep(1)']) for _ in range(3)]\nmust(not any(x.wait() for x in p))",
        false,
    ),
    ("a large file", "open(WORK + '/large', 'wb').write(bytes(20 << 20))", false),
    ("a file that says that it is large", "os.truncate(os.open(WORK + '/sparse', os.O_CREAT | os.O_WRONLY), 1 << 40)", false),
    ("much on the disk", "[open(f'{WORK}/{n}', 'wb').write(os.urandom(12 << 20)) for n in range(4)]; time.sleep(2)", false),
    ("many files", "[open(f'{WORK}/{n}', 'w') for n in range(2000)]; time.sleep(2)", false),
    (
        "much in /tmp",
        "f = open('/tmp/livegen-probe', 'wb')\ntry: [f.write(bytes(1 << 20)) for _ in range(24)]; f.flush()\nfinally: os.remove('/tmp/livegen-probe')",
        false,
    ),
    (
        "much in shared memory",
        "f = open('/dev/shm/livegen-probe', 'wb')\ntry: [f.write(bytes(1 << 20)) for _ in range(24)]; f.flush()\nfinally: os.remove('/dev/shm/livegen-probe')",
        false,
    ),
    ("much of a core", "t = time.process_time()\nwhile time.process_time() < t + 1.6: pass", false),
    (
        "many open files",
        "h = resource.getrlimit(resource.RLIMIT_NOFILE)[1]; resource.setrlimit(resource.RLIMIT_NOFILE, (min(h, 5000), h)); f = [os.open('/dev/null', os.O_RDONLY) for _ in range(4500)]",
        true,
    ),
];

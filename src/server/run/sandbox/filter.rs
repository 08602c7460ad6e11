//! What programs in a sandbox may not ask of the kernel, as programs for its seccomp filter.
//!
//! A list of what is denied, not of what is allowed: compilers and interpreters ask for almost everything. Denied is what reaches beyond
//! the sandbox, what changes its walls, and large parts of the kernel that builds and tests never need and attackers like.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

/// Refused with `EPERM`, whatever their arguments are.
const DENIED: [i64; 46] = [
    // Looking into, and into the memory of, other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_process_madvise,
    // Programs inside the kernel, and its own memory.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    // Keys belong to users, not to namespaces.
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // The file system's walls.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_quotactl,
    libc::SYS_fanotify_init,
    // Namespaces.
    libc::SYS_unshare,
    libc::SYS_setns,
    // The machine.
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
];

/// Flags of `clone` that make a namespace.
const NEW_NAMESPACES: [i32; 7] = [
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWNS,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWCGROUP,
];

const FAMILIES: [i32; 6] = [libc::AF_PACKET, libc::AF_VSOCK, libc::AF_ALG, libc::AF_BLUETOOTH, libc::AF_CAN, libc::AF_KEY];

/// Bits that let whoever runs a file run it as its owner.
const SET_ID_BITS: [u64; 2] = [0o4000, 0o2000];
/// Calls that give a file its mode, and where the mode stands.
const MODES: [(i64, u8); 3] = [(libc::SYS_fchmod, 1), (libc::SYS_fchmodat, 2), (libc::SYS_mknodat, 2)];
/// Older ones of the same, which only this kind of processor still has: `chmod`, `mknod`, `creat`, and `open`.
const X86_MODES: [(i64, u8); 3] = [(90, 1), (133, 1), (85, 1)];
const X86_OPEN: i64 = 2;

/// Calls whose arguments a filter cannot see: the C library tries them first, and does without them where they do not exist.
const UNSEEN: [i64; 3] = [libc::SYS_clone3, libc::SYS_openat2, libc::SYS_fchmodat2];

/// Both filters, as the kernel reads them. `None`: it is another kind of processor than these are made for.
pub(super) fn filters() -> Option<[Vec<u8>; 2]> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    let denied = denied(arch == TargetArch::x86_64).ok()?;
    let unseen = UNSEEN.iter().map(|call| (*call, Vec::new())).collect();
    let bytes = |rules, error: i32| {
        let action = SeccompAction::Errno(u32::try_from(error).ok()?);
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, action, arch).ok()?;
        BpfProgram::try_from(filter).ok().map(|program| encode(&program))
    };
    Some([bytes(denied, libc::EPERM)?, bytes(unseen, libc::ENOSYS)?])
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn denied(is_x86: bool) -> Result<Rules, BackendError> {
    let mut rules: Rules = DENIED.iter().map(|call| (*call, Vec::new())).collect();
    let any = |values: &[u64], argument, has: fn(u64) -> SeccompCmpOp| {
        let rule = |value: &u64| SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, has(*value), *value)?]);
        values.iter().map(rule).collect::<Result<Vec<_>, BackendError>>()
    };
    let flag: fn(u64) -> SeccompCmpOp = SeccompCmpOp::MaskedEq;
    let exactly: fn(u64) -> SeccompCmpOp = |_| SeccompCmpOp::Eq;
    rules.insert(libc::SYS_clone, any(&NEW_NAMESPACES.map(|new| u64::from(new.unsigned_abs())), 0, flag)?);
    // Typing into the terminal of whoever started us, and pasting into it (CVE-2017-5226).
    rules.insert(libc::SYS_ioctl, any(&[libc::TIOCSTI, libc::TIOCLINUX], 1, exactly)?);
    // Sockets that are neither of the internet nor of Unix: whole packets, hosts of virtual machines, the kernel's ciphers.
    rules.insert(libc::SYS_socket, any(&FAMILIES.map(|family| u64::from(family.unsigned_abs())), 0, exactly)?);
    // Files that run as their owner would outlive the sandbox, in a folder that others may come to see.
    let older = X86_MODES.iter().filter(|_| is_x86);
    for (call, argument) in MODES.iter().chain(older) {
        rules.insert(*call, any(&SET_ID_BITS, *argument, flag)?);
    }
    let opens = [(libc::SYS_openat, 2)].into_iter().chain(is_x86.then_some((X86_OPEN, 1)));
    for (call, flags) in opens {
        let creates = u64::from(libc::O_CREAT.unsigned_abs());
        let rule = |bit: &u64| {
            let creates = SeccompCondition::new(flags, SeccompCmpArgLen::Dword, flag(creates), creates)?;
            SeccompRule::new(vec![creates, SeccompCondition::new(flags + 1, SeccompCmpArgLen::Dword, flag(*bit), *bit)?])
        };
        rules.insert(call, SET_ID_BITS.iter().map(rule).collect::<Result<_, BackendError>>()?);
    }
    Ok(rules)
}

/// `struct sock_filter`, one after the other.
fn encode(program: &BpfProgram) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for step in program {
        bytes.extend_from_slice(&step.code.to_ne_bytes());
        bytes.extend_from_slice(&[step.jt, step.jf]);
        bytes.extend_from_slice(&step.k.to_ne_bytes());
    }
    bytes
}

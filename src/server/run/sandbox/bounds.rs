//! What a program in a sandbox may use: of each process by resource limits, of all of them together by control groups, where this process
//! may make some.
//!
//! Without control groups the number of processes is a resource limit too. It does not count for root, so a server that runs as root needs
//! a control group that it can write to.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::server::run::held::{self, Held};

/// Bounds of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Of all of its processes together where there are control groups, else of each.
    pub memory_bytes: u64,
    pub processes: u32,
    /// Of one process, on one core.
    pub cpu_seconds: u64,
    /// Of one file.
    pub file_bytes: u64,
    /// Of all that its folders hold in the end.
    pub disk_bytes: u64,
    pub disk_files: u64,
    /// Of `/tmp` and of shared memory, each.
    pub temporary_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            memory_bytes: 4 << 30,
            processes: 512,
            cpu_seconds: 1200,
            file_bytes: 1 << 30,
            disk_bytes: 4 << 30,
            disk_files: 200_000,
            temporary_bytes: 512 << 20,
        }
    }
}

const OPEN_FILES: u32 = 4096;
/// How the names of our groups begin.
const PREFIX: &str = "livegen-run-";

impl Bounds {
    /// Commands of a shell that bind it and all that it starts.
    pub(super) fn of_each(&self) -> String {
        let Self { memory_bytes, processes, cpu_seconds, file_bytes, .. } = self;
        format!(
            "ulimit -c 0 -n {OPEN_FILES} -t {cpu_seconds} -f {} -d {} -u {processes}",
            // bash counts in KiB.
            file_bytes / 1024,
            memory_bytes / 1024
        )
    }
}

/// Which control groups there are to make groups in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hierarchies {
    /// Each with what bounds something there.
    folders: Vec<(PathBuf, Kind)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The unified one, with both controllers.
    Unified,
    Memory,
    Processes,
}

impl Hierarchies {
    /// Those of this process's own groups where it may make some.
    pub fn detect() -> Self {
        let mut own = Self::own();
        own.folders.retain(|(folder, kind)| Group::try_in(folder, *kind));
        own
    }

    /// This process's own groups.
    fn own() -> Self {
        let of_mine = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let mut folders = Vec::new();
        for line in of_mine.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
            let has = |name: &str| controllers.split(',').any(|controller| controller == name);
            let kind = match () {
                () if controllers.is_empty() => Kind::Unified,
                () if has("memory") => Kind::Memory,
                () if has("pids") => Kind::Processes,
                () => continue,
            };
            let folder = mounts.lines().find_map(|line| {
                let mut words = line.split(' ').skip(1);
                let (place, system, options) = (words.next()?, words.next()?, words.next()?);
                let fits = match kind {
                    Kind::Unified => system == "cgroup2",
                    Kind::Memory => system == "cgroup" && options.split(',').any(|option| option == "memory"),
                    Kind::Processes => system == "cgroup" && options.split(',').any(|option| option == "pids"),
                };
                fits.then(|| Path::new(place).join(path.trim_start_matches('/')))
            });
            folders.extend(folder.map(|folder| (folder, kind)));
        }
        Self { folders }
    }

    pub fn bound_processes(&self) -> bool {
        self.folders.iter().any(|(_, kind)| matches!(kind, Kind::Unified | Kind::Processes))
    }

    pub fn bound_memory(&self) -> bool {
        self.folders.iter().any(|(_, kind)| matches!(kind, Kind::Unified | Kind::Memory))
    }

    /// Groups for one run.
    pub fn groups(&self, bounds: &Bounds) -> io::Result<Vec<Group>> {
        self.folders.iter().map(|(folder, kind)| Group::make(folder, *kind, bounds)).collect()
    }
}

/// Removes the groups that a killed process has left, once those in them are gone.
pub(super) fn sweep() {
    for (folder, _) in Hierarchies::own().folders {
        held::sweep(&folder, PREFIX, remove);
    }
}

/// The files in a group are the kernel's, and go with it.
fn remove(group: &Path) -> io::Result<()> {
    fs::remove_dir(group)
}

/// A control group. Dropped, it is removed, when those in it are gone.
#[derive(Debug)]
pub(super) struct Group(Held);

impl Group {
    /// Whether groups can be made there that bound anything.
    fn try_in(folder: &Path, kind: Kind) -> bool {
        Self::make(folder, kind, &Bounds::default()).is_ok()
    }

    fn make(parent: &Path, kind: Kind, bounds: &Bounds) -> io::Result<Self> {
        let group = Held::make(parent, PREFIX, remove)?;
        let write = |file: &str, value: u64| fs::write(group.path().join(file), value.to_string());
        match kind {
            Kind::Unified => {
                write("pids.max", bounds.processes.into())?;
                write("memory.max", bounds.memory_bytes)?;
                // Only where there is swap.
                let _ = write("memory.swap.max", 0);
                let _ = write("memory.oom.group", 1);
            }
            Kind::Memory => {
                write("memory.limit_in_bytes", bounds.memory_bytes)?;
                let _ = write("memory.memsw.limit_in_bytes", bounds.memory_bytes);
            }
            Kind::Processes => write("pids.max", bounds.processes.into())?,
        }
        Ok(Self(group))
    }

    /// Written to by whoever wants to be in it.
    pub fn door(&self) -> PathBuf {
        self.0.path().join("cgroup.procs")
    }
}

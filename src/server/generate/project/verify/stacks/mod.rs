//! What the gates know of each stack: one table for each, in a file of its own. All else of the gates is the same for all of them.

mod axum;
mod fastapi;
mod hono;
pub(super) mod suite;

// Not the library of that name, which this part of the program does not know.
use self::axum as of_axum;
use crate::{protocol::project::Stack, server::generate::project::blueprint::File};

/// How a stack is installed, built, tested and started.
pub struct Means {
    pub recipe: Recipe,
    /// Which gate a command of the README belongs to. The first that fits.
    pub gates: &'static [Rule],
    /// Beside `PATH`, `HOME` and `LANG`, wherever its programs run.
    pub environment: &'static [(&'static str, &'static str)],
    /// Commands of the gate of migrations, besides those of the README.
    pub down_and_up: &'static [&'static str],
    /// Gates that cannot be tried without the database's server, where the database has one.
    pub asking_database: &'static [Expected],
    /// Starts the server at 127.0.0.1 and the port in `$PORT`. It stays in the foreground.
    pub serve: &'static str,
    /// Whether the tests say how much they cover; if not, why.
    pub coverage: Result<(), &'static str>,
    /// Commands that a CI workflow needs and a gate does not, by their beginnings: they provide what is there already.
    pub provisions: &'static [&'static str],
    /// Mends and formats the files that are named behind it; nothing where others write no files.
    pub mends: &'static str,
    pub formats: &'static str,
    /// Files that pin versions, and how to read them.
    pub pins: &'static [(&'static str, Pins)],
}

/// How an installation is made. What it leaves is kept for every project that needs the same.
pub struct Recipe {
    /// Names its folders.
    pub name: &'static str,
    /// Files that decide about it.
    pub locks: &'static [&'static str],
    /// The files in its room, made of the project's. Nothing of a project comes in but what this lets in.
    pub room: fn(&[File]) -> Vec<File>,
    /// Commands that fetch. They run outside of the sandbox, in the room, so they run no code of packages, and they are these very words,
    /// whatever a README says. Where a README has the same command, this is its receipt.
    pub installs: &'static [&'static str],
    /// Commands that build what was fetched: in the sandbox, in the room, where nobody's project is.
    pub prepares: &'static [&'static str],
    /// What of the room a project sees, read only.
    pub shared: &'static [&'static str],
    /// What of the room a project gets a copy of.
    pub copied: &'static [&'static str],
    /// Programs that it cannot do without.
    pub programs: &'static [&'static str],
    /// More to know when it installs, and for all that uses it; `{kept}` is where everything is kept. Folders of `{kept}` that are named
    /// here can be read in the sandbox.
    pub environment: &'static [(&'static str, &'static str)],
    /// More to know in the sandbox, and not when it installs.
    pub inside: &'static [(&'static str, &'static str)],
}

/// Words in a command, and the gate that it belongs to.
pub struct Rule(pub &'static [&'static str], pub Expected);

/// A gate, and what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected(pub &'static str, pub &'static str);

pub const BOOT: Expected = Expected("boot", "It starts, and says that it is well.");
pub const INSTALL: Expected = Expected("install", "It installs and builds from its lock file.");
pub const MIGRATIONS: Expected = Expected("migrations", "The database goes up, down and up again.");
pub const SEED: Expected = Expected("seed", "There is something to look at.");
pub const FORMAT: Expected = Expected("format", "It is formatted as usual for its language.");
pub const LINT: Expected = Expected("lint", "The usual tools find nothing.");
pub const TESTS: Expected = Expected("tests", "Its tests pass, and cover 80 % of its lines.");
/// Where nothing measures what tests cover, that is a gate by itself, and said.
pub const TESTS_ALONE: Expected = Expected(TESTS.0, "Its tests pass.");
pub const COVERAGE: Expected = Expected("coverage", "Its tests cover 80 % of its lines.");
pub const README: Expected = Expected("readme", "Every command of the README works.");
pub const SUITE: Expected =
    Expected("own suite", "The test suite that Livegen makes of its OpenAPI description passes on the running project.");
pub const MISSING: Expected = Expected("nothing missing", "Every file can be read, and none is half done.");
pub const SECRETS: Expected = Expected("no secrets", "No file holds a key, a token or a password of somebody.");
pub const PINS: Expected = Expected("pins", "Every version is named exactly.");
pub const OPERATIONS: Expected =
    Expected("operations", "The CI workflow does what the gates do, and the container runs without rights and says how it is.");

/// How a file names versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pins {
    /// `name==1.2.3`, a line each.
    Requirements,
    /// A lock file that its installer writes: it is enough that it is there.
    Lock,
}

pub const fn means(stack: Stack) -> &'static Means {
    match stack {
        Stack::FastApi => &fastapi::MEANS,
        Stack::Axum => &of_axum::MEANS,
        Stack::Hono => &hono::MEANS,
    }
}

impl Means {
    pub fn gate_of(&self, command: &str) -> Expected {
        let fits = |rule: &&Rule| rule.0.iter().any(|word| command.contains(word));
        self.gates.iter().find(fits).map_or(README, |rule| rule.1)
    }
}

impl Expected {
    /// Of the time that all gates take: what the others take is one.
    pub fn share(self) -> usize {
        match self {
            TESTS | TESTS_ALONE => 6,
            SUITE => 3,
            _ => 1,
        }
    }
}

impl Recipe {
    /// The files that decide about the installation, as the project has them.
    pub fn locks_of(&self, files: &[File]) -> Vec<File> {
        files.iter().filter(|file| self.locks.contains(&file.path.as_str())).cloned().collect()
    }
}

//! One file a page.

mod asked;
mod history;
mod home;
mod load;
mod new;
mod not_found;
mod project;
mod task;
mod task_list;
mod trouble;

// Only a release for the browser is cut into parts; everything else has all of it at once.
#[cfg_attr(feature = "split", path = "door/later.rs")]
#[cfg_attr(not(feature = "split"), path = "door/at_once.rs")]
mod door;

pub use history::HistoryPage;
pub use home::HomePage;
pub use new::new_page;
pub use not_found::NotFoundPage;
pub use project::ProjectPage;
pub use task::TaskPage;

use crate::protocol::Problem;

/// Loads what the page at this path needs besides the first part of the program: nothing, for most of them.
pub async fn ready(path: &str) -> Result<(), Problem> {
    let needed = ["/tasks/", "/projects/", "/new/"].iter().any(|prefix| path.starts_with(prefix));
    if needed { door::open().await } else { Ok(()) }
}
